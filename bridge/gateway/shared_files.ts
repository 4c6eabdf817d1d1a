/** Answers with files from memory, which share one buffer each. @module */

import { acceptsEncodings, eTag, ifNoneMatch } from "../deps.ts";

/** Maximum size of a piece that is handed to the server at a time, in bytes. */
const PIECE_BYTES = 16_384;

/** A shorter file is not compressed: it fits into one packet as it is. */
const COMPRESSED_FROM_BYTES = 1024;

/** A file under a hashed name or under this version never changes, in seconds of `max-age`. */
const IMMUTABLE = "public, max-age=31536000, immutable";

interface Encoded {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

interface SharedFile {
  readonly text: string;
  readonly plain: Encoded;
  /** Made at the first request that accepts it. */
  gzip?: Promise<Encoded>;
}

/** Encodes, hashes and compresses each file once. Holds as many as there are paths of files that exist. */
export class SharedFiles {
  readonly #files = new Map<string, Promise<SharedFile>>();
  readonly #version: string;

  /** @param version The program's version: files asked for with `?v=` and this version may be cached for good. */
  constructor(version: string) {
    this.#version = version;
  }

  /**
   * Creates an answer, 304 if the client has the file already, compressed if
   * the client accepts it.
   *
   * @param path Identifies the file.
   * @param text Its content.
   * @param isImmutable Whether the path always has this content.
   */
  async answer(
    request: Request,
    path: string,
    text: string,
    headers: Record<string, string>,
    isImmutable = false,
  ): Promise<Response> {
    const file = await this.#find(path, text);
    const isCompressed = file.plain.bytes.length >= COMPRESSED_FROM_BYTES &&
      acceptsGzip(request);
    const { bytes, etag } = isCompressed
      ? await (file.gzip ??= compress(file.plain))
      : file.plain;
    const isFinal = isImmutable ||
      new URL(request.url).searchParams.get("v") === this.#version;
    const all = {
      ...headers,
      ...(isCompressed ? { "content-encoding": "gzip" } : {}),
      etag,
      "vary": ["accept-encoding", headers.vary].filter(Boolean).join(", "),
      "cache-control": isFinal ? IMMUTABLE : "no-cache",
    };
    // The function returns true if the client must be sent the file.
    if (!ifNoneMatch(request.headers.get("if-none-match"), etag)) {
      return new Response(null, { status: 304, headers: all });
    }
    return new Response(toStream(bytes), {
      headers: { ...all, "content-length": String(bytes.length) },
    });
  }

  async #find(path: string, text: string): Promise<SharedFile> {
    const known = await this.#files.get(path);
    if (known?.text === text) return known;
    const file = shareFile(text);
    this.#files.set(path, file);
    return await file;
  }
}

async function shareFile(text: string): Promise<SharedFile> {
  const bytes = new TextEncoder().encode(text);
  return { text, plain: { bytes, etag: await eTag(text) ?? "" } };
}

/** A request without the header takes the plain file. */
function acceptsGzip(request: Request): boolean {
  return request.headers.has("accept-encoding") &&
    acceptsEncodings(request, "gzip", "identity") === "gzip";
}

async function compress({ bytes, etag }: Encoded): Promise<Encoded> {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return {
    bytes: new Uint8Array(await new Response(stream).arrayBuffer()),
    // Each encoding of a file has an ETag of its own.
    etag: etag.replace(/"$/, '-gzip"'),
  };
}

/** Reads a buffer piece by piece, without a copy. */
function toStream(
  bytes: Uint8Array<ArrayBuffer>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.subarray(at, at += PIECE_BYTES));
      if (at >= bytes.length) controller.close();
    },
  }, { highWaterMark: 0 });
}

/** Answers with files from memory, which share one buffer each. @module */

import { eTag, ifNoneMatch } from "../deps.ts";

/** Maximum size of a piece that is handed to the server at a time, in bytes. */
const PIECE_BYTES = 16_384;

interface SharedFile {
  readonly text: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/** Encodes and hashes each file once. Holds as many as there are paths of files that exist. */
export class SharedFiles {
  readonly #files = new Map<string, Promise<SharedFile>>();

  /**
   * Creates an answer, 304 if the client has the file already.
   *
   * @param path Identifies the file.
   * @param text Its content.
   */
  async answer(
    request: Request,
    path: string,
    text: string,
    headers: Record<string, string>,
  ): Promise<Response> {
    const { bytes, etag } = await this.#find(path, text);
    const all = { ...headers, etag, "cache-control": "no-cache" };
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
  return { text, bytes, etag: await eTag(text) ?? "" };
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

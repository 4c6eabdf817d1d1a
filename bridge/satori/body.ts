/** The body of a call: JSON, bounded in size, depth and time. @module */

import type { Clock } from "../../mod.ts";
import { decodeUtf8, readBody } from "../endpoint/body.ts";
import { CommandError } from "../errors/command_error.ts";
import { isDeeper } from "../schemas/json.ts";

/** Most bytes of a body. */
export const BODY_BYTES = 65_536;

/** A body that is not whole after so long is not taken, in milliseconds. */
export const BODY_MS = 10_000;

/** What a request's body holds; an empty object for none. Throws CommandError. */
export async function readJson(
  request: Request,
  { clock, jsonDepth }: { clock: Clock; jsonDepth: number },
): Promise<unknown> {
  const bytes = await readBody(request, {
    mostBytes: BODY_BYTES,
    withinMs: BODY_MS,
    clock,
  });
  switch (bytes) {
    case "too_large":
      throw badBody(`must not be longer than ${BODY_BYTES} bytes`);
    case "too_slow":
      throw badBody(`must be whole within ${BODY_MS} ms`);
    case "broken":
      throw badBody("must be whole");
  }
  if (bytes.length === 0) return {};
  const type = request.headers.get("content-type")?.split(";")[0]?.trim();
  if (type?.toLowerCase() !== "application/json") {
    throw badBody("must be sent as application/json");
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) throw badBody("must be UTF-8");
  if (isDeeper(text, jsonDepth)) {
    throw badBody(`must not nest deeper than ${jsonDepth}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would repeat a piece of the text.
    throw badBody("must be JSON");
  }
}

function badBody(rule: string): CommandError {
  return new CommandError(
    "bad_frame",
    `Cannot take the call: the body ${rule}`,
  );
}

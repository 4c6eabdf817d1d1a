/** A request's bytes -> the command that they hold. @module */

import { commandNamed, LATER_LICENCES, LICENCE } from "../protocol/codes.ts";
import {
  type Command,
  commandOf,
  withoutLineEnd,
} from "../protocol/command.ts";
import { MalformedError } from "../protocol/errors.ts";
import {
  decodeRequestText,
  fieldOf,
  type Fields,
  parseFields,
} from "../protocol/fields.ts";
import { isDigits } from "../protocol/qq_number.ts";
import type { QqRequest } from "./http/answer.ts";
import type { Limits } from "./limits.ts";
import { keyOf } from "./rules/idempotency.ts";
import { holderOf, sessionOf } from "./rules/sessions.ts";

/** A request that is no NULL yet. */
export interface ReadRequest {
  /** The command that was read. */
  command: Command;
  /** The body as text. */
  body: string;
  /** SEQ as it stood on the wire, to be echoed verbatim. */
  seq: string;
  /** Whether Ack_AddToList had a CD that means nothing; the command then stands for another. */
  oddAnswer: boolean;
  /** The Idempotency-Key that counts. */
  key: string | null;
  /** Seconds of `Prefer: wait`; 0 without. */
  waitSeconds: number;
  /** Address of the client. */
  address: string;
  /** The Tqq-Session that counts. */
  session: string | null;
  /** Who asks: the Tqq-Session, or else the address. */
  holder: string;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

/** Whether a request, or a value of it, is longer than the limits. */
export function isTooLong(
  { body, contentType }: QqRequest,
  { bodyBytes, textBytes }: Pick<Limits, "bodyBytes" | "textBytes">,
): boolean {
  if (body.length > bodyBytes) return true;
  // Decoding makes nothing longer.
  if (body.length <= textBytes) return false;
  const text = textOf(body) ?? "";
  const isForm = FORM.test(contentType ?? "");
  const encoder = new TextEncoder();
  return text.split("&").some((pair) => {
    const wire = pair.slice(pair.indexOf("=") + 1);
    if (wire.length * MOST_BYTES <= textBytes) return false;
    return encoder.encode(decodeRequestText(wire, isForm)).length > textBytes;
  });
}

/** Most bytes of UTF-8 that a UTF-16 unit takes. */
const MOST_BYTES = 3;

const FORM = /^\s*application\/x-www-form-urlencoded\s*(;|$)/i;

/** Reads a request that is not too long; undefined where the answer is NULL. */
export function readRequest(request: QqRequest): ReadRequest | undefined {
  if (request.method !== "POST") return undefined;
  const text = textOf(request.body);
  if (text === undefined) return undefined;
  const body = withoutLineEnd(text);
  const fields = parseFields(body);
  const form = FORM.test(request.contentType ?? "");
  const read = commandIn(fields, form);
  if (read === undefined || isNull(read.command)) return undefined;
  const session = sessionOf(request.session);
  return {
    ...read,
    body,
    seq: fieldOf(fields, "SEQ")!,
    key: keyOf(request.idempotencyKey),
    waitSeconds: waitOf(request.prefer),
    address: request.address,
    session,
    holder: holderOf(request.address, session),
    signal: request.signal,
  };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function commandIn(
  fields: Fields,
  form: boolean,
): { command: Command; oddAnswer: boolean } | undefined {
  try {
    return { command: commandOf(fields, form), oddAnswer: false };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
  }
  // The codec has no name for a CD of 3 and more; the old server had an answer.
  const name = decodeRequestText(fieldOf(fields, "CMD") ?? "", form);
  const code = decodeRequestText(fieldOf(fields, "CD") ?? "", form);
  if (commandNamed(name) !== "Ack_AddToList" || !isDigits(code)) {
    return undefined;
  }
  // The first of a code counts.
  const even = parseFields(`CD=1&${fields.body}`);
  try {
    return { command: commandOf(even, form), oddAnswer: true };
  } catch {
    return undefined;
  }
}

/** What the codec reads and the old server did not answer. */
function isNull(command: Command): boolean {
  switch (command.cmd) {
    case "Login":
      return command.ver === "1.4"
        ? !LATER_LICENCES.some((licence) => licence === command.licence)
        : command.licence !== LICENCE;
    case "Finger":
      return command.extra?.UN !== undefined && !isDigits(command.extra.UN);
    default:
      return false;
  }
}

function waitOf(prefer: string | null): number {
  const wait = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i
    .exec(prefer ?? "");
  return wait === null ? 0 : Number(wait[1]);
}

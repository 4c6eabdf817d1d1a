/** How Satori's errors look. @module */

import type { DialectAnswer } from "../endpoint/dialect_endpoint.ts";
import type {
  Refusal,
  RefusalCode,
  RequestRefusalCode,
} from "../endpoint/refusal.ts";
import { ERROR_STATUS } from "../errors/http_status.ts";

/** Status and error code of what only requests have. A bad body is always 400, as documented. */
const REQUEST_ERRORS: Readonly<
  Record<RequestRefusalCode, readonly [status: number, code: string]>
> = {
  no_token: [401, "unauthorized"],
  unknown_token: [403, "forbidden"],
  too_many_calls: [429, "overloaded"],
  bad_body: [400, "bad_frame"],
  body_too_large: [400, "bad_frame"],
  body_too_slow: [400, "bad_frame"],
  unsupported_media_type: [400, "bad_frame"],
  no_account: [403, "unknown_account"],
  not_found: [404, "unknown_command"],
  method_not_allowed: [405, "method_not_allowed"],
  upgrade_required: [426, "upgrade_required"],
};

/** Formats a rejection: a status, and an object with `code` and `message`. */
export function formatRefusal(
  { code, message, retryAfterMs }: Refusal,
): DialectAnswer {
  const [status, name] = statusOf(code);
  return [status, {
    code: name,
    message,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  }];
}

function statusOf(code: RefusalCode): readonly [status: number, code: string] {
  // In Satori, 404 means that there is no such method.
  if (code === "unknown_account") return [403, code];
  return code in ERROR_STATUS
    ? [ERROR_STATUS[code as keyof typeof ERROR_STATUS], code]
    : REQUEST_ERRORS[code as RequestRefusalCode];
}

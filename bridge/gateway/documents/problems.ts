/** The problems of the HTTP API, by what is answered. @module */

import * as z from "../../deps_zod.ts";
import {
  ERROR_STATUS,
  HTTP_CODES,
  type ProblemCode,
} from "../../errors/http_status.ts";
import { UNREADY_REASONS } from "../../ops/health.ts";
import { accountInfo } from "../../schemas/server_frames.ts";
import type { NamedSchemas } from "./components.ts";

interface ProblemKind {
  readonly description: string;
  readonly status: number;
  readonly codes: readonly [ProblemCode, ...ProblemCode[]];
}

/** Each kind of problem with its codes, which have one status. */
export const PROBLEMS = {
  BadRequest: problem("The request is malformed.", "bad_frame", "bad_params"),
  Unauthorized: problem("The token is missing or unknown.", "unauthorized"),
  Forbidden: problem(
    "The token does not allow it, or Host or Origin are not allowed.",
    "forbidden",
  ),
  ForeignOrigin: problem("Host or Origin are not allowed.", "forbidden"),
  UnknownAccount: problem(
    "The token reaches no such account.",
    "unknown_account",
  ),
  NotFound: problem("There is no such file.", "not_found"),
  BodyTooSlow: problem("The body did not arrive in time.", "too_slow"),
  Conflict: problem(
    "It exists already, or was created by an earlier try with this key.",
    "already_exists",
  ),
  BodyTooLarge: problem("The body is too large.", "too_large"),
  UnsupportedMediaType: problem(
    "The body is not JSON.",
    "unsupported_media_type",
  ),
  Overloaded: problem("Too many requests or connections.", "overloaded"),
  Penalised: problem(
    "Too many requests, here or at the QQ server.",
    "overloaded",
    "penalised",
  ),
  Internal: problem("The bridge failed.", "internal"),
  Upstream: problem(
    "The QQ server did not execute the command, or nobody knows whether it did.",
    "not_logged_in",
    "login_refused",
    "invalid_uin",
    "rejected",
    "malformed_reply",
    "unreachable",
    "timeout",
    "outcome_unknown",
  ),
} as const satisfies Record<string, ProblemKind>;

/** The name of a kind of problem. */
export type ProblemName = keyof typeof PROBLEMS;

/** Names the schemas of the problems, and of the other answers that are not commands'. */
export function addProblems(schemas: NamedSchemas): void {
  for (const [name, { codes, status }] of Object.entries(PROBLEMS)) {
    schemas.add(
      `${name}Problem`,
      z.object({
        type: z.literal("about:blank"),
        title: z.string(),
        status: z.literal(status),
        detail: z.string().describe("Message for people; branch on `code`."),
        code: z.enum(codes),
        retriable: z.boolean().describe(
          "Whether the same request can succeed later.",
        ),
        retryAfterMs: z.number().min(0).exactOptional(),
      }),
    );
  }
  schemas.add("Document", z.looseObject({}));
  schemas.add("Health", z.object({ status: z.literal("ok") }));
  const reason = z.enum(UNREADY_REASONS);
  schemas.add("UnreadyReason", reason);
  schemas.add(
    "Readiness",
    z.object({
      status: z.enum(["ready", "unready"]),
      reasons: z.array(z.object({
        reason,
        count: z.int().min(0),
        message: z.string().exactOptional(),
      })),
      journal: z.enum(["durable", "memory"]),
      accounts: z.object({
        wanted: z.int().min(0),
        ready: z.int().min(0),
      }),
      unready: z.array(accountInfo.extend({
        reason: z.string().exactOptional(),
        action: z.string().exactOptional(),
        wanted: z.boolean(),
        lastPollAt: z.number().exactOptional(),
        problem: reason,
      })).exactOptional(),
    }),
  );
}

function problem(
  description: string,
  ...codes: readonly [ProblemCode, ...ProblemCode[]]
): ProblemKind {
  const status = { ...HTTP_CODES, ...ERROR_STATUS }[codes[0]];
  return { description, status, codes };
}

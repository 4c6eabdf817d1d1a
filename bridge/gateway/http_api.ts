/** Commands over HTTP: `POST /api/{command}`. @module */

import type { Clock } from "../../lib/clock.ts";
import { COMMAND_SCOPES, type Limits } from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { CommandRequest } from "../commands/command_request.ts";
import { decodeUtf8, readBody } from "../endpoint/body.ts";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import { problem, problemOf } from "../errors/problem.ts";
import { RateLimits } from "../access/rate_limit.ts";
import { parseParams, readObject } from "../schemas/parse.ts";
import {
  account as accountSchema,
  key as keySchema,
} from "../schemas/values.ts";

/** Most bytes of a request's body. */
export const BODY_BYTES = 65_536;

/** A body that is not whole after so long is not taken. */
export const BODY_MS = 10_000;

/** A command is answered at the latest after so long, which leaves the bridge time to answer first; what acts is then `outcome_unknown`. */
export const ANSWER_MS = 50_000;

/** What the commands need. */
export interface HttpApiOptions {
  /** Does the commands. */
  bridge: BridgeApi;
  /** Time. */
  clock: Clock;
  /** `jsonDepth` and `commandsPerMinute`, a token. */
  limits: Limits;
  /** Is told of what should not happen, and in which request. */
  failed(error: unknown, connection?: string): void;
}

/** See the module. */
export class HttpApi {
  readonly #options: HttpApiOptions;
  readonly #rates: RateLimits;

  constructor(options: HttpApiOptions) {
    this.#options = options;
    this.#rates = new RateLimits(
      options.clock,
      options.limits.commandsPerMinute,
    );
  }

  /** Does a command; every outcome is a response. */
  async answer(
    grant: Grant,
    command: string,
    request: Request,
    connection?: string,
  ): Promise<Response> {
    const rate = this.#rates.of(grant.name);
    if (!rate.take()) {
      const { retryAfterMs } = rate;
      await request.body?.cancel();
      return problem(
        "overloaded",
        `Cannot do more commands: a token has ${this.#options.limits.commandsPerMinute} a minute`,
        { retryAfterMs },
      );
    }
    try {
      const body = await this.#bodyOf(request);
      if (body instanceof Response) return body;
      const asked = this.#commandOf(command, body, request.headers);
      const data = await this.#run(grant, asked);
      return Response.json(data, { headers: { "cache-control": "no-store" } });
    } catch (error) {
      if (error instanceof CommandError) return problemOf(error);
      this.#options.failed(error, connection);
      return problem("internal", `Cannot do ${command}: the bridge failed`);
    }
  }

  /** The body's object, an empty one for no body, or the problem with it. */
  async #bodyOf(
    request: Request,
  ): Promise<Record<string, unknown> | Response> {
    const text = await readText(request, this.#options.clock);
    if (text instanceof Response || text === undefined) return text ?? {};
    const type = request.headers.get("content-type") ?? "";
    if (!/^application\/json\s*(;|$)/i.test(type)) {
      return problem(
        "unsupported_media_type",
        "Cannot read the body: its Content-Type must be application/json",
      );
    }
    const read = readObject(text, this.#options.limits.jsonDepth);
    return "value" in read
      ? read.value
      : problem("bad_frame", `Cannot read the body: ${read.rule}`);
  }

  #commandOf(
    name: string,
    body: Record<string, unknown>,
    headers: Headers,
  ): CommandRequest {
    const { account, key: bodyKey, ...rest } = body;
    const { command, params } = parseParams(name, rest);
    const headerKey = headers.get("idempotency-key") ?? undefined;
    if (
      bodyKey !== undefined && headerKey !== undefined && bodyKey !== headerKey
    ) {
      throw new CommandError(
        "bad_params",
        `Cannot do ${command}: key and Idempotency-Key must be the same`,
      );
    }
    const key = headerKey ?? bodyKey;
    return {
      command,
      params,
      ...(account === undefined
        ? {}
        : { account: checked(command, "account", accountSchema, account) }),
      ...(key === undefined
        ? {}
        : { key: checked(command, "key", keySchema, key) }),
    };
  }

  #run(grant: Grant, request: CommandRequest): Promise<unknown> {
    const { command } = request;
    const acts = COMMAND_SCOPES[command] !== "read";
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(ANSWER_MS, () => {
        reject(
          new CommandError(
            acts ? "outcome_unknown" : "timeout",
            `Cannot tell how ${command} ended: there was no answer within ${ANSWER_MS} ms`,
          ),
        );
      });
      this.#options.bridge.run(grant, request).then(resolve, reject)
        .finally(cancel);
    });
  }
}

function checked(
  command: string,
  name: string,
  schema: typeof accountSchema,
  value: unknown,
): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const rule = parsed.error.issues[0]?.message ?? "must be another text";
  throw new CommandError("bad_params", `Cannot do ${command}: ${name} ${rule}`);
}

/** The body's text, undefined where there is none, or the problem with it. */
async function readText(
  request: Request,
  clock: Clock,
): Promise<string | undefined | Response> {
  const bytes = await readBody(request, {
    mostBytes: BODY_BYTES,
    withinMs: BODY_MS,
    clock,
  });
  switch (bytes) {
    case "too_large":
      return tooLarge();
    case "too_slow":
      return tooSlow();
    case "broken":
      return problem("bad_frame", "Cannot read the body: it must be whole");
  }
  if (bytes.length === 0) return undefined;
  return decodeUtf8(bytes) ??
    problem("bad_frame", "Cannot read the body: it must be UTF-8");
}

function tooLarge(): Response {
  return problem(
    "too_large",
    `Cannot read the body: it must not be longer than ${BODY_BYTES} bytes`,
    { headers: { connection: "close" } },
  );
}

function tooSlow(): Response {
  return problem(
    "too_slow",
    `Cannot read the body: it must be whole within ${BODY_MS} ms`,
    { headers: { connection: "close" } },
  );
}

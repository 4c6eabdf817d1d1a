/** Commands over HTTP: `POST /api/{command}`. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Limits } from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type {
  CommandRequest,
  RequestSource,
} from "../commands/command_request.ts";
import { readText } from "../endpoint/body.ts";
import { Refusal } from "../endpoint/refusal.ts";
import { refusalProblem } from "./app_tokens.ts";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import { problem, problemOf } from "../errors/problem.ts";
import { readObject } from "../schemas/parse.ts";
import {
  hasAccountParameter,
  isCommandName,
  isWrite,
  parseParams,
} from "../commands/table.ts";
import {
  account as accountSchema,
  key as keySchema,
} from "../schemas/values.ts";

/** Timeout of a command, in milliseconds: later than the bridge's own. A write command then is `outcome_unknown`. */
export const ANSWER_MS = 50_000;

/** Options of an {@linkcode HttpApi}. */
export interface HttpApiOptions {
  bridge: BridgeApi;
  clock: Clock;
  limits: Limits;
  /** Called with unexpected errors, and the id of the request's connection. */
  onError(error: unknown, connection?: string): void;
}

/** Answers commands over HTTP. */
export class HttpApi {
  readonly #options: HttpApiOptions;

  constructor(options: HttpApiOptions) {
    this.#options = options;
  }

  /** Runs a command. Every outcome is a response. */
  async answer(
    grant: Grant,
    command: string,
    request: Request,
    from: RequestSource = {},
  ): Promise<Response> {
    try {
      const body = await this.#bodyOf(request);
      if (body instanceof Response) return body;
      const asked = this.#commandOf(command, body, request.headers);
      const data = await this.#run(grant, { ...asked, from });
      return Response.json(data, { headers: { "cache-control": "no-store" } });
    } catch (error) {
      if (error instanceof CommandError) return problemOf(error);
      this.#options.onError(error, from.connection);
      return problem("internal", `Cannot do ${command}: the bridge failed`);
    }
  }

  /** Returns the body's object, an empty one if there is no body, or the problem with it. */
  async #bodyOf(
    request: Request,
  ): Promise<Record<string, unknown> | Response> {
    const text = await readText(request, this.#options.clock);
    if (text === undefined) return {};
    if (text instanceof Refusal) return refusalProblem(text);
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
    const { account: given, key: bodyKey, ...rest } = body;
    const isParameter = isCommandName(name) && hasAccountParameter(name);
    const account = isParameter ? undefined : given;
    const { command, params } = parseParams(
      name,
      isParameter && given !== undefined ? { ...rest, account: given } : rest,
    );
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
    const acts = isWrite(command);
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(ANSWER_MS, () => {
        reject(
          new CommandError(
            acts ? "outcome_unknown" : "timeout",
            `Cannot finish ${command}: the bridge did not answer within ${ANSWER_MS} ms`,
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

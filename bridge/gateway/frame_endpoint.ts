/** The frame protocol at `/ws`, for both fronts. @module */

import { SUBPROTOCOL } from "../../mod.ts";
import { contextOf } from "../endpoint/channel.ts";
import { CHANGES_MS, MAX_CHANGES } from "../hub/consumers.ts";
import type {
  AcceptedUpgrade,
  Endpoint,
  UpgradeRequest,
} from "../endpoint/endpoint.ts";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import { filterOf } from "../hub/subscription.ts";
import { readToken } from "../access/host_policy.ts";
import { Refusal } from "../endpoint/refusal.ts";
import { TokenGate } from "../endpoint/token_gate.ts";
import { RateLimits } from "../access/rate_limit.ts";
import { refusalProblem } from "./app_tokens.ts";
import {
  FrameConnection,
  type FrameConnectionContext,
} from "./frame_connection.ts";
import { problem, problemOf } from "../errors/problem.ts";
import { parseSubscription } from "../schemas/parse.ts";

/** What the endpoint needs. */
export interface FrameEndpointOptions {
  /** What all its connections share. */
  readonly context: FrameConnectionContext;
  /** Called for a wrong token; the answer waits for it, and is 429 where it gives false. */
  slowDown?(address: string | undefined, signal: AbortSignal): Promise<boolean>;
}

/** The gate of `/ws`, which has no calls over HTTP to count. */
export function frameGate(
  { context, slowDown }: FrameEndpointOptions,
): TokenGate {
  const { clock, limits, measures } = context;
  return new TokenGate({
    authenticate: (token) => context.authenticate(token),
    slowDown: async (address, signal) =>
      await slowDown?.(address, signal) ?? true,
    authFailure: () => measures.authFailure(),
    rates: new RateLimits(clock, limits.commandsPerMinute),
  });
}

/** See the module. */
export class FrameEndpoint implements Endpoint {
  readonly kind = "ws";
  readonly pathWords: readonly string[] = ["ws"];
  readonly #options: FrameEndpointOptions;
  readonly #gate: TokenGate;

  constructor(options: FrameEndpointOptions) {
    this.#options = options;
    this.#gate = frameGate(options);
  }

  /** See {@linkcode Endpoint}. */
  owns(pathname: string): boolean {
    return pathname === "/ws";
  }

  /** See {@linkcode Endpoint}. */
  async upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response> {
    const { headers, protocols, url, connection, address, signal } = request;
    const context = contextOf(this.#options.context, connection);
    const gate = this.#gate.firstFrame(request);
    if (protocols.length > 0 && !protocols.includes(SUBPROTOCOL)) {
      return problem(
        "bad_params",
        `Cannot open a WebSocket: its subprotocol must be ${SUBPROTOCOL} or none`,
      );
    }
    try {
      const query = parseSubscription(Object.fromEntries(url.searchParams));
      const token = readToken({
        query: url.searchParams,
        acts: true,
        header: (name) => headers.get(name),
      });
      const grant = token === undefined
        ? undefined
        : await this.#gate.authenticate({ token, address, signal });
      if (grant instanceof Refusal) return refusalProblem(grant);
      if (grant?.scopes.has("read")) {
        filterOf(grant, subscriptionOf(query));
        const refused = this.#refuseName(grant, query.consumer);
        if (refused !== undefined) return refused;
      }
      return {
        ...(grant === undefined ? {} : { grant }),
        ...(protocols.length === 0 ? {} : { protocol: SUBPROTOCOL }),
        open: (socket) =>
          new FrameConnection(
            context,
            socket,
            query,
            grant,
            gate,
          ),
      };
    } catch (error) {
      if (error instanceof CommandError) return problemOf(error);
      context.onError(error);
      return problem("internal", "Cannot open a WebSocket: the bridge failed");
    }
  }

  /** See {@linkcode Endpoint}. */
  async fetch(request: Request): Promise<Response> {
    await request.body?.cancel();
    return problem("upgrade_required", "Cannot answer: /ws takes WebSockets", {
      headers: { upgrade: "websocket" },
    });
  }

  /** The answer to a client that would take a consumer's name once too often. */
  #refuseName(
    { id }: Grant,
    consumer: string | undefined,
  ): Response | undefined {
    if (consumer === undefined) return undefined;
    const { consumers } = this.#options.context;
    const retryAfterMs = consumers.refuse(`${id}/${consumer}`);
    if (retryAfterMs === undefined) return undefined;
    return problem(
      "overloaded",
      `Cannot take the consumer ${consumer}: it changes hands at most ${MAX_CHANGES} times in ${
        CHANGES_MS / 1000
      } s. Let one client use the name.`,
      { retryAfterMs },
    );
  }
}

function subscriptionOf(
  { accounts, events }: ReturnType<typeof parseSubscription>,
): { accounts?: string[]; events?: string[] } {
  return {
    ...(accounts === undefined ? {} : { accounts }),
    ...(events === undefined ? {} : { events }),
  };
}

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
import {
  FrameConnection,
  type FrameConnectionContext,
  type Gate,
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

/** When one whose tokens were wrong too often should come again. */
const RETRY_TOKEN_MS = 5000;

/** See the module. */
export class FrameEndpoint implements Endpoint {
  readonly #options: FrameEndpointOptions;

  constructor(options: FrameEndpointOptions) {
    this.#options = options;
  }

  /** See {@linkcode Endpoint}. */
  owns(pathname: string): boolean {
    return pathname === "/ws";
  }

  /** See {@linkcode Endpoint}. */
  async upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response> {
    const { headers, protocols, url, connection } = request;
    const context = contextOf(this.#options.context, connection);
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
      const grant = token === undefined ? undefined : this.#grantOf(token);
      if (token !== undefined && grant === undefined) {
        return await this.#refuse(request);
      }
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
            this.#gateOf(request),
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
    { name }: Grant,
    consumer: string | undefined,
  ): Response | undefined {
    if (consumer === undefined) return undefined;
    const { consumers } = this.#options.context;
    const retryAfterMs = consumers.refuse(`${name}/${consumer}`);
    if (retryAfterMs === undefined) return undefined;
    return problem(
      "overloaded",
      `Cannot take the consumer ${consumer}: it changes hands at most ${MAX_CHANGES} times in ${
        CHANGES_MS / 1000
      } s. Let one client use the name.`,
      { retryAfterMs },
    );
  }

  /** What a token in the first frame has to pass: the same as one before the upgrade. */
  #gateOf({ address, admit }: UpgradeRequest): Gate {
    const { slowDown } = this.#options;
    return {
      ...(slowDown === undefined
        ? {}
        : { refused: (signal) => slowDown(address, signal) }),
      ...(admit === undefined ? {} : { admit }),
    };
  }

  #grantOf(token: string): Grant | undefined {
    const grant = this.#options.context.authenticate(token);
    return grant?.revoked() ? undefined : grant;
  }

  async #refuse({ address, signal }: UpgradeRequest): Promise<Response> {
    this.#options.context.measures.authFailure();
    if (await this.#options.slowDown?.(address, signal) === false) {
      return problem("overloaded", "Cannot answer: too many wrong tokens", {
        retryAfterMs: RETRY_TOKEN_MS,
      });
    }
    return problem("unauthorized", "Cannot answer: the token is not known");
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

/** The frame protocol at `/ws`. @module */

import { SUBPROTOCOL } from "../../mod.ts";
import { contextOf } from "../endpoint/channel.ts";
import type {
  AcceptedUpgrade,
  Endpoint,
  UpgradeRequest,
} from "../endpoint/endpoint.ts";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import { tokenOf } from "../access/request_token.ts";
import { readSessionCookie } from "../access/session_cookie.ts";
import { Refusal } from "../endpoint/refusal.ts";
import type { TokenGate } from "../endpoint/token_gate.ts";
import { refusalProblem } from "./app_tokens.ts";
import {
  createGate,
  type EndpointOptions,
  refuseConsumer,
  toConnectionContext,
} from "../endpoint/dialect_endpoint.ts";
import type { EndpointConnectionContext } from "../endpoint/endpoint_connection.ts";
import { FrameConnection } from "./frame_connection.ts";
import { problem, problemOf } from "../errors/problem.ts";
import { parseSubscription } from "../schemas/parse.ts";

/** The endpoint of the frame protocol. */
export class FrameEndpoint implements Endpoint {
  readonly kind = "ws";
  readonly pathWords: readonly string[] = ["ws"];
  readonly #context: EndpointConnectionContext;
  readonly #gate: TokenGate;

  constructor(options: EndpointOptions) {
    this.#context = toConnectionContext(this.kind, options);
    this.#gate = createGate(options);
  }

  owns(pathname: string): boolean {
    return pathname === "/ws";
  }

  async upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response> {
    const { headers, protocols, url, connection, address, signal } = request;
    const context = contextOf(this.#context, connection, address);
    const cookie = readSessionCookie({
      acts: true,
      header: (name) => headers.get(name),
    });
    const gate = this.#gate.firstFrame(request, cookie);
    if (protocols.length > 0 && !protocols.includes(SUBPROTOCOL)) {
      return problem(
        "bad_params",
        `Cannot open a WebSocket: its subprotocol must be ${SUBPROTOCOL} or none`,
      );
    }
    try {
      const query = parseSubscription(Object.fromEntries(url.searchParams));
      const token = tokenOf(headers.get("authorization"), url.searchParams);
      const grant = token === undefined
        ? undefined
        : await this.#gate.authenticate({ token, address, signal });
      if (grant instanceof Refusal) return refusalProblem(grant);
      if (grant?.scopes.has("read")) {
        this.#context.bridge.readerFor(grant, address)
          .filter(subscriptionOf(query));
        const refused = this.#refuseName(
          grant,
          query.consumer ?? grant.consumer,
        );
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

  async fetch(request: Request): Promise<Response> {
    await request.body?.cancel();
    return problem("upgrade_required", "Cannot answer: /ws takes WebSockets", {
      headers: { upgrade: "websocket" },
    });
  }

  #refuseName(
    { id }: Grant,
    consumer: string | undefined,
  ): Response | undefined {
    if (consumer === undefined) return undefined;
    const { consumers } = this.#context.bridge;
    const refusal = refuseConsumer(consumers, `${id}/${consumer}`);
    return refusal && refusalProblem(refusal);
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

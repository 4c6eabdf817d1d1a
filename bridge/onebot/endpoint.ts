/** OneBot for clients that dial the bridge: WebSockets and HTTP below `/onebot/v11`. @module */

import { NAME_PATTERN, parsePosition } from "../../mod.ts";
import { tokenOf } from "../access/request_token.ts";
import { contextOf } from "../endpoint/channel.ts";
import { CHANGES_MS, MAX_CHANGES } from "../hub/consumers.ts";
import type {
  AcceptedUpgrade,
  Endpoint,
  RequestOrigin as Known,
  UpgradeRequest,
} from "../endpoint/endpoint.ts";
import { type Grant, reaches } from "../access/grant.ts";
import { RateLimits } from "../access/rate_limit.ts";
import { Refusal } from "../endpoint/refusal.ts";
import { TokenGate, type TokenGateOptions } from "../endpoint/token_gate.ts";
import { parseSegmentMode } from "../endpoint/replaced_segments.ts";
import { OneBotConnection } from "./connection.ts";
import { chosenEvents, parseEventChoice } from "./events.ts";
import {
  readRequest,
  refusalResponse,
  refused,
  respond,
  responseOf,
} from "./http_call.ts";
import {
  narrowed,
  type OneBotConnectionContext,
  type OneBotConnectionOptions,
} from "./party.ts";
import { failed } from "./retcodes.ts";
import { queryOf, routeOf } from "./route.ts";

/** Options of a {@linkcode OneBotEndpoint}. */
export interface EndpointOptions
  extends
    Omit<TokenGateOptions, "rates">,
    Partial<Pick<TokenGateOptions, "rates">> {
  /** What all its connections share. */
  readonly context: OneBotConnectionContext;
}

/** The longest `confirmAfter`, in seconds. */
const CONFIRM_AFTER_S = 3600;

/** See the module. */
export class OneBotEndpoint implements Endpoint {
  readonly kind = "onebot";
  readonly pathWords: readonly string[] = ["onebot", "v11", "api", "event"];
  readonly #options: EndpointOptions;
  readonly #gate: TokenGate;

  constructor(options: EndpointOptions) {
    const { clock, limits } = options.context;
    this.#options = options;
    const { rates = new RateLimits(clock, limits.commandsPerMinute) } = options;
    this.#gate = new TokenGate({ ...options, rates });
  }

  /** See {@linkcode Endpoint}. */
  owns(pathname: string): boolean {
    return routeOf(pathname) !== undefined;
  }

  /** See {@linkcode Endpoint}. */
  async upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response> {
    try {
      return await this.#upgrade(request);
    } catch (error) {
      return this.#broken(error, request.connection);
    }
  }

  /** See {@linkcode Endpoint}. */
  async fetch(
    request: Request,
    address: string | undefined,
    caller?: Known,
  ): Promise<Response> {
    try {
      const response = await this.#answer(request, address, caller);
      if (!request.bodyUsed) await request.body?.cancel();
      return response;
    } catch (error) {
      return this.#broken(error, caller?.connection);
    }
  }

  async #upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response> {
    const { url, protocols, connection } = request;
    const context = contextOf(this.#options.context, connection);
    const route = routeOf(url.pathname);
    if (route?.role === undefined) {
      return refused(404, "no WebSocket at this path");
    }
    if (protocols.length > 0) {
      return refused(400, "OneBot 11 has no subprotocols");
    }
    const { role } = route;
    const query = queryOf(url);
    const granted = await this.#authenticate(request, query);
    if (granted instanceof Refusal) return refusalResponse(granted);
    if (role !== "api" && !granted.scopes.has("read")) {
      return forbidden(
        `the token ${granted.name} does not have the scope read: only /api is open to it`,
      );
    }
    const account = this.#accountOf(granted, route.account, request.headers);
    if (account instanceof Response) return account;
    const start = this.#startOf(query, granted, account);
    if (start instanceof Response) return start;
    const segments = parseSegmentMode(query.get("segments"));
    if (segments === undefined) return badSegments();
    const choice = parseEventChoice(query);
    if ("rule" in choice) return refused(400, choice.rule);
    if (role !== "api" && start.consumer !== undefined) {
      const retryAfterMs = context.consumers.refuse(start.consumer);
      if (retryAfterMs !== undefined) return contested(retryAfterMs);
    }
    const party = {
      grant: narrowed(granted, account),
      account,
      role,
      segments,
      events: chosenEvents(choice),
      ...start,
    };
    return {
      grant: granted,
      open: (socket) => new OneBotConnection(context, socket, party),
    };
  }

  async #answer(
    request: Request,
    address: string | undefined,
    known: Known | undefined,
  ): Promise<Response> {
    const { method, headers, signal } = request;
    const { context } = this.#options;
    const url = new URL(request.url);
    const route = routeOf(url.pathname);
    const query = queryOf(url);
    const granted = await this.#authenticate(
      { headers, address, signal },
      query,
    );
    if (granted instanceof Refusal) return refusalResponse(granted);
    if (known !== undefined) known.grant = granted.name;
    if (route?.role !== undefined) {
      return respond(
        426,
        failed("bad_frame", "Cannot answer: this path takes WebSockets"),
        { upgrade: "websocket" },
      );
    }
    if (method !== "GET" && method !== "POST") {
      return respond(
        405,
        failed("bad_frame", "Cannot take a call: it must be GET or POST"),
        { allow: "GET, POST" },
      );
    }
    const account = this.#accountOf(granted, route?.account, headers);
    if (account instanceof Response) return account;
    const segments = parseSegmentMode(query.get("segments"));
    if (segments === undefined) return badSegments();
    const { clock, limits, bridge, people, api } = context;
    const excess = this.#gate.takeCall(granted);
    if (excess !== undefined) {
      // OneBot's outcome of a call is in `retcode`: the status stays 200.
      const { message, retryAfterMs } = excess;
      return responseOf(failed("overloaded", message, retryAfterMs));
    }
    const maxDepth = limits.jsonDepth;
    const params = await readRequest(request, { clock, maxDepth });
    if (params instanceof Refusal) return refusalResponse(params);
    const grant = narrowed(granted, account);
    const caller = { bridge, people, clock, grant, account, segments };
    return responseOf(await api.call(caller, route?.action ?? "", params));
  }

  async #authenticate(
    { headers, address, signal }: Pick<
      UpgradeRequest,
      "headers" | "address" | "signal"
    >,
    query: URLSearchParams,
  ): Promise<Grant | Refusal> {
    const token = tokenOf(headers.get("authorization"), query);
    return await this.#gate.authenticate({ token, address, signal });
  }

  /** The account that is meant: named by the path or X-Self-ID, else the lowest number that the token reaches. */
  #accountOf(
    grant: Grant,
    named: string | undefined,
    headers: Headers,
  ): string | Response {
    const { bridge } = this.#options.context;
    const only = grant.accounts !== "all" && grant.accounts.size === 1
      ? [...grant.accounts][0]
      : undefined;
    const account = named ?? only ?? headers.get("x-self-id")?.trim();
    if (account !== undefined) {
      return reaches(grant, account) &&
          bridge.accounts(narrowed(grant, account)).length > 0
        ? account
        : respond(
          404,
          failed(
            "unknown_account",
            `Cannot answer: the token ${grant.name} reaches no such account`,
          ),
        );
    }
    return bridge.accounts(grant)[0]?.uin ?? respond(
      503,
      failed(
        "unknown_account",
        `Cannot answer: the token ${grant.name} reaches no account yet`,
        5000,
      ),
      { "retry-after": "5" },
    );
  }

  #startOf(
    query: URLSearchParams,
    { id }: Grant,
    account: string,
  ):
    | Pick<OneBotConnectionOptions, "after" | "consumer" | "confirmAfterMs">
    | Response {
    const since = query.get("since");
    const consumer = query.get("consumer");
    const confirmAfter = query.get("confirmAfter");
    const { epoch } = this.#options.context.bridge.journal;
    const after = since === null
      ? undefined
      : parsePosition(since.includes(":") ? since : `${epoch}:${since}`);
    if (since !== null && after === undefined) {
      return refused(400, "since must be a seq");
    }
    if (consumer !== null && !NAME_PATTERN.test(consumer)) {
      return refused(
        400,
        "consumer must be a name of 1 to 64 letters, digits, dots, _ and -",
      );
    }
    const confirmAfterS = /^\d{1,4}$/.test(confirmAfter ?? "0")
      ? Number(confirmAfter)
      : Infinity;
    if (confirmAfterS > CONFIRM_AFTER_S) {
      return refused(
        400,
        `confirmAfter must be a whole number of seconds from 0 to ${CONFIRM_AFTER_S}`,
      );
    }
    return {
      confirmAfterMs: confirmAfterS * 1000,
      ...(after === undefined ? {} : { after }),
      ...(consumer === null
        ? {}
        : { consumer: `${id}/onebot/${account}/${consumer}` }),
    };
  }

  #broken(error: unknown, connection: string | undefined): Response {
    this.#options.context.onError(error, connection);
    return respond(
      500,
      failed("internal", "Cannot answer: the bridge failed"),
    );
  }
}

/** The answer to a client that would take a consumer's name once too often. */
function contested(retryAfterMs: number): Response {
  return respond(
    429,
    failed(
      "overloaded",
      `Cannot take the consumer's name: it changes hands at most ${MAX_CHANGES} times in ${
        CHANGES_MS / 1000
      } s. Let one client use the name.`,
      retryAfterMs,
    ),
    { "retry-after": String(retryAfterMs / 1000) },
  );
}

function badSegments(): Response {
  return refused(400, "segments must be text or strict");
}

function forbidden(why: string): Response {
  return respond(
    403,
    failed("forbidden", `Cannot answer: ${why}`),
  );
}

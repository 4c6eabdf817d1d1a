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
import { parseSegmentMode } from "../endpoint/replaced_segments.ts";
import { OneBotConnection } from "./connection.ts";
import { chosenEvents, parseEventChoice } from "./events.ts";
import { readRequest, refused, respond, responseOf } from "./http_call.ts";
import {
  narrowed,
  type OneBotConnectionContext,
  type OneBotConnectionOptions,
} from "./party.ts";
import { type Answer, failed } from "./retcodes.ts";
import { queryOf, routeOf } from "./route.ts";

/** What the endpoint needs. */
export interface EndpointOptions {
  /** What all its connections share. */
  readonly context: OneBotConnectionContext;
  /** Whose token it is, or undefined. */
  authenticate(token: string): Grant | undefined;
  /** Called for a wrong token; the answer waits for it, and is 429 where it gives false. */
  slowDown?(
    address: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Is told of a missing or wrong token. */
  authFailure?(): void;
}

/** Who asks, from what a request carries. */
interface Caller {
  readonly url: URL;
  readonly headers: Headers;
  readonly address: string | undefined;
  readonly signal: AbortSignal;
}

/** The longest `confirmAfter`, in seconds. */
const CONFIRM_AFTER_S = 3600;

/** See the module. */
export class OneBotEndpoint implements Endpoint {
  readonly #options: EndpointOptions;
  readonly #rates: RateLimits;

  constructor(options: EndpointOptions) {
    const { clock, limits } = options.context;
    this.#options = options;
    this.#rates = new RateLimits(clock, limits.commandsPerMinute);
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
    const granted = await this.#grantOf(request);
    if (granted instanceof Response) return granted;
    if (role !== "api" && !granted.scopes.has("read")) {
      return forbidden(
        `the token ${granted.name} does not have the scope read: only /api is open to it`,
      );
    }
    const account = this.#accountOf(granted, route.account, request.headers);
    if (account instanceof Response) return account;
    const query = queryOf(url);
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
    const granted = await this.#grantOf({ url, headers, address, signal });
    if (granted instanceof Response) return granted;
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
    const segments = parseSegmentMode(queryOf(url).get("segments"));
    if (segments === undefined) return badSegments();
    const rate = this.#rates.of(granted.name);
    if (!rate.take()) return responseOf(this.#tooMany(rate.retryAfterMs));
    const { clock, limits, bridge, people, api } = context;
    const params = await readRequest(request, {
      clock,
      jsonDepth: limits.jsonDepth,
    });
    if (params instanceof Response) return params;
    const grant = narrowed(granted, account);
    const caller = { bridge, people, clock, grant, account, segments };
    return responseOf(await api.call(caller, route?.action ?? "", params));
  }

  async #grantOf(caller: Caller): Promise<Grant | Response> {
    const { headers, url, address, signal } = caller;
    const token = tokenOf(headers.get("authorization"), queryOf(url));
    if (token === undefined || token === "") {
      this.#options.authFailure?.();
      return respond(
        401,
        failed("forbidden", "Cannot answer: there is no token"),
        { "www-authenticate": "Bearer" },
      );
    }
    const grant = this.#options.authenticate(token);
    if (grant !== undefined && !grant.revoked()) return grant;
    this.#options.authFailure?.();
    if (await this.#options.slowDown?.(address, signal) === false) {
      return respond(
        429,
        failed("overloaded", "Cannot answer: too many wrong tokens", 5000),
        { "retry-after": "5" },
      );
    }
    return forbidden("the token is not known");
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
    { name }: Grant,
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
        : { consumer: `${name}/onebot/${account}/${consumer}` }),
    };
  }

  #tooMany(retryAfterMs: number): Answer {
    const { commandsPerMinute } = this.#options.context.limits;
    return failed(
      "overloaded",
      `Cannot take a call: a token has ${commandsPerMinute} a minute`,
      retryAfterMs,
    );
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

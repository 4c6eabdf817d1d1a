/** The endpoint of Satori 1, below `/satori/v1`; README.md says what works there. @module */

import type { BridgeApi } from "../core/bridge_api.ts";
import { tokenOf } from "../access/request_token.ts";
import { type ChannelContext, contextOf } from "../endpoint/channel.ts";
import type {
  AcceptedUpgrade,
  Endpoint,
  RequestOrigin,
  UpgradeRequest,
} from "../endpoint/endpoint.ts";
import { type Grant, reaches } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import { ProfileCache } from "../endpoint/profile_cache.ts";
import { RateLimits } from "../access/rate_limit.ts";
import { parseSegmentMode } from "../endpoint/replaced_segments.ts";
import { answer, refusal, refusalOf } from "./answers.ts";
import { readJson } from "./body.ts";
import { type ConnectionContext, SatoriConnection } from "./connection.ts";
import { INTERNAL_METHODS } from "./internal.ts";
import { MESSAGE_METHODS } from "./message_methods.ts";
import type { Method } from "./method.ts";
import { PEOPLE_METHODS } from "./people_methods.ts";
import { loginOf, PLATFORM } from "./resources.ts";
import { type Route, routeOf } from "./route.ts";

/** What the endpoint needs. */
export interface SatoriOptions extends ChannelContext {
  /** The bridge. */
  readonly bridge: BridgeApi;
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

/** All methods by name; what is not here QQ HTTP cannot do. */
export const METHODS: ReadonlyMap<string, Method> = new Map([
  ...MESSAGE_METHODS,
  ...PEOPLE_METHODS,
]);

const INTERNALS: ReadonlyMap<string, Method> = new Map(INTERNAL_METHODS);

/** When one whose tokens were wrong too often should come again. */
const RETRY_TOKEN_MS = 5000;

/** See the module. */
export class SatoriEndpoint implements Endpoint {
  readonly #options: SatoriOptions;
  readonly #context: ConnectionContext;
  readonly #rates: RateLimits;

  constructor(options: SatoriOptions) {
    const { bridge, clock, limits, stallMs, measures } = options;
    this.#options = options;
    this.#context = {
      bridge,
      clock,
      limits,
      stallMs,
      measures,
      people: new ProfileCache(clock),
      onError: (error, connection) => options.onError(error, connection),
      authenticate: (token) => options.authenticate(token),
    };
    this.#rates = new RateLimits(clock, limits.commandsPerMinute);
  }

  /** See {@linkcode Endpoint}. */
  owns(pathname: string): boolean {
    return routeOf(pathname) !== undefined;
  }

  /** See {@linkcode Endpoint}. The token comes in IDENTIFY: one in the header is never refused. */
  upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response> {
    const { url, headers, address, protocols, admit, connection } = request;
    if (routeOf(url.pathname)?.type !== "events") {
      return Promise.resolve(noSuchPath());
    }
    if (protocols.length > 0) {
      return Promise.resolve(
        refusal(
          "bad_params",
          "Cannot open a WebSocket: Satori has no subprotocols",
        ),
      );
    }
    const { slowDown, authFailure } = this.#options;
    const context = contextOf(this.#context, connection);
    const gate = {
      token: tokenOf(headers.get("authorization"), url.searchParams),
      refused: async (signal: AbortSignal) => {
        authFailure?.();
        await slowDown?.(address, signal);
      },
      ...(admit === undefined ? {} : { admit }),
    };
    return Promise.resolve({
      open: (socket) => new SatoriConnection(context, socket, gate),
    });
  }

  /** See {@linkcode Endpoint}. */
  async fetch(
    request: Request,
    address: string | undefined,
    caller?: RequestOrigin,
  ): Promise<Response> {
    const route = routeOf(new URL(request.url).pathname);
    try {
      return await this.#answer(request, route, address, caller);
    } catch (error) {
      if (error instanceof CommandError) return refusalOf(error);
      this.#context.onError(error, caller?.connection);
      return refusal(
        "internal",
        "Cannot answer: the bridge failed",
      );
    } finally {
      if (!request.bodyUsed) await request.body?.cancel().catch(() => {});
    }
  }

  async #answer(
    request: Request,
    route: Route | undefined,
    address: string | undefined,
    known: RequestOrigin | undefined,
  ): Promise<Response> {
    if (route?.type === "events") {
      return refusal(
        "upgrade_required",
        "Cannot answer: this path takes WebSockets",
        { headers: { upgrade: "websocket" } },
      );
    }
    if (request.method !== "POST") {
      return refusal(
        "method_not_allowed",
        "Cannot answer: use POST",
        { headers: { allow: "POST" } },
      );
    }
    const grant = await this.#grantOf(request, address);
    if (grant instanceof Response) return grant;
    if (known !== undefined) known.grant = grant.name;
    if (route?.type === "meta") return this.#meta(grant);
    const method = methodOf(route);
    if (method === undefined) return noSuchPath();
    const { bridge, people, clock, limits } = this.#context;
    const account = this.#accountOf(grant, request.headers, route);
    const segments = parseSegmentMode(
      new URL(request.url).searchParams.get("segments"),
    );
    if (segments === undefined) {
      throw new CommandError(
        "bad_params",
        "Cannot take the call: segments must be text or strict",
      );
    }
    const rate = this.#rates.of(grant.name);
    if (!rate.take()) {
      throw new CommandError(
        "overloaded",
        `Cannot take the call: a token has ${limits.commandsPerMinute} a minute`,
        { retryAfterMs: rate.retryAfterMs },
      );
    }
    const { jsonDepth } = limits;
    const body = await readJson(request, { clock, jsonDepth });
    // The JavaScript SDK sends the arguments of `bot.internal` as a list.
    const params = route?.type === "internal" && Array.isArray(body)
      ? body[0] ?? {}
      : body;
    const caller = { bridge, people, clock, grant, account, segments };
    return answer(await method(caller, params));
  }

  async #grantOf(
    { headers, url, signal }: Request,
    address: string | undefined,
  ): Promise<Grant | Response> {
    const { slowDown, authFailure } = this.#options;
    const token = tokenOf(
      headers.get("authorization"),
      new URL(url).searchParams,
    );
    if (token === undefined || token === "") {
      authFailure?.();
      return refusal(
        "unauthorized",
        "Cannot answer: a token is needed",
      );
    }
    const grant = this.#context.authenticate(token);
    if (grant !== undefined && !grant.revoked()) return grant;
    authFailure?.();
    if (await slowDown?.(address, signal) === false) {
      throw new CommandError(
        "overloaded",
        "Cannot answer: too many wrong tokens",
        { retryAfterMs: RETRY_TOKEN_MS },
      );
    }
    throw new CommandError(
      "forbidden",
      "Cannot answer: the token is not known",
    );
  }

  #meta(grant: Grant): Response {
    if (!grant.scopes.has("read")) {
      throw new CommandError(
        "forbidden",
        `Cannot do meta: the token ${grant.name} does not have the scope read`,
      );
    }
    const logins = this.#context.bridge.accounts(grant).map(loginOf);
    return answer({ logins, proxy_urls: [] });
  }

  /** The account that is meant: named by the headers, in their present or older form, else the token's only one. */
  #accountOf(
    grant: Grant,
    headers: Headers,
    route: Route | undefined,
  ): string {
    const inPath = route?.type === "internal" ? route : undefined;
    const platform = inPath?.platform ?? headers.get("satori-platform") ??
      headers.get("x-platform");
    const account = inPath?.account ?? headers.get("satori-user-id") ??
      headers.get("x-self-id") ?? this.#onlyAccountOf(grant);
    if (account === undefined) {
      throw new CommandError(
        "bad_params",
        "Cannot take the call: Satori-User-ID must name an account",
      );
    }
    const isThere = reaches(grant, account) &&
      this.#context.bridge.accounts(grant)
        .some(({ uin }) => uin === account);
    if ((platform ?? PLATFORM) === PLATFORM && isThere) return account;
    throw new CommandError(
      "unknown_account",
      `Cannot take the call: the token ${grant.name} reaches no such login`,
    );
  }

  #onlyAccountOf(grant: Grant): string | undefined {
    const [first, ...others] = this.#context.bridge.accounts(grant);
    return others.length === 0 ? first?.uin : undefined;
  }
}

function methodOf(route: Route | undefined): Method | undefined {
  switch (route?.type) {
    case "method":
      return METHODS.get(route.name);
    case "internal":
      return INTERNALS.get(route.name);
    default:
      return undefined;
  }
}

function noSuchPath(): Response {
  return refusal(
    "unknown_command",
    "Cannot answer: QQ HTTP has no such method",
  );
}

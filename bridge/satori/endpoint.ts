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
import { readBody } from "../endpoint/body.ts";
import { Refusal } from "../endpoint/refusal.ts";
import { TokenGate, type TokenGateOptions } from "../endpoint/token_gate.ts";
import { parseSegmentMode } from "../endpoint/replaced_segments.ts";
import { answer, refusal, refusalOf, refusalResponse } from "./answers.ts";
import { type ConnectionContext, SatoriConnection } from "./connection.ts";
import { INTERNAL_METHODS } from "./internal.ts";
import { MESSAGE_METHODS } from "./message_methods.ts";
import type { Method } from "./method.ts";
import { PEOPLE_METHODS } from "./people_methods.ts";
import { loginOf, PLATFORM } from "./resources.ts";
import { type Route, routeOf } from "./route.ts";

/** Options of a {@linkcode SatoriEndpoint}. */
export interface SatoriOptions
  extends
    ChannelContext,
    Omit<TokenGateOptions, "rates">,
    Partial<Pick<TokenGateOptions, "rates">> {
  readonly bridge: BridgeApi;
}

/** All methods by name; what is not here QQ HTTP cannot do. */
export const METHODS: ReadonlyMap<string, Method> = new Map([
  ...MESSAGE_METHODS,
  ...PEOPLE_METHODS,
]);

const INTERNALS: ReadonlyMap<string, Method> = new Map(INTERNAL_METHODS);

/** See the module. */
export class SatoriEndpoint implements Endpoint {
  readonly kind = "satori";
  readonly pathWords: readonly string[] = [
    "satori",
    "v1",
    "events",
    "meta",
    "internal",
  ];
  readonly #context: ConnectionContext;
  readonly #gate: TokenGate;

  constructor(options: SatoriOptions) {
    const { bridge, clock, limits, stallMs, measures } = options;
    this.#context = {
      bridge,
      clock,
      limits,
      stallMs,
      measures,
      people: new ProfileCache(clock),
      onError: (error, connection) => options.onError(error, connection),
    };
    const { rates = new RateLimits(clock, limits.commandsPerMinute) } = options;
    this.#gate = new TokenGate({
      authenticate: (token) => options.authenticate(token),
      slowDown: async (address, signal) =>
        await options.slowDown?.(address, signal) ?? true,
      authFailure: () => options.authFailure?.(),
      rates,
    });
  }

  /** See {@linkcode Endpoint}. */
  owns(pathname: string): boolean {
    return routeOf(pathname) !== undefined;
  }

  /** See {@linkcode Endpoint}. The token comes in IDENTIFY: one in the header is never refused. */
  upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response> {
    const { url, headers, protocols, connection } = request;
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
    const context = contextOf(this.#context, connection);
    const gate = this.#gate.firstFrame(request);
    const token = tokenOf(headers.get("authorization"), url.searchParams);
    return Promise.resolve({
      open: (socket) => new SatoriConnection(context, socket, gate, token),
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
    const { headers, signal } = request;
    const { searchParams } = new URL(request.url);
    const token = tokenOf(headers.get("authorization"), searchParams);
    const grant = await this.#gate.authenticate({ token, address, signal });
    if (grant instanceof Refusal) return refusalResponse(grant);
    if (known !== undefined) known.grant = grant.name;
    if (route?.type === "meta") return this.#meta(grant);
    const method = methodOf(route);
    if (method === undefined) return noSuchPath();
    const { bridge, people, clock, limits } = this.#context;
    const account = this.#accountOf(grant, headers, route);
    const segments = parseSegmentMode(searchParams.get("segments"));
    if (segments === undefined) {
      throw new CommandError(
        "bad_params",
        "Cannot take the call: segments must be text or strict",
      );
    }
    const read = this.#gate.takeCall(grant) ??
      await readBody(request, { clock, maxDepth: limits.jsonDepth });
    if (read instanceof Refusal) return refusalResponse(read);
    const body = read === undefined ? {} : read.value;
    // The JavaScript SDK sends the arguments of `bot.internal` as a list.
    const params = route?.type === "internal" && Array.isArray(body)
      ? body[0] ?? {}
      : body;
    const caller = { bridge, people, clock, grant, account, segments };
    return answer(await method(caller, params));
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

/** What the endpoints of all dialects do with requests and handshakes. @module */

import { type Grant, narrowGrant, reaches } from "../access/grant.ts";
import { RateLimits } from "../access/rate_limit.ts";
import { tokenOf } from "../access/request_token.ts";
import type { BridgeCommandName } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import { CHANGES_MS, type Consumers, MAX_CHANGES } from "../hub/consumers.ts";
import { type BodyType, readBody } from "./body.ts";
import type { CallContext } from "./calls.ts";
import { contextOf } from "./channel.ts";
import type {
  AcceptedUpgrade,
  Endpoint,
  RequestOrigin,
  UpgradeRequest,
} from "./endpoint.ts";
import type { EndpointConnectionContext } from "./endpoint_connection.ts";
import { ProfileCache } from "./profile_cache.ts";
import { accepted, Refusal } from "./refusal.ts";
import { parseSegmentMode, type SegmentMode } from "./replaced_segments.ts";
import { TokenGate, type TokenGateOptions } from "./token_gate.ts";

/** What every endpoint is made of. */
export interface EndpointOptions
  extends
    Omit<EndpointConnectionContext, "kind" | "connection" | "people">,
    Omit<TokenGateOptions, "rates">,
    Partial<Pick<TokenGateOptions, "rates">> {}

/** When a client whose token reaches no account yet may try again, in milliseconds. */
const RETRY_ACCOUNT_MS = 5000;

/** What all connections of a dialect share. */
export interface DialectContext extends EndpointConnectionContext {
  readonly people: ProfileCache;
}

/** A handshake at a path that takes WebSockets. */
export interface Handshake<R> {
  readonly route: R;
  readonly request: UpgradeRequest;
  readonly query: URLSearchParams;
  /** Context of the connection that follows. */
  readonly context: DialectContext;
}

/** A request whose token is known. */
export interface DialectRequest<R> {
  readonly route: R;
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly grant: Grant;
  /** Address of the client, if known. */
  readonly address: string | undefined;
}

/** An answer of a dialect: a status, and what its JSON says. */
export type DialectAnswer = readonly [status: number, body: unknown];

/**
 * The endpoint of a dialect. A dialect says what its paths mean, which
 * WebSockets it accepts, what it answers, and how its errors look. Each of its
 * methods may throw a {@linkcode Refusal} or CommandError.
 */
export abstract class DialectEndpoint<R> implements Endpoint {
  readonly kind: string;
  abstract readonly pathWords: readonly string[];
  /** HTTP methods of calls. */
  protected abstract readonly methods: readonly string[];
  protected readonly context: DialectContext;
  protected readonly gate: TokenGate;

  constructor(kind: string, options: EndpointOptions) {
    const people = new ProfileCache(options.clock);
    this.kind = kind;
    this.context = { ...toConnectionContext(kind, options), people };
    this.gate = createGate(options);
  }

  /** Returns what a path means; `undefined` if it belongs to another endpoint. */
  protected abstract findRoute(pathname: string): R | undefined;

  /** Whether a path takes WebSockets. */
  protected abstract isSocket(route: R): boolean;

  protected abstract accept(
    handshake: Handshake<R>,
  ): AcceptedUpgrade | Promise<AcceptedUpgrade>;

  /** Answers a request, which is not a handshake. */
  protected abstract answer(
    request: DialectRequest<R>,
  ): DialectAnswer | Promise<DialectAnswer>;

  /** Formats a rejection as the dialect's errors. */
  protected abstract formatRefusal(refusal: Refusal): DialectAnswer;

  /** Reads the query of an address. */
  protected readQuery(url: URL): URLSearchParams {
    return url.searchParams;
  }

  owns(pathname: string): boolean {
    return this.findRoute(pathname) !== undefined;
  }

  async upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response> {
    const { url, protocols, connection } = request;
    try {
      const route = this.findRoute(url.pathname);
      if (route === undefined || !this.isSocket(route)) {
        throw new Refusal(
          "not_found",
          "Cannot open a WebSocket: there is none at this path",
        );
      }
      if (protocols.length > 0) {
        throw new Refusal(
          "bad_params",
          "Cannot open a WebSocket: this path has no subprotocols",
        );
      }
      const query = this.readQuery(url);
      const context = contextOf(this.context, connection);
      return await this.accept({ route, request, query, context });
    } catch (error) {
      return this.#respondTo(error, connection);
    }
  }

  async fetch(
    request: Request,
    address: string | undefined,
    caller?: RequestOrigin,
  ): Promise<Response> {
    try {
      return respond(await this.#answer(request, address, caller));
    } catch (error) {
      return this.#respondTo(error, caller?.connection);
    } finally {
      if (!request.bodyUsed) await request.body?.cancel().catch(() => {});
    }
  }

  async #answer(
    request: Request,
    address: string | undefined,
    caller: RequestOrigin | undefined,
  ): Promise<DialectAnswer> {
    const { method, headers, signal } = request;
    const url = new URL(request.url);
    const route = this.findRoute(url.pathname)!;
    const query = this.readQuery(url);
    if (this.isSocket(route)) {
      throw new Refusal(
        "upgrade_required",
        "Cannot answer: this path takes WebSockets",
        undefined,
        { upgrade: "websocket" },
      );
    }
    if (!this.methods.includes(method)) {
      const allow = this.methods.join(", ");
      throw new Refusal(
        "method_not_allowed",
        `Cannot answer: the method must be one of ${allow}, got ${method}`,
        undefined,
        { allow },
      );
    }
    const grant = await this.authenticate({ headers, address, signal }, query);
    if (caller !== undefined) caller.grant = grant.name;
    return await this.answer({ route, request, query, grant, address });
  }

  /** Returns what the token of a request allows. */
  protected async authenticate(
    { headers, address, signal }: Pick<
      UpgradeRequest,
      "headers" | "address" | "signal"
    >,
    query: URLSearchParams,
  ): Promise<Grant> {
    const token = tokenOf(headers.get("authorization"), query);
    return accepted(await this.gate.authenticate({ token, address, signal }));
  }

  /**
   * Returns the account of a request.
   *
   * @param named The account that the request names; an empty text names none of QQ's.
   * @param fallback What is used if it names none: the token's only account, or
   * the one with the lowest number.
   * @throws {Refusal} If the token does not reach it.
   */
  protected findAccount(
    { grant, address }: Pick<DialectRequest<R>, "grant" | "address">,
    named: string | null | undefined,
    fallback: "only" | "lowest" = "only",
  ): string {
    const { bridge } = this.context;
    const { name } = grant;
    if (named !== null && named !== undefined) {
      const isReached = reaches(grant, named) &&
        bridge.accounts(narrowGrant(grant, named)).length > 0;
      if (isReached) return named;
      // A mistyped number is no refusal where the token reaches all accounts.
      if (grant.accounts !== "all") {
        this.gate.auditRefusal(grant, address, {
          reason: "unknown_account",
          subject: named,
        });
      }
      throw new Refusal(
        "unknown_account",
        `Cannot answer: the token ${name} reaches no such account`,
      );
    }
    const [first, ...others] = bridge.accounts(grant);
    if (first === undefined) {
      throw new Refusal(
        "no_account",
        `Cannot answer: the token ${name} reaches no account yet`,
        RETRY_ACCOUNT_MS,
      );
    }
    if (others.length === 0 || fallback === "lowest") return first.uin;
    throw new Refusal(
      "bad_params",
      `Cannot answer: the request must name an account, because the token ${name} reaches several`,
    );
  }

  /** Reads `?segments=` of an address. */
  protected readSegments(query: URLSearchParams): SegmentMode {
    const mode = parseSegmentMode(query.get("segments"));
    if (mode !== undefined) return mode;
    throw new Refusal(
      "bad_params",
      "Cannot answer: segments must be text or strict",
    );
  }

  /** Counts a call, reads its body, and returns both what it says and what the call may use. */
  protected async readCall(
    { request, query, grant, address }: DialectRequest<R>,
    account: string,
    { types, takesLists = false }: {
      types?: readonly BodyType[];
      takesLists?: boolean;
    } = {},
  ): Promise<{ context: CallContext; body: object }> {
    const { bridge, people, clock, limits } = this.context;
    const segments = this.readSegments(query);
    accepted(this.gate.takeCall(grant, address));
    const maxDepth = limits.jsonDepth;
    const options = { clock, maxDepth, ...(types && { types }) };
    const { value: body } = accepted(await readBody(request, options)) ??
      { value: {} };
    const isList = Array.isArray(body);
    if (typeof body !== "object" || body === null || isList && !takesLists) {
      throw new Refusal(
        "bad_body",
        "Cannot read the body: it must be a JSON object",
      );
    }
    return {
      context: {
        bridge,
        people,
        clock,
        grant: narrowGrant(grant, account),
        account,
        segments,
        onForbidden: this.whenForbidden(grant, address, account),
      },
      body,
    };
  }

  /** Returns what records a call that a token does not allow. */
  protected whenForbidden(
    grant: Grant,
    address: string | undefined,
    account: string,
  ): (command: BridgeCommandName) => void {
    return (command) =>
      this.gate.auditRefusal(grant, address, {
        message: "command refused",
        reason: "forbidden",
        subject: account,
        subjectName: command,
      });
  }

  #respondTo(error: unknown, connection: string | undefined): Response {
    if (error instanceof Refusal) {
      return respond(this.formatRefusal(error), error);
    }
    if (error instanceof CommandError) {
      const { code, message, retryAfterMs } = error;
      return this.#respondTo(
        new Refusal(code, message, retryAfterMs),
        connection,
      );
    }
    this.context.onError(error, connection);
    return this.#respondTo(
      new Refusal("internal", "Cannot answer: the bridge failed"),
      connection,
    );
  }
}

/** Returns what the connections of an endpoint share. */
export function toConnectionContext(
  kind: string,
  options: EndpointOptions,
): EndpointConnectionContext {
  const { bridge, clock, limits, stallMs, measures, onRefusal } = options;
  const onError = (error: unknown, connection?: string) =>
    options.onError(error, connection);
  return {
    kind,
    bridge,
    clock,
    limits,
    stallMs,
    measures,
    onRefusal,
    onError,
  };
}

/** Creates the gate of an endpoint. */
export function createGate(options: EndpointOptions): TokenGate {
  const { clock, limits } = options;
  const { rates = new RateLimits(clock, limits.commandsPerMinute) } = options;
  return new TokenGate({ ...options, rates });
}

/** Returns why a consumer's name cannot be taken now, if it changes hands too often. */
export function refuseConsumer(
  consumers: Consumers,
  id: string,
): Refusal | undefined {
  const retryAfterMs = consumers.refuse(id);
  if (retryAfterMs === undefined) return undefined;
  const seconds = CHANGES_MS / 1000;
  return new Refusal(
    "overloaded",
    `Cannot take the consumer's name: it changes hands at most ${MAX_CHANGES} times in ${seconds} s. Let one client use the name.`,
    retryAfterMs,
  );
}

function respond(
  [status, body]: DialectAnswer,
  refusal?: Refusal,
): Response {
  const retryAfterMs = status === 200 ? undefined : refusal?.retryAfterMs;
  return Response.json(body, {
    status,
    headers: {
      "cache-control": "no-store",
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...(retryAfterMs === undefined
        ? {}
        : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
      ...refusal?.headers,
    },
  });
}

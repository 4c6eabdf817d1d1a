/** The endpoint of Satori 1, below `/satori/v1`; README.md says what works there. @module */

import { tokenOf } from "../access/request_token.ts";
import type { Call } from "../endpoint/calls.ts";
import {
  type DialectAnswer,
  DialectEndpoint,
  type DialectRequest,
  type EndpointOptions,
  type Handshake,
} from "../endpoint/dialect_endpoint.ts";
import type { AcceptedUpgrade } from "../endpoint/endpoint.ts";
import {
  accepted,
  Refusal,
  type StatusDifferences,
  toStatusAndCode,
} from "../endpoint/refusal.ts";
import { SatoriConnection } from "./connection.ts";
import { INTERNAL_METHODS } from "./internal.ts";
import { MESSAGE_METHODS } from "./message_methods.ts";
import { PEOPLE_METHODS } from "./people_methods.ts";
import { loginOf, PLATFORM } from "./resources.ts";
import { findRoute, type Route } from "./route.ts";

/** All methods by name; QQ HTTP can do no others. */
export const METHODS: ReadonlyMap<string, Call> = new Map([
  ...MESSAGE_METHODS,
  ...PEOPLE_METHODS,
]);

const INTERNALS: ReadonlyMap<string, Call> = new Map(INTERNAL_METHODS);

/** Where Satori differs. A bad body is always 400, and 404 means that there is no such method. */
const DIFFERENCES: StatusDifferences<string> = {
  no_token: [401, "unauthorized"],
  body_too_large: [400, "bad_frame"],
  body_too_slow: [400, "bad_frame"],
  unsupported_media_type: [400, "bad_frame"],
  unknown_account: [403, "unknown_account"],
  no_account: [403, "unknown_account"],
  method_not_allowed: [405, "method_not_allowed"],
  upgrade_required: [426, "upgrade_required"],
};

export class SatoriEndpoint extends DialectEndpoint<Route> {
  readonly pathWords = ["satori", "v1", "events", "meta", "internal"];
  protected readonly methods = ["POST"];

  constructor(options: EndpointOptions) {
    super("satori", options);
  }

  protected findRoute(pathname: string): Route | undefined {
    return findRoute(pathname);
  }

  protected isSocket({ type }: Route): boolean {
    return type === "events";
  }

  /** The token arrives in IDENTIFY; one in the header is never rejected here. */
  protected accept(
    { request, query, context }: Handshake<Route>,
  ): AcceptedUpgrade {
    const gate = this.gate.firstFrame(request);
    const token = tokenOf(request.headers.get("authorization"), query);
    return {
      open: (socket) => new SatoriConnection(context, socket, gate, token),
    };
  }

  protected async answer(
    request: DialectRequest<Route>,
  ): Promise<DialectAnswer> {
    const { route } = request;
    if (route.type === "meta") return this.#meta(request);
    const method = findMethod(route);
    if (method === undefined) {
      throw new Refusal(
        "not_found",
        "Cannot answer: QQ HTTP has no such method",
      );
    }
    const account = this.#findAccount(request);
    const { context, body } = await this.readCall(request, account, {
      takesLists: route.type === "internal",
    });
    // The JavaScript SDK sends the arguments of `bot.internal` as a list.
    const params = Array.isArray(body) ? body[0] : body;
    return [200, await method(context, params) ?? {}];
  }

  protected formatRefusal(
    { code, message, retryAfterMs }: Refusal,
  ): DialectAnswer {
    const [status, name] = toStatusAndCode(code, DIFFERENCES);
    return [status, {
      code: name,
      message,
      ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    }];
  }

  #meta({ grant, address }: DialectRequest<Route>): DialectAnswer {
    accepted(this.gate.checkScope(grant, "read", address));
    const logins = this.context.bridge.accounts(grant).map(loginOf);
    return [200, { logins, proxy_urls: [] }];
  }

  /** The headers name the account, in their present or older form; otherwise it is the token's only one. */
  #findAccount(by: DialectRequest<Route>): string {
    const { route, request: { headers } } = by;
    const inPath = route.type === "internal" ? route : undefined;
    const platform = inPath?.platform ?? headers.get("satori-platform") ??
      headers.get("x-platform") ?? PLATFORM;
    const named = inPath?.account ?? headers.get("satori-user-id") ??
      headers.get("x-self-id");
    return this.findAccount(by, platform === PLATFORM ? named : "");
  }
}

function findMethod(route: Route): Call | undefined {
  switch (route.type) {
    case "method":
      return METHODS.get(route.name);
    case "internal":
      return INTERNALS.get(route.name);
    default:
      return undefined;
  }
}

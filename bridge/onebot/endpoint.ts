/** OneBot for clients that connect to the bridge, below `/onebot/v11`. @module */

import { type Grant, narrowGrant } from "../access/grant.ts";
import type { BodyType } from "../endpoint/body.ts";
import {
  type DialectAnswer,
  DialectEndpoint,
  type DialectRequest,
  type EndpointOptions,
  type Handshake,
  refuseConsumer,
} from "../endpoint/dialect_endpoint.ts";
import type { AcceptedUpgrade } from "../endpoint/endpoint.ts";
import {
  accepted,
  type Refusal,
  type StatusDifferences,
  toStatusAndCode,
} from "../endpoint/refusal.ts";
import { OneBotApi } from "./actions/api.ts";
import { OneBotConnection } from "./connection.ts";
import { readEventOptions } from "./connection_options.ts";
import { failed, RETCODES } from "./retcodes.ts";
import { findRoute, queryOf, type Route } from "./route.ts";

const BODY_TYPES: readonly BodyType[] = [
  "application/json",
  "application/x-www-form-urlencoded",
];

/** Where OneBot differs. The outcome of a call is in `retcode`. */
const DIFFERENCES: StatusDifferences = {
  too_many_calls: [200, "overloaded"],
  unsupported_media_type: [406, "bad_frame"],
};

export class OneBotEndpoint extends DialectEndpoint<Route> {
  readonly pathWords = ["onebot", "v11", "api", "event"];
  protected readonly methods = ["GET", "POST"];
  protected readonly api: OneBotApi;

  constructor(options: EndpointOptions) {
    super("onebot", options);
    this.api = new OneBotApi((error) => this.context.onError(error));
  }

  protected findRoute(pathname: string): Route | undefined {
    return findRoute(pathname);
  }

  protected isSocket({ role }: Route): boolean {
    return role !== undefined;
  }

  protected override readQuery(url: URL): URLSearchParams {
    return queryOf(url);
  }

  protected async accept(
    { route, request, query, context }: Handshake<Route>,
  ): Promise<AcceptedUpgrade> {
    const role = route.role!;
    const grant = await this.authenticate(request, query);
    const { address } = request;
    if (role !== "api") {
      const hint = ": only /api is open to it";
      accepted(this.gate.checkScope(grant, "read", address, hint));
    }
    const account = this.#accountOf(
      { grant, address },
      route,
      request.headers,
    );
    const { journal, consumers } = context.bridge;
    const prefix = `${grant.id}/onebot/${account}/`;
    const asked = readEventOptions(query, journal.epoch, prefix);
    const bound = role === "api" || grant.consumer === undefined
      ? undefined
      : `${prefix}${grant.consumer}`;
    const options = {
      grant: narrowGrant(grant, account),
      account,
      role,
      segments: this.readSegments(query),
      onForbidden: this.whenForbidden(grant, address, account),
      ...asked,
      consumer: asked.consumer ?? bound,
    };
    if (role !== "api" && options.consumer !== undefined) {
      accepted(refuseConsumer(consumers, options.consumer));
    }
    const { api } = this;
    return {
      grant,
      open: (socket) =>
        new OneBotConnection({ ...context, api }, socket, options),
    };
  }

  protected async answer(
    request: DialectRequest<Route>,
  ): Promise<DialectAnswer> {
    const { route, query } = request;
    const account = this.#accountOf(request, route, request.request.headers);
    const { context, body } = await this.readCall(request, account, {
      types: BODY_TYPES,
    });
    const { access_token: _, ...params } = Object.fromEntries(query);
    const answer = await this.api.call(context, route.action ?? "", {
      ...params,
      ...body,
    });
    const isUnknown = answer.retcode === RETCODES.unknown_command;
    return [isUnknown ? 404 : 200, answer];
  }

  protected formatRefusal(
    { code, message, retryAfterMs }: Refusal,
  ): DialectAnswer {
    const [status, name] = toStatusAndCode(code, DIFFERENCES);
    return [status, failed(name, message, retryAfterMs)];
  }

  /** The path names the account; otherwise it is the token's only one, the one of X-Self-ID, or the lowest number. */
  #accountOf(
    by: { grant: Grant; address: string | undefined },
    route: Route,
    headers: Headers,
  ): string {
    const { grant } = by;
    const [only, ...others] = grant.accounts === "all" ? [] : grant.accounts;
    const named = route.account ??
      (others.length === 0 ? only : undefined) ??
      headers.get("x-self-id")?.trim();
    return this.findAccount(by, named, "lowest");
  }
}

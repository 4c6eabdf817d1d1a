/** What a OneBot connection is made from. @module */

import { type EventName, NAME_PATTERN, parsePosition } from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import type { CallContext } from "../endpoint/calls.ts";
import type { DialectContext } from "../endpoint/dialect_endpoint.ts";
import type { ReadOptions } from "../endpoint/pong_connection.ts";
import { Refusal } from "../endpoint/refusal.ts";
import type { SegmentMode } from "../endpoint/replaced_segments.ts";
import type { OneBotApi } from "./actions/api.ts";
import { chosenEvents, parseEventChoice } from "./events.ts";

/** What a connection is for. */
export type Role = "universal" | "api" | "event";

/** What all connections share. */
export interface OneBotConnectionContext extends DialectContext {
  readonly api: OneBotApi;
}

/** Account, role, start position and consumer of a connection. */
export interface OneBotConnectionOptions
  extends Pick<ReadOptions, "after" | "consumer" | "confirmAfterMs"> {
  /**
   * Kind under which the connection is listed.
   *
   * @default that of the endpoint
   */
  readonly listedKind?: string | undefined;
  /** What the client may do; reaches this account only. */
  readonly grant: Grant;
  readonly account: string;
  readonly role: Role;
  /** Which events are sent. @default those of every client */
  readonly events?: ReadonlySet<EventName> | undefined;
  /** What is done with segments that QQ HTTP cannot carry. @default {"text"} */
  readonly segments?: SegmentMode | undefined;
  /** Called when the token does not allow what a call does. @default nothing is recorded */
  readonly onForbidden?: CallContext["onForbidden"];
  /** Called when the connection's events cannot be read. @default the error is logged */
  readonly onReadError?: (error: unknown) => void;
  /** Called for each event that is sent. */
  readonly onEvent?: () => void;
}

/** Maximum of `confirmAfter`, in seconds. */
const MAX_CONFIRM_AFTER_S = 3600;

/**
 * Reads what the query of a WebSocket's address says about its events.
 *
 * @param epoch The journal's, for a `since` without one.
 * @param prefix Precedes the name of the consumer in its id.
 * @throws {Refusal} If a parameter is invalid.
 */
export function readEventOptions(
  query: URLSearchParams,
  epoch: string,
  prefix: string,
): Pick<
  OneBotConnectionOptions,
  "events" | "after" | "consumer" | "confirmAfterMs"
> {
  const choice = parseEventChoice(query);
  if ("rule" in choice) throw badQuery(choice.rule);
  const since = query.get("since") ?? undefined;
  const after = since &&
    parsePosition(since.includes(":") ? since : `${epoch}:${since}`);
  if (since !== undefined && !after) throw badQuery("since must be a seq");
  const consumer = query.get("consumer") ?? undefined;
  if (consumer !== undefined && !NAME_PATTERN.test(consumer)) {
    throw badQuery(
      "consumer must be a name of 1 to 64 letters, digits, dots, _ and -",
    );
  }
  const confirmAfter = query.get("confirmAfter") ?? "0";
  const confirmAfterS = Number(confirmAfter);
  if (!/^\d{1,4}$/.test(confirmAfter) || confirmAfterS > MAX_CONFIRM_AFTER_S) {
    throw badQuery(
      `confirmAfter must be a whole number of seconds from 0 to ${MAX_CONFIRM_AFTER_S}`,
    );
  }
  return {
    events: chosenEvents(choice),
    after: after || undefined,
    consumer: consumer && `${prefix}${consumer}`,
    confirmAfterMs: confirmAfterS * 1000,
  };
}

function badQuery(rule: string): Refusal {
  return new Refusal("bad_params", `Cannot open a WebSocket: ${rule}`);
}

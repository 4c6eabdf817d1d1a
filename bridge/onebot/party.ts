/** What a OneBot connection is made from. @module */

import type { EventName, Position } from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { ChannelContext } from "../endpoint/channel.ts";
import type { Consumers } from "../hub/consumers.ts";
import type { Grant } from "../access/grant.ts";
import type { SegmentMode } from "../endpoint/replaced_segments.ts";
import type { OneBotApi } from "./actions/api.ts";
import type { People } from "./people.ts";

/** What a connection is for. */
export type Role = "universal" | "api" | "event";

/** What all connections share. */
export interface OneBotConnectionContext extends ChannelContext {
  /** The bridge. */
  readonly bridge: BridgeApi;
  /** Names that clients gave themselves. */
  readonly consumers: Consumers;
  /** Does the calls. */
  readonly api: OneBotApi;
  /** Whom the bridge knows by name. */
  readonly people: People;
}

/** Whose connection it is, and where it begins. */
export interface OneBotConnectionOptions {
  /** What it may do: of one account only, see `narrowed`. */
  readonly grant: Grant;
  /** The account. */
  readonly account: string;
  /** What it is for. */
  readonly role: Role;
  /** Which events it is sent. @default those of every client */
  readonly events?: ReadonlySet<EventName> | undefined;
  /** What is done with segments that QQ HTTP cannot carry. @default {"text"} */
  readonly segments?: SegmentMode | undefined;
  /** Where it goes on; from now on where absent. */
  readonly after?: Position | undefined;
  /** Its name, under which its position is kept. */
  readonly consumer?: string | undefined;
  /**
   * The position moves only to events that were sent so long ago, in
   * milliseconds, and confirmed since.
   *
   * @default {0}
   */
  readonly confirmAfterMs?: number | undefined;
  /** Whether the bridge dialled: only its own connections use the name. */
  readonly dialled?: boolean;
  /** Called in place of the context's `failed` when its events cannot be read. */
  readonly onReadError?: (error: unknown) => void;
}

/** A grant that reaches one account of another's. */
export function narrowed(grant: Grant, account: string): Grant {
  return {
    id: grant.id,
    name: grant.name,
    scopes: grant.scopes,
    accounts: new Set([account]),
    revoked: () => grant.revoked(),
  };
}

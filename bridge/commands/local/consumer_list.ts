/** Listing, moving and removing consumers. @module */

import type {
  BridgeCommandData,
  BridgeCommandParams,
  ConsumerInfo,
  EventFrame,
} from "../../../mod.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Consumers, ConsumerState } from "../../hub/consumers.ts";
import { countLag } from "../../hub/lag.ts";
import type { Grant } from "../../access/grant.ts";
import { CommandError } from "../../errors/command_error.ts";

/** Default number of consumers in one answer of `consumers`. */
const PAGE = 100;

/** What these commands work on. */
export interface ConsumerServices {
  readonly journal: Journal;
  readonly consumers: Consumers;
  /** Returns the name of the token with an id. */
  tokenName(id: string): string;
}

/** Lists the consumers of the grant's token, or of all tokens if the grant manages all accounts. */
export function listConsumers(
  { journal, consumers, tokenName }: ConsumerServices,
  grant: Grant,
  params: BridgeCommandParams<"consumers">,
  now: number,
): BridgeCommandData<"consumers"> {
  const { token, after = "", limit = PAGE } = params;
  const ids = consumers.list().filter((id) =>
    id > after && mayUse(grant, id) &&
    (token === undefined || ownerOf(id) === token ||
      tokenName(ownerOf(id)) === token)
  );
  const page = ids.slice(0, limit);
  const listed = page.map((id): ConsumerInfo => {
    const state = consumers.find(id)!;
    const { position, seenAt, holder } = state;
    const parts = id.split("/");
    return {
      id,
      name: parts.at(-1)!,
      token: tokenName(parts[0]!),
      kind: parts.length > 2 ? "onebot" : "ws",
      position,
      ...lagOf(journal, state, now),
      unacked: holder?.unacked ?? 0,
      ...(holder?.connection === undefined
        ? {}
        : { connection: holder.connection }),
      lastSeenAt: new Date(seenAt).toISOString(),
    };
  });
  return {
    consumers: listed,
    ...(ids.length > page.length ? { next: page.at(-1)! } : {}),
  };
}

/** Moves a consumer, forwards or backwards. */
export async function setConsumer(
  { consumers, journal }: Pick<ConsumerServices, "consumers" | "journal">,
  grant: Grant,
  { id, position }: BridgeCommandParams<"setConsumer">,
): Promise<BridgeCommandData<"setConsumer">> {
  assertFree(consumers, grant, id, "move");
  const { oldest, head } = journal;
  const seq = position === "oldest"
    ? oldest - 1
    : position === "head"
    ? head
    : position;
  if (seq > head) {
    throw new CommandError(
      "bad_params",
      `Cannot move the consumer ${id}: the position must be at most ${head}, the last one, got ${seq}`,
    );
  }
  await consumers.reset(id, seq);
  return { position: seq };
}

/** Removes a consumer. A client that uses the name again starts at the newest event. */
export async function removeConsumer(
  { consumers }: Pick<ConsumerServices, "consumers">,
  grant: Grant,
  { id }: BridgeCommandParams<"removeConsumer">,
): Promise<Record<string, never>> {
  assertFree(consumers, grant, id, "remove");
  await consumers.remove(id);
  return {};
}

/** Throws CommandError unless the grant may use the consumer and no connection does. */
function assertFree(
  consumers: Consumers,
  grant: Grant,
  id: string,
  verb: "move" | "remove",
): void {
  const state = mayUse(grant, id) ? consumers.find(id) : undefined;
  if (state === undefined) {
    throw new CommandError(
      "bad_params",
      `Cannot ${verb} a consumer: the id must be that of a consumer, got ${
        JSON.stringify(id)
      }. The command consumers lists them.`,
    );
  }
  if (state.holder === undefined) return;
  throw new CommandError(
    "bad_params",
    `Cannot ${verb} the consumer ${id}: a connection uses it. Stop its client first.`,
  );
}

/** A grant that manages all accounts reaches all consumers; any other grant those of its token. */
function mayUse(grant: Grant, id: string): boolean {
  return ownerOf(id) === grant.id ||
    grant.scopes.has("manage") && grant.accounts === "all";
}

function ownerOf(id: string): string {
  return id.split("/", 1)[0]!;
}

/** How far a consumer lags: the number of positions that may hold an event, and the age of the first. */
function lagOf(
  journal: Journal,
  { position }: ConsumerState,
  now: number,
): { lag: number; lagMs: number } {
  const lag = countLag(journal, position);
  if (lag === 0) return { lag, lagMs: 0 };
  const from = Math.max(position, journal.oldest - 1);
  const [first] = journal.read(from, { limit: 1 }).events;
  if (first === undefined) return { lag, lagMs: 0 };
  const { at } = JSON.parse(first.frame) as EventFrame;
  return { lag, lagMs: Math.max(0, now - Date.parse(at)) };
}

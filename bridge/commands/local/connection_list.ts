/** Listing and ending connections. @module */

import { defined } from "../../../lib/defined.ts";
import type {
  BridgeCommandData,
  BridgeCommandParams,
  ConnectionKind,
  OpenConnectionInfo,
} from "../../../mod.ts";
import type { Grant } from "../../access/grant.ts";
import { CommandError } from "../../errors/command_error.ts";
import type {
  OpenConnection,
  OpenConnections,
} from "../../hub/open_connections.ts";
import { countLag } from "../../hub/lag.ts";
import type { Journal } from "../../journal/journal.ts";

/** Default number of connections in one answer. */
const PAGE = 100;

/** What these commands work on. */
export interface ConnectionServices {
  readonly connections: OpenConnections;
  readonly journal: Journal;
}

/** Lists the connections of the grant's token, or of all tokens if the grant manages all accounts. */
export function listConnections(
  { connections, journal }: ConnectionServices,
  grant: Grant,
  params: BridgeCommandParams<"connections">,
): BridgeCommandData<"connections"> {
  const { token, kind, after = "", limit = PAGE } = params;
  const chosen = connections.list().filter((one) =>
    maySee(grant, one) && (kind === undefined || one.kind === kind) &&
    (token === undefined || one.grant.id === token || one.grant.name === token)
  );
  const rest = chosen.filter(({ id }) => id > after);
  const page = rest.slice(0, limit);
  return {
    connections: page.map((one) => toInfo(one, journal)),
    total: chosen.length,
    ...(rest.length > page.length ? { next: page.at(-1)!.id } : {}),
  };
}

/** Closes a connection a moment later, so that the result still arrives at its own client. */
export function disconnect(
  { connections }: Pick<ConnectionServices, "connections">,
  grant: Grant,
  { connection: id }: BridgeCommandParams<"disconnect">,
): Record<string, never> {
  const found = connections.find(id);
  if (found === undefined || !maySee(grant, found)) {
    throw new CommandError(
      "bad_params",
      `Cannot disconnect: the id must be that of an open connection, got ${
        JSON.stringify(id)
      }. The command connections lists them.`,
    );
  }
  setTimeout(() => found.disconnect());
  return {};
}

function maySee(grant: Grant, connection: OpenConnection): boolean {
  return connection.grant.id === grant.id ||
    grant.scopes.has("manage") && grant.accounts === "all";
}

function toInfo(
  connection: OpenConnection,
  journal: Journal,
): OpenConnectionInfo {
  const { id, kind, grant, address, since } = connection;
  const { events, consumer, position, ...state } = connection.state();
  return {
    id,
    kind: kind as ConnectionKind,
    token: grant.name,
    since: new Date(since).toISOString(),
    ...state,
    lag: position === undefined ? 0 : countLag(journal, position),
    ...defined({ address, events: events && [...events], consumer, position }),
  };
}

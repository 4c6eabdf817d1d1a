/** The rows of the commands on connections. @module */

import { CONNECTION_KINDS, NAME_PATTERN } from "../../../mod.ts";
import * as z from "../../deps_zod.ts";
import { consumer, form, oneOf, whole } from "../../schemas/values.ts";
import { local } from "../command_row.ts";
import { disconnect, listConnections } from "../local/connection_list.ts";

/** Maximum number of connections in one answer. */
const LISTED = 500;

const count = z.int().min(0);
const id = form(NAME_PATTERN, "the id of a connection");

export const connectionRows = {
  connections: local({
    summary:
      "The open connections of the token, by id; of all tokens for one that manages all accounts. lag counts positions, commands those of the current minute.",
    params: {
      token: consumer.exactOptional(),
      kind: oneOf(CONNECTION_KINDS).exactOptional(),
      after: id.exactOptional(),
      limit: whole(1, LISTED).exactOptional(),
    },
    data: {
      connections: z.array(z.object({
        id: z.string(),
        kind: z.enum(CONNECTION_KINDS),
        token: z.string(),
        address: z.string().exactOptional(),
        since: z.iso.datetime(),
        accounts: z.union([z.literal("all"), count]),
        events: z.array(z.string()).exactOptional(),
        consumer: z.string().exactOptional(),
        position: count.exactOptional(),
        lag: count,
        unacked: count,
        bufferedBytes: count,
        commands: count,
      })),
      total: count,
      next: z.string().exactOptional(),
    },
    run: (services, { grant }, params) =>
      listConnections(services, grant, params),
  }),
  disconnect: local({
    summary:
      "Closes a connection with code 1012, so that its client connects again. To keep it out, revoke its token.",
    params: { connection: id },
    data: {},
    run: (services, { grant }, params) => disconnect(services, grant, params),
  }),
};

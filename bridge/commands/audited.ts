/** Which commands leave a security event. @module */

import type { BridgeCommandName, BridgeCommands } from "../../mod.ts";
import type { AuditEntry } from "../access/audit.ts";
import type { LocalServices } from "./command_row.ts";

/** A command that is about to run. */
interface Asked<N extends BridgeCommandName> {
  readonly services: LocalServices;
  /** QQ number; empty for a command that concerns no account. */
  readonly account: string;
  readonly params: BridgeCommands[N]["params"];
}

type Event = Omit<AuditEntry, "actor">;

/** Describes a command before it runs, because it may remove what it concerns; the result completes it. */
type Describe<N extends BridgeCommandName> = (
  asked: Asked<N>,
) => (data: BridgeCommands[N]["data"]) => Event;

type Audited = { readonly [N in BridgeCommandName]?: Describe<N> };

const AUDITED: Audited = {
  createToken: ({ params: { name } }) => ({ id }) => ({
    message: "token created",
    subject: id,
    subjectName: name,
  }),
  revokeToken: ({ services, params }) => {
    const { id, name } = services.tokens?.identify(params) ?? params;
    return () => ({
      message: "token revoked",
      subject: id,
      subjectName: name,
    });
  },
  addAccount: ({ params: { uin } }) => () => ({
    message: "account added",
    subject: uin,
  }),
  changeAccount: ({ params: { uin } }) => () => ({
    message: "account changed",
    subject: uin,
  }),
  removeAccount: ({ params: { uin } }) => () => ({
    message: "account removed",
    subject: uin,
  }),
  login: ({ account }) => () => ({
    message: "account logged in",
    subject: account,
  }),
  logout: ({ account }) => () => ({
    message: "account logged out",
    subject: account,
  }),
  setSetting: ({ params: { name } }) => () => ({
    message: "setting changed",
    subject: name,
  }),
  setTarget: () => ({ id }) => ({ message: "target changed", subject: id }),
  removeTarget: ({ params: { id } }) => () => ({
    message: "target removed",
    subject: id,
  }),
  disconnect: ({ services, params: { connection } }) => {
    const name = services.connections.find(connection)?.grant.name;
    return () => ({
      message: "connection ended",
      subject: connection,
      subjectName: name,
    });
  },
  setConsumer: ({ params: { id } }) => () => ({
    message: "consumer moved",
    subject: id,
  }),
  removeConsumer: ({ params: { id } }) => () => ({
    message: "consumer removed",
    subject: id,
  }),
};

/** Returns what completes the event of a command; `undefined` if it leaves none. */
export function describeEvent(
  command: BridgeCommandName,
  asked: Asked<never>,
): ((data: unknown) => Event) | undefined {
  const describe = AUDITED[command] as
    | ((asked: Asked<never>) => (data: unknown) => Event)
    | undefined;
  return describe?.(asked);
}

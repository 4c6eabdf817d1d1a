/** What the documents say about each command. @module */

import type { BridgeCommandName } from "../../mod.ts";

/** A line about each command. */
export const COMMAND_TEXTS: Readonly<Record<BridgeCommandName, string>> = {
  send: "Sends a message; seq is that of its message.sent event.",
  friends: "The friend list.",
  onlineFriends: "The friends that are online.",
  profile: "Somebody's profile; level 0 to 3, 2 by default.",
  addFriend: "Adds a friend, or asks to with the reason.",
  answerRequest: "Answers a request, or asks to be added.",
  removeFriend: "Removes a friend from the account's list.",
  setStatus: "Changes the account's presence.",
  search: "Searches people.",
  login: "Logs the account in, also after logout.",
  logout: "Logs the account out until login, also after a restart.",
  raw:
    "Any command of the QQ protocol with its fields, except GetMsgEx, Login and Logout, which the bridge sends itself.",
  accounts: "The accounts that the token may see.",
  history:
    "Events of the journal, newest last; more says whether there are older ones.",
  consumers:
    "The consumers of the token, by id; of all tokens for one that manages all accounts. lag counts positions, lagMs is the age of the first event not acknowledged.",
  removeConsumer:
    "Forgets a consumer that no connection holds: its name is free, its position gone.",
  ping: "Shows that the bridge is running.",
  addAccount: "Adds an account to the bridge, and to the embedded server.",
  removeAccount:
    "Removes an account from the bridge, and from the embedded server.",
  createToken: "Creates a token; its text is returned only this once.",
  revokeToken: "Revokes a token; its connections are closed within 60 s.",
};

/** Commands that are the bridge's own: no account acts. */
export const OWN_COMMANDS: ReadonlySet<BridgeCommandName> = new Set([
  "accounts",
  "consumers",
  "removeConsumer",
  "ping",
  "addAccount",
  "removeAccount",
  "createToken",
  "revokeToken",
]);

/** The rows of the commands on conversations and friend requests. @module */

import * as z from "../../deps_zod.ts";
import { assertReaches } from "../../access/grant.ts";
import { type BridgeCommandName, STATUSES } from "../../../mod.ts";
import {
  account,
  ACCOUNTS,
  list,
  names,
  oneTrue,
  whole,
} from "../../schemas/values.ts";
import { eventFrame } from "../../schemas/server_frames.ts";
import { local, type LocalCall, type LocalServices } from "../command_row.ts";
import { change } from "./change.ts";

/** Maximum number of people that one call asks for. */
const MAX_PEOPLE = 200;

/** Maximum number of conversations or requests in one answer. */
export const LISTED = 500;

const count = z.int().min(0);
const accounts = list(account, ACCOUNTS, "QQ numbers").exactOptional();
const page = {
  after: whole(1).exactOptional(),
  limit: whole(1, LISTED).exactOptional(),
};

export const inboxRows = {
  conversations: local({
    summary:
      "The conversations of the accounts, that of the last message or friend event first. unread counts received messages after readUpTo and after the account's own last message; 1000 means 1000 or more.",
    params: { accounts, unread: oneTrue.exactOptional(), ...page },
    data: {
      conversations: z.array(z.object({
        account: z.string(),
        with: z.string(),
        nickname: z.string(),
        last: eventFrame,
        unread: count,
        firstUnread: count.exactOptional(),
        readUpTo: count,
      })),
      unreadByAccount: z.record(z.string(), count),
      next: count.exactOptional(),
    },
    run: (services, call, params) =>
      services.inbox.conversations(
        reachedAccounts(services, call, params.accounts, "conversations"),
        params,
        nicknamesOf(services),
      ),
  }),
  requests: local({
    summary:
      "The friend requests that nobody answered, accepted, refused or dismissed yet, the newest first.",
    params: { accounts, ...page },
    data: {
      requests: z.array(z.object({
        account: z.string(),
        from: z.string(),
        nickname: z.string(),
        text: z.string(),
        at: z.iso.datetime(),
        seq: count,
      })),
      total: count,
      next: count.exactOptional(),
    },
    run: (services, call, params) =>
      services.inbox.requests(
        reachedAccounts(services, call, params.accounts, "requests"),
        params,
        nicknamesOf(services),
      ),
  }),
  people: local({
    summary:
      "What the bridge knows of people, at once: nickname, face, presence. pending counts those that it looks up in the background; ask again for them.",
    hasAccount: true,
    params: { uins: list(account, MAX_PEOPLE, "QQ numbers").exactOptional() },
    data: {
      people: z.array(z.object({
        uin: z.string(),
        nickname: z.string(),
        face: z.number().exactOptional(),
        status: z.enum(names(STATUSES)).exactOptional(),
        isFriend: z.boolean(),
        at: z.iso.datetime().exactOptional(),
      })),
      pending: count,
    },
    run: ({ people }, { account }, params) => people.list(account, params),
  }),
  markRead: local({
    summary:
      "Marks the messages of a conversation, or of all of the account's, as read up to a position, for all clients. A mark never moves back.",
    hasAccount: true,
    params: { with: account.exactOptional(), upTo: whole(0) },
    data: { unread: count },
    run: ({ inbox }, { account }, params) =>
      change(() => inbox.markRead(account, params)),
  }),
};

/** The accounts that a grant reaches, or those of them that the caller names. */
function reachedAccounts(
  services: LocalServices,
  { grant }: LocalCall,
  named: readonly string[] | undefined,
  command: BridgeCommandName,
): string[] {
  for (const uin of named ?? []) assertReaches(grant, uin, command);
  return services.listAccounts(grant, named).map(({ uin }) => uin);
}

function nicknamesOf({ people }: LocalServices): (uin: string) => string {
  return (uin) => people.nicknameOf(uin);
}

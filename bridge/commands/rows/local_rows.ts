/** The rows of the commands that the bridge does itself, and of login and logout. @module */

import {
  ACCOUNT_STATES,
  MAX_HISTORY_EVENTS,
  MAX_SHORT_TEXT_CHARACTERS,
  md5Hex,
  NAME_PATTERN,
  SCOPES,
} from "../../../mod.ts";
import * as z from "../../deps_zod.ts";
import { accountDetails, eventFrame } from "../../schemas/server_frames.ts";
import {
  account,
  ACCOUNTS,
  consumer,
  EVENT_FILTERS,
  eventFilter,
  form,
  instant,
  list,
  oneOf,
  rule,
  text,
  whole,
} from "../../schemas/values.ts";
import { change } from "./change.ts";
import {
  local,
  type LocalServices,
  session,
  type TokenChanges,
} from "../command_row.ts";
import { listAccounts } from "../local/account_list.ts";
import { searchHistory } from "../local/history.ts";
import {
  listConsumers,
  removeConsumer,
  setConsumer,
} from "../local/consumer_list.ts";
import { listTokens } from "../local/token_list.ts";

/** Maximum number of entries that `consumers` and `tokens` return at once. */
export const MAX_LISTED = 500;

const NAME = NAME_PATTERN.source.slice(1, -1);

const consumerId = form(
  new RegExp(`^${NAME}(?:/${NAME}){1,3}$`),
  "the id of a consumer, such as TOKEN/NAME",
);

const count = z.int().min(0);
const state = z.enum(ACCOUNT_STATES);
const stateCounts = z.object(
  {
    offline: count,
    connecting: count,
    online: count,
    penalised: count,
    refused: count,
    replaced: count,
  } satisfies Record<typeof ACCOUNT_STATES[number], unknown>,
);

export const sessionRows = {
  login: session({
    summary: "Logs the account in, also after logout.",
    params: {},
    data: { state },
    run: async (sessions, account) => ({
      state: await sessions.session(account, "login"),
    }),
  }),
  logout: session({
    summary: "Logs the account out until login, also after a restart.",
    params: {},
    data: { state },
    run: async (sessions, account) => ({
      state: await sessions.session(account, "logout"),
    }),
  }),
};

export const localRows = {
  accounts: local({
    summary:
      "The accounts that the token may see, by number; counts has the number of all of them in each state.",
    params: {
      states: list(oneOf(ACCOUNT_STATES), ACCOUNT_STATES.length, "states")
        .exactOptional(),
      text: text(MAX_SHORT_TEXT_CHARACTERS, 1).exactOptional(),
      after: account.exactOptional(),
      limit: whole(1, MAX_LISTED).exactOptional(),
    },
    data: {
      accounts: z.array(accountDetails),
      counts: stateCounts,
      next: z.string().exactOptional(),
    },
    run: (services, { grant }, params) =>
      listAccounts(services.describeAccounts(grant), params),
  }),
  history: local({
    summary:
      "Events of the journal, newest last, of one account or of all that the token reaches. after or since alone read forwards. One call looks at 20,000 events at most: searched says how far it came, more whether there may be others, oldest is the first position that is kept.",
    hasAccount: "optional",
    params: {
      with: account.exactOptional(),
      events: list(eventFilter, EVENT_FILTERS, "event names").exactOptional(),
      before: whole(1).exactOptional(),
      after: whole(0).exactOptional(),
      since: instant.exactOptional(),
      until: instant.exactOptional(),
      text: text(MAX_SHORT_TEXT_CHARACTERS, 1).exactOptional(),
      limit: whole(1, MAX_HISTORY_EVENTS).exactOptional(),
    },
    data: {
      events: z.array(eventFrame),
      more: z.boolean(),
      oldest: count,
      searched: z.object({ from: count, to: count }),
    },
    run: ({ journal }, { grant, account }, params) =>
      searchHistory(
        journal,
        account === "" ? { accounts: grant.accounts } : { account },
        params,
      ),
  }),
  consumers: local({
    summary:
      "The consumers of the token, by id; of all tokens for one that manages all accounts. token filters by a token's name or id. lag counts positions, lagMs is the age of the first event not acknowledged.",
    params: {
      token: consumer.exactOptional(),
      after: consumerId.exactOptional(),
      limit: whole(1, MAX_LISTED).exactOptional(),
    },
    data: {
      consumers: z.array(z.object({
        id: z.string(),
        name: z.string(),
        token: z.string(),
        kind: z.enum(["ws", "onebot"]),
        position: count,
        lag: count,
        lagMs: count,
        unacked: count,
        connection: z.string().exactOptional(),
        lastSeenAt: z.iso.datetime(),
      })),
      next: z.string().exactOptional(),
    },
    run: (services, { grant }, params) =>
      listConsumers(services, grant, params, services.clock.now()),
  }),
  setConsumer: local({
    summary:
      "Moves a consumer that no connection holds: to a position, to oldest for everything that is kept, or to head for new events only. Only a client that resumes by its name follows.",
    params: {
      id: consumerId,
      position: z.union(
        [whole(0), z.literal("oldest"), z.literal("head")],
        rule("a position, oldest or head"),
      ),
    },
    data: { position: count },
    run: (services, { grant }, params) =>
      change(() => setConsumer(services, grant, params)),
  }),
  removeConsumer: local({
    summary:
      "Forgets a consumer that no connection holds: its name is free, its position gone.",
    params: { id: consumerId },
    data: {},
    run: (services, { grant }, params) =>
      removeConsumer(services, grant, params),
  }),
  ping: local({
    summary: "Shows that the bridge is running.",
    params: {},
    data: { at: z.iso.datetime() },
    run: ({ clock }) => ({ at: new Date(clock.now()).toISOString() }),
  }),
  addAccount: local({
    summary:
      "Adds an account to the bridge, and to the embedded server; a number that exists is already_exists, and nothing is changed.",
    doneCode: "already_exists",
    params: {
      uin: account,
      password: text(MAX_SHORT_TEXT_CHARACTERS, 1),
      nickname: text(MAX_SHORT_TEXT_CHARACTERS).exactOptional(),
      policy: oneOf(["anybody", "verify", "nobody"]).exactOptional(),
    },
    data: {},
    run: ({ accounts }, { grant }, { password, ...params }) =>
      change(async () => {
        const passwordMd5 = md5Hex(password);
        return await accounts.add(grant, {
          ...params,
          passwordMd5,
          bridge: true,
        });
      }),
  }),
  changeAccount: local({
    summary:
      "Changes the password, nickname or friend policy of an account; what is absent stays. A new password logs it in again.",
    params: {
      uin: account,
      password: text(MAX_SHORT_TEXT_CHARACTERS, 1).exactOptional(),
      nickname: text(MAX_SHORT_TEXT_CHARACTERS, 1).exactOptional(),
      policy: oneOf(["anybody", "verify", "nobody"]).exactOptional(),
    },
    data: {},
    run: ({ accounts }, { grant }, { password, ...params }) =>
      change(() =>
        accounts.change(grant, {
          ...params,
          passwordMd5: password === undefined ? undefined : md5Hex(password),
        })
      ),
  }),
  removeAccount: local({
    summary:
      "Removes an account from the bridge, and from the embedded server.",
    doneCode: "bad_params",
    params: { uin: account },
    data: {},
    run: ({ accounts }, { grant }, params) =>
      change(() => accounts.remove(grant, params)),
  }),
  tokens: local({
    summary:
      "The valid tokens, by name; for a token without all accounts, those that were created under it. revoked adds revoked and expired ones.",
    params: {
      revoked: z.boolean(rule("true or false")).exactOptional(),
      after: consumer.exactOptional(),
      limit: whole(1, MAX_LISTED).exactOptional(),
    },
    data: {
      tokens: z.array(z.object({
        id: z.string(),
        name: z.string(),
        scopes: z.array(z.enum(SCOPES)),
        accounts: z.union([z.literal("all"), z.array(account)]),
        consumer: z.string().exactOptional(),
        createdAt: z.iso.datetime(),
        createdBy: z.string().exactOptional(),
        expiresAt: z.iso.datetime().exactOptional(),
        revokedAt: z.iso.datetime().exactOptional(),
        lastUsedAt: z.iso.datetime().exactOptional(),
        lastAddress: z.string().exactOptional(),
        connections: count,
      })),
      next: z.string().exactOptional(),
    },
    run: (services, { grant }, params) =>
      change(() =>
        listTokens(
          tokensOf(services).list(grant),
          params,
          {
            now: services.clock.now(),
            useOf: (id) => services.tokenUse(id),
            connectionsOf: (id) => services.connections.countOf(id),
          },
        )
      ),
  }),
  createToken: local({
    summary: "Creates a token; its text is returned only this once.",
    isSecret: true,
    doneCode: "already_exists",
    params: {
      name: consumer,
      scopes: list(oneOf(SCOPES), SCOPES.length, "scopes").exactOptional(),
      accounts: list(account, ACCOUNTS, "QQ numbers").exactOptional(),
      consumer: consumer.exactOptional(),
      expiresAt: instant.exactOptional(),
    },
    data: { token: z.string(), id: z.string() },
    run: (services, { grant }, params) =>
      change(() => tokensOf(services).create(grant, params)),
  }),
  revokeToken: local({
    summary:
      "Revokes a token and all that were created under it; their connections are closed within 60 s.",
    doneCode: "bad_params",
    params: { id: consumer.exactOptional(), name: consumer.exactOptional() },
    data: {},
    run: (services, { grant }, params) =>
      change(async () => {
        await tokensOf(services).revoke(grant, params);
        return {};
      }),
  }),
};

function tokensOf({ tokens }: LocalServices): TokenChanges {
  if (tokens !== undefined) return tokens;
  throw new RangeError(
    "Cannot change tokens: this bridge has only those of its options",
  );
}

/** The rows of the commands that change something at the QQ server. @module */

import {
  ACK_ANSWERS,
  ADD_ANSWERS,
  MAX_MESSAGE_CHARACTERS,
  MAX_SHORT_TEXT_CHARACTERS,
  STATUSES,
} from "../../mod.ts";
import * as z from "../deps_zod.ts";
import { CommandError } from "../errors/command_error.ts";
import { account, form, names, oneOf, rule, text } from "../schemas/values.ts";
import { write } from "./command_row.ts";
import { change } from "./rows/change.ts";

/** Most fields of a `raw`. */
export const RAW_FIELDS = 64;

/** Fields of every request, which the bridge fills in. */
const HEAD_FIELDS: ReadonlySet<string> = new Set(["VER", "CMD", "SEQ", "UIN"]);

/** CMDs that `raw` does not send, because the bridge's own would then lose mail or its login, and the advice. */
const OWN_CMDS: Readonly<Record<string, string>> = {
  getmsgex: "the bridge reads the mailbox itself: take the events instead",
  login: "use the command login",
  logout: "use the command logout",
};

const reason = text(MAX_SHORT_TEXT_CHARACTERS).exactOptional();

const fields = z.record(
  form(/^[A-Za-z0-9_]{1,16}$/, "codes of 1 to 16 letters and digits"),
  text(MAX_MESSAGE_CHARACTERS),
  rule("an object of texts by field code"),
).refine(
  (value) => Object.keys(value).length <= RAW_FIELDS,
  rule(`an object of at most ${RAW_FIELDS} fields`),
).superRefine((value, context) => {
  for (const name of Object.keys(value)) {
    if (!HEAD_FIELDS.has(name.toUpperCase())) continue;
    context.addIssue({
      code: "custom",
      path: [name],
      message: "must be left out, because the bridge sets it",
    });
  }
});

export const writeRows = {
  send: write({
    summary: "Sends a message; seq is that of its message.sent event.",
    params: { to: account, text: text(MAX_MESSAGE_CHARACTERS, 1) },
    data: { seq: z.int().min(1) },
    paceGroup: () => "send",
    sent: ({ to, text }) => ({ to, text }),
    run: async (client, { to, text }, options) => {
      await client.send(to, text, options);
      return {};
    },
  }),
  addFriend: write({
    summary: "Adds a friend, or asks to with the reason.",
    params: { uin: account, reason },
    data: { answer: z.enum(names(ADD_ANSWERS)) },
    paceGroup: () => "answer",
    run: async (client, { uin, reason = "" }, options) => ({
      answer: await client.addFriend(uin, reason, options),
    }),
    onDone: ({ inbox, people }, account, { uin }, { answer }) => {
      if (answer !== "added") return;
      inbox.onAnswer(account, uin);
      people.onFriend(account, uin, true);
    },
  }),
  answerRequest: write({
    summary:
      "Answers a request, or asks to be added; dismiss takes it off the list of requests and sends nothing.",
    params: {
      uin: account,
      answer: oneOf([...names(ACK_ANSWERS), "dismiss"]),
      reason,
    },
    data: {},
    paceGroup: () => "answer",
    run: async (client, { uin, answer, reason }, options) => {
      if (answer === "ask") await client.askFriend(uin, reason, options);
      else if (answer !== "dismiss") {
        await client.answerRequest(uin, answer, reason, options);
      }
      return {};
    },
    runLocally: ({ inbox }, account, { uin, answer }) =>
      answer === "dismiss"
        ? change(() => inbox.answer(account, uin)).then(() => ({}))
        : undefined,
    onDone: ({ inbox, people }, account, { uin, answer }) => {
      if (answer !== "ask") inbox.onAnswer(account, uin);
      if (answer === "accept") people.onFriend(account, uin, true);
    },
  }),
  removeFriend: write({
    summary: "Removes a friend from the account's list.",
    params: { uin: account },
    data: {},
    paceGroup: () => "remove",
    run: async (client, { uin }, options) => {
      await client.removeFriend(uin, options);
      return {};
    },
    onDone: ({ people }, account, { uin }) =>
      people.onFriend(account, uin, false),
  }),
  setStatus: write({
    summary: "Changes the account's presence.",
    params: { status: oneOf(names(STATUSES)) },
    data: {},
    paceGroup: () => "status",
    run: async (client, { status }, options) => {
      await client.setStatus(status, options);
      return {};
    },
  }),
  raw: write({
    summary:
      "Any command of the QQ protocol with its fields, except GetMsgEx, Login and Logout, which the bridge sends itself.",
    params: {
      cmd: form(
        /^[A-Za-z0-9_]{1,32}$/,
        "a CMD of 1 to 32 letters, digits and _",
      ),
      fields: fields.exactOptional(),
    },
    data: { fields: z.record(z.string(), z.string()) },
    check: ({ cmd }) => {
      const name = cmd.toLowerCase();
      if (!Object.hasOwn(OWN_CMDS, name)) return;
      throw new CommandError(
        "bad_params",
        `Cannot send ${cmd} raw: ${OWN_CMDS[name]}`,
      );
    },
    paceGroup: (params) => sentRaw(params) === undefined ? "raw" : "send",
    sent: (params) => sentRaw(params),
    run: async (client, { cmd, fields = {} }, options) => ({
      fields: await client.raw(cmd, fields, options),
    }),
  }),
};

function sentRaw(
  { cmd, fields = {} }: { cmd: string; fields?: Record<string, string> },
): { to: string; text: string } | undefined {
  const { UN, MG } = fields;
  const isMessage = cmd.toLowerCase() === "cltmsg" && UN !== undefined &&
    MG !== undefined;
  return isMessage ? { to: UN, text: MG } : undefined;
}

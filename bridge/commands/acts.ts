/** What each command does at the QQ server, by its name. @module */

import type {
  AckAnswer,
  BridgeCommands,
  EventData,
  QqClient,
  RequestOptions,
  Status,
} from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";

/** A command that reads: at once, beside others. */
export type Read = (client: QqClient, params: never) => Promise<unknown>;

/** Commands that read. */
export const READS: Readonly<Record<string, Read>> = {
  async friends(client) {
    return { friends: await client.friends() };
  },
  async onlineFriends(client) {
    return { friends: await client.onlineFriends() };
  },
  async profile(client, params: BridgeCommands["profile"]["params"]) {
    const { extra, ...profile } = await client.profile(
      params.uin,
      params.level ?? 2,
    );
    return { profile, ...(extra === undefined ? {} : { extra }) };
  },
  async search(client, params: BridgeCommands["search"]["params"]) {
    return { people: await client.search(params) };
  },
};

/** A command that acts: through the outbox, with the key that makes a repeat safe. */
export interface Act {
  /** Commands of one kind keep a gap between them. */
  kind: string;
  /** Does it; gives the result's data. */
  run(client: QqClient, options: RequestOptions): Promise<object>;
  /** The message that it sends, which the journal keeps. */
  sent?: EventData["message.sent"];
}

/** Commands that the bridge itself must do, or its loss-free polling would break. */
const OWN: Readonly<Record<string, string>> = {
  getmsgex: "the bridge reads the mailbox itself: take the events instead",
  login: "use the command login",
  logout: "use the command logout",
};

/** Makes the act of a command, or undefined where it is none. */
export function actOf(command: string, params: object): Act | undefined {
  switch (command) {
    case "send": {
      const { to, text } = params as BridgeCommands["send"]["params"];
      return {
        kind: "send",
        sent: { to, text },
        run: async (client, options) => {
          await client.send(to, text, options);
          return {};
        },
      };
    }
    case "addFriend": {
      const { uin, reason } = params as BridgeCommands["addFriend"]["params"];
      return {
        kind: "answer",
        run: async (client, options) => ({
          answer: await client.addFriend(uin, reason ?? "", options),
        }),
      };
    }
    case "answerRequest": {
      const { uin, answer, reason } =
        params as BridgeCommands["answerRequest"]["params"];
      return {
        kind: "answer",
        run: (client, options) =>
          answerRequest(client, uin, answer, reason, options),
      };
    }
    case "removeFriend": {
      const { uin } = params as BridgeCommands["removeFriend"]["params"];
      return plain(
        "remove",
        (client, options) => client.removeFriend(uin, options),
      );
    }
    case "setStatus": {
      const { status } = params as { status: Status };
      return plain(
        "status",
        (client, options) => client.setStatus(status, options),
      );
    }
    case "raw":
      return rawAct(params as BridgeCommands["raw"]["params"]);
    default:
      return undefined;
  }
}

function plain(
  kind: string,
  run: (client: QqClient, options: RequestOptions) => Promise<void>,
): Act {
  return {
    kind,
    run: async (client, options) => {
      await run(client, options);
      return {};
    },
  };
}

async function answerRequest(
  client: QqClient,
  uin: string,
  answer: AckAnswer,
  reason: string | undefined,
  options: RequestOptions,
): Promise<object> {
  if (answer === "ask") await client.askFriend(uin, reason, options);
  else await client.answerRequest(uin, answer, reason, options);
  return {};
}

function rawAct({ cmd, fields = {} }: BridgeCommands["raw"]["params"]): Act {
  const name = cmd.toLowerCase();
  const why = OWN[name];
  if (why !== undefined) {
    throw new CommandError("bad_params", `Cannot send ${cmd} raw: ${why}`);
  }
  const { UN, MG } = fields;
  const sends = name === "cltmsg" && UN !== undefined && MG !== undefined;
  return {
    kind: sends ? "send" : "raw",
    ...(sends ? { sent: { to: UN, text: MG } } : {}),
    run: async (client, options) => ({
      fields: await client.raw(cmd, fields, options),
    }),
  };
}

import { delay } from "@std/async";
import { WebSocket as NodeWebSocket } from "../../../bridge/deps_node.ts";
import { assert, assertEquals } from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";
import { assertKind, DATA, EVENTS } from "./field_lists.ts";
import type { Frame } from "./stage.ts";

const TOKEN = "a-token-of-this-test";

/** The frames of a WebSocket. */
class Frames {
  readonly socket: WebSocket;
  readonly #all: Frame[] = [];
  #changed: () => void = () => {};

  /** Their places in the journal. */
  get seqs(): number[] {
    return this.#all.map(({ seq }) => seq).filter((seq) => seq !== undefined);
  }

  /** Two calls: the second follows the pong that confirms what came before the first. */
  async callTwice(): Promise<void> {
    for (const echo of ["first", "second"]) {
      this.socket.send(JSON.stringify({ action: "get_status", echo }));
      await this.first((frame) => frame.echo === echo);
    }
  }

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.onmessage = ({ data }) => {
      this.#all.push(JSON.parse(data));
      this.#changed();
    };
  }

  /** The first that fits, now or later. */
  async first(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const frame = this.#all.find(fits);
      if (frame !== undefined) return frame;
      await new Promise<void>((resolve) => this.#changed = resolve);
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.socket.onclose = resolve);
    this.socket.close();
    await closed;
  }
}

/** Why a WebSocket does not open. */
function refusalOf(url: string, protocols: string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = new NodeWebSocket(url, protocols, {});
    socket.on("error", ({ message }) => resolve(message));
    socket.on("open", () => {
      socket.terminate();
      resolve("it opens");
    });
  });
}

Deno.test("program: OneBot before the real bridge and its embedded server", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder),
      env: { TQQ_TOKEN: TOKEN },
    });
    const { http } = await program.ready();
    const root = `${http}/onebot/v11/10001`;
    const call = async (action: string, params: object = {}) => {
      const response = await fetch(`${root}/${action}`, {
        method: "POST",
        headers: {
          authorization: `Token ${TOKEN}`,
          "content-type": "application/json",
        },
        body: JSON.stringify(params),
      });
      return [response.status, await response.json()] as const;
    };
    const refused = await fetch(`${root}/get_status`);
    await refused.body?.cancel();
    assertEquals(refused.status, 401);
    assertEquals((await call("send_group_msg"))[0], 404);

    const url = root.replace("http", "ws");
    for (
      const [query, protocols, status] of [
        ["", [], 401],
        ["?access_token=wrong", [], 403],
        // Who is let in here without it would come back for ever.
        [`?access_token=${TOKEN}`, ["12"], 400],
      ] as const
    ) {
      assertEquals(
        await refusalOf(`${url}${query}`, [...protocols]),
        `Unexpected server response: ${status}`,
      );
    }
    // As those append it who do not look.
    const named = `${url}?consumer=bot?access_token=${TOKEN}`;
    const frames = new Frames(named);
    const first = await frames.first(() => true);
    assertKind(first, { fields: EVENTS.lifecycle });
    while (!(await call("get_status"))[1].data.online) {
      await delay(600);
    }
    const [, sent] = await call("send_private_msg", {
      user_id: "10000",
      message: "hello",
    });
    assertKind(sent.data, DATA.sent);
    const message = await frames.first(({ post_type }) =>
      post_type === "message"
    );
    assertKind(message, { fields: EVENTS.message });
    assertEquals([message.user_id, message.raw_message], [10000, "hello"]);
    assertEquals(message.sender.nickname, "回声 Echo");
    assert(message.message_id > sent.data.message_id);
    for (const id of [sent.data.message_id, message.message_id]) {
      const [, found] = await call("get_msg", { message_id: id });
      assertKind(found.data, DATA.message);
      assertEquals(found.data.raw_message, "hello");
    }
    const unread = async () => {
      const response = await fetch(`${http}/api/conversations`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      const { conversations } = await response.json();
      return conversations.map((one: Frame) => [one.with, one.unread]);
    };
    assertEquals(await unread(), [["10000", 1]]);
    const read = { message_id: message.message_id };
    assertEquals((await call("mark_msg_as_read", read))[1].retcode, 0);
    assertEquals(await unread(), [["10000", 0]]);
    const [, friends] = await call("get_friend_list");
    assertKind(friends.data, DATA.friends);
    assertEquals(
      friends.data.map(({ nickname }: Frame) => nickname).sort(),
      ["Alice", "回声 Echo"],
    );
    for (const [action, online] of [["logout", false], ["login", true]]) {
      await call(`qq.${action}`);
      const notice = await frames.first(({ notice_type, seq }) =>
        notice_type === (online ? "bot_online" : "bot_offline") &&
        seq > message.seq
      );
      assertKind(notice, {
        fields: EVENTS[online ? "botOnline" : "botOffline"],
      });
      assertEquals((await call("get_status"))[1].data.online, online);
    }
    await frames.callTwice();
    const { seqs } = frames;
    await frames.close();
    await call("send_private_msg", { user_id: 10000, message: "again" });
    const again = new Frames(named);
    await again.first(({ raw_message }) => raw_message === "again");
    await again.callTwice();
    assert(again.seqs.every((seq) => seq > seqs.at(-1)!), "some came twice");
    await again.close();
    program.kill("SIGTERM");
    assertEquals((await program.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

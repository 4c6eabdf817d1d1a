import { assertEquals } from "@std/assert";
import { Fleet } from "../../support/fleet.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { Receiver, tick } from "./receiver.ts";
import type { Frame } from "./stage.ts";

const TOKEN = "a-token-of-this-test";

/** More than the consumers that one token may have. */
const ACCOUNTS = 1010;

Deno.test("program: of 1,010 accounts the first and the last are posted what came while the receiver was away, across a kill", async () => {
  // Closes each connection, and keeps the port, which another program could take otherwise.
  const away = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = away.addr;
  const refusing = (async () => {
    for await (const connection of away) connection.close();
  })();
  await using fleet = await Fleet.make(ACCOUNTS);
  const flag = `--onebot-post=http://127.0.0.1:${port}/post`;
  await fleet.start(flag);
  // On a quiet machine it takes seconds: 1,010 logins.
  await fleet.allOnline(300_000);
  const ends = [fleet.uins[0]!, fleet.uins.at(-1)!];
  for (const uin of ends) {
    await fleet.server.deliver(uin, {
      type: "message",
      from: "99999",
      text: uin,
    });
  }
  for (const uin of ends) {
    while (!(await history(fleet, uin)).includes(`"text":"${uin}"`)) {
      await tick();
    }
  }
  await fleet.end("SIGKILL");
  away.close();
  await refusing;
  await using receiver = new Receiver(port);
  await fleet.start(flag);
  const got = () =>
    receiver.events.filter(({ post_type }) => post_type === "message");
  await receiver.until(() => got().length === ends.length);
  assertEquals(
    new Set(got().map(({ raw_message }) => raw_message)),
    new Set(ends),
  );
  await fleet.end("SIGTERM");
});

async function history(fleet: Fleet, account: string): Promise<string> {
  const response = await fleet.command("history", { account });
  return await response.text();
}

Deno.test("program: a quick reply while the account is out is sent once after its login, across a kill", async () => {
  const folder = await Deno.makeTempDir();
  await using receiver = new Receiver();
  let http = "";
  const call = async (command: string, body: Frame) => {
    const response = await fetch(`${http}/api/${command}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ account: "10001", ...body }),
    });
    return await response.json();
  };
  const args = serveArgs(
    `${folder}/d`,
    `--onebot-post=10001=${receiver.url}`,
  );
  const env = { TQQ_TOKEN: TOKEN };
  const asks = () =>
    receiver.events.filter(({ raw_message }) => raw_message === "ask").length;
  receiver.answer = async ({ raw_message }) => {
    if (raw_message !== "ask") return undefined;
    await call("logout", {});
    return Response.json({ reply: "reply" });
  };
  try {
    {
      await using first = new Program({ args, env });
      http = (await first.ready()).http!;
      while ((await call("send", { to: "10000", text: "ask" })).code) {
        await tick();
      }
      await receiver.until(() => asks() === 1);
      while (receiver.taken < receiver.events.length) await tick();
      first.kill("SIGKILL");
      await first.output();
    }
    await using second = new Program({ args, env });
    http = (await second.ready()).http!;
    await receiver.until(() => asks() === 2);
    while (receiver.taken < receiver.events.length) await tick();
    await call("login", {});
    await receiver.until(() =>
      receiver.events.some(({ raw_message }) => raw_message === "reply")
    );
    const { events } = await call("history", {});
    assertEquals(
      events.filter(({ event, data }: Frame) =>
        event === "message.sent" && data.text === "reply"
      ).length,
      1,
    );
    second.kill("SIGTERM");
    assertEquals((await second.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

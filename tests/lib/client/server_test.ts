import {
  type MailItem,
  md5Hex,
  QqClient,
  type QqClientOptions,
} from "../../../mod.ts";
import { createServer, type QqServer } from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";

const HOST = "127.0.0.1";

/** How a client reaches a server, and how that way ends. */
interface Way extends AsyncDisposable {
  readonly options: Pick<QqClientOptions, "endpoint" | "fetch">;
}

const WAYS: [name: string, open: (server: QqServer) => Way][] = [
  ["the fetch handler", (server) => ({
    options: {
      fetch: (input, init) => server.fetch(new Request(input, init)),
    },
    [Symbol.asyncDispose]: () => server.close(),
  })],
  ["Deno.serve", (server) => {
    const listening = Deno.serve(
      { hostname: HOST, port: 0, onListen() {} },
      server.fetch,
    );
    return {
      options: { endpoint: `http://${HOST}:${listening.addr.port}/` },
      async [Symbol.asyncDispose]() {
        await server.close();
        await listening.shutdown();
      },
    };
  }],
  ["the server's own listener", (server) => {
    const { port } = server.listen({ hostname: HOST, port: 0 });
    return {
      options: { endpoint: `http://${HOST}:${port}/` },
      [Symbol.asyncDispose]: () => server.close(),
    };
  }],
];

const TEXTS = ["你好, 100% & 1+1=2", "a%2cb %25", "two\r\nlines", " ", ""];

/** The items of so many polls' worth of mail, without statuses. */
async function mailOf(client: QqClient): Promise<MailItem[]> {
  return (await client.fetchMail()).filter(({ type }) => type !== "status");
}

for (const [name, open] of WAYS) {
  Deno.test(`QqClient does all that it can over ${name}`, async () => {
    const server = createServer({ sendGapMs: 0, penaltyMs: 0 });
    for (const uin of ["10001", "10002"]) {
      await server.createAccount({
        uin,
        passwordMd5: md5Hex(`p${uin}`),
        nickname: `n,${uin}`,
        profile: { age: 20, sex: "male", city: "苏州" },
      });
    }
    await using way = open(server);
    const make = (uin: string, password = `p${uin}`) =>
      new QqClient({ uin, password, ...way.options });
    await using one = make("10001");
    await using two = make("10002");

    const refused = make("10001", "wrong");
    await assertRejects(() => refused.login(), Error, "Cannot log in");
    await assertRejects(() => one.friends(), Error, "RES=20");
    await one.login();
    await two.login();
    assertEquals(await one.friends(), []);

    assertEquals(
      await one.addFriend("10002", "我是小明"),
      "needs_verification",
    );
    assertEquals(await mailOf(two), [
      { type: "request", from: "10001", text: "我是小明" },
    ]);
    await two.answerRequest("10001", "accept");
    assertEquals((await mailOf(one)).map(({ type }) => type), ["accepted"]);
    assertEquals([await one.friends(), await two.friends()], [["10002"], [
      "10001",
    ]]);

    await two.setStatus("busy");
    const [friend] = await one.onlineFriends();
    assertEquals(
      [friend!.uin, friend!.nickname, friend!.status],
      ["10002", "n,10002", "busy"],
    );
    const profile = await one.profile("10002", 3);
    assertEquals([profile.nickname, profile.age, profile.sex, profile.city], [
      "n,10002",
      20,
      "male",
      "苏州",
    ]);
    assertEquals((await one.search({ age: 20, sex: "male" })).length, 2);

    for (const text of TEXTS) await one.send("10002", text);
    const read: string[] = [];
    for await (const item of two.mail()) {
      if (item.type === "message") read.push(item.text);
      if (read.length === TEXTS.length) break;
    }
    assertEquals(read, TEXTS);
    assert(one.honoursKeys);

    await two.removeFriend("10001");
    assertEquals(await two.friends(), []);
    await one.logout();
    await assertRejects(() => one.friends(), Error, "RES=20");
    await refused[Symbol.asyncDispose]();
  });
}

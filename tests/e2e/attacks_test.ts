/** Attacks that weakened version 0.1.0, in small: the program in a process of its own. @module */

import { delay } from "@std/async";
import { FAILURE_LIMITS } from "../../bridge/access/failure_delay.ts";
import { RETCODES } from "../../bridge/onebot/retcodes.ts";
import { assert, assertEquals } from "@std/assert";
import { OldClient } from "../support/old_client.ts";
import { stopwatch } from "../support/process_figures.ts";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";

const TOKEN = "the-administrators-token";

/** Opens 400 connections and resets each. */
const RESETS = `
import { Socket } from "node:net";
await Promise.all(Array.from({ length: 400 }, () => new Promise((resolve) => {
  const socket = new Socket();
  socket.on("error", () => {});
  socket.on("close", resolve);
  socket.connect(Number(Deno.args.at(-1)), "127.0.0.1", () => socket.resetAndDestroy());
})));
`;

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function start(folder: string, ...flags: string[]): Program {
  return new Program({
    args: serveArgs(
      folder,
      "--qq-send-gap-ms=0",
      "--qq-penalty-ms=0",
      ...flags,
    ),
    env: { TQQ_TOKEN: TOKEN, TQQ_OUTBOX_GAP_MS: "0" },
  });
}

/** The status of a command, and what it returns. */
async function post(
  http: string,
  command: string,
  body: object = {},
  token = TOKEN,
  // deno-lint-ignore no-explicit-any
): Promise<{ status: number; value: any }> {
  const response = await fetch(`${http}/api/${command}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
  });
  return { status: response.status, value: await response.json() };
}

async function until(
  isSo: () => boolean | Promise<boolean>,
  ms = 30_000,
): Promise<void> {
  for (const end = performance.now() + ms; !await isSo();) {
    assert(performance.now() < end, `not within ${ms} ms: ${isSo}`);
    await delay(50);
  }
}

Deno.test({
  name:
    "attack: after 400 connections that were reset at once, the next client is answered soon",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await using program = start(folder);
      const { http, qq } = await program.ready();
      const client = new OldClient(qq!, "10002");
      const ask: [port: string, ask: () => Promise<unknown>][] = [
        [qq!.split(":")[1]!, () => client.ask("Query_Stat")],
        [new URL(http!).port, () => post(http!, "ping")],
      ];
      for (const [port, next] of ask) {
        // They are reset before the program accepts them.
        program.kill("SIGSTOP");
        const { success } = await new Deno.Command(Deno.execPath(), {
          args: ["eval", RESETS, "--", port],
          stderr: "inherit",
        }).output();
        program.kill("SIGCONT");
        assert(success);
        const elapsed = stopwatch(program.pid);
        await next();
        const ms = elapsed();
        // With a wait for each of them it took 40 s.
        assert(ms < 1000, `port ${port}: ${ms} ms`);
      }
    }),
});

Deno.test("attack: while 24 clients guess tokens, a right one is not looked up, and one that was accepted before is", () =>
  inFolder(async (folder) => {
    await using program = start(folder);
    const { http } = await program.ready();
    const other = (await post(http!, "createToken", { name: "other" })).value;
    const answers = new Set<unknown>();
    let waiting = 0;
    const guess = async (_: unknown, nth: number) => {
      waiting++;
      const answer = post(http!, "ping", {}, `wrong-${nth}`);
      answers.add(await answer.then(({ status }) => status, String));
      waiting--;
    };
    const guessAtOnce = (clients: number) =>
      Promise.all(Array.from({ length: clients }, guess));
    // From now on each wrong one waits for 5 s.
    await guessAtOnce(FAILURE_LIMITS.perSecond);
    const first = guessAtOnce(24);
    await until(() => waiting <= FAILURE_LIMITS.waitingOfAddress);
    // Those of the next second fill the places that are left.
    await delay(1000);
    const second = guessAtOnce(FAILURE_LIMITS.waitingOfAddress);
    await until(() => waiting === FAILURE_LIMITS.waitingOfAddress);
    for (let n = 0; n < 5; n++) {
      assertEquals((await post(http!, "ping", {}, other.token)).status, 429);
      assertEquals((await post(http!, "ping")).status, 200);
    }
    await Promise.all([first, second]);
    assertEquals(answers, new Set<unknown>([401, 429]));
  }));

Deno.test("attack: a manager that takes all the names it can leaves some to others, and none once it is revoked", () =>
  inFolder(async (folder) => {
    const names = async (http: string) =>
      (await post(http, "consumers")).value.consumers.length;
    {
      await using program = start(folder);
      const { http } = await program.ready();
      const port = Number(new URL(http!).port);
      const accounts = ["10001"];
      const create = async (name: string, scopes: string[], by?: string) =>
        (await post(http!, "createToken", { name, scopes, accounts }, by))
          .value.token as string;
      const manager = await create("manager", ["read", "manage"]);
      const tokens = [
        manager,
        await create("a", ["read"], manager),
        await create("b", ["read"], manager),
      ];
      /** Opens a name; returns whether it was free. */
      const take = async (token: string, name: string) => {
        using socket = await RawSocket.open(
          port,
          `/ws?access_token=${token}&consumer=${name}&events=unknown`,
        );
        return (await socket.json()).type === "welcome";
      };
      let taken = 0;
      for (let n = 0; n < 1020; n += 60) {
        const results = await Promise.all(
          Array.from(
            { length: 60 },
            (_, nth) => take(tokens[nth % tokens.length]!, `n${n + nth}`),
          ),
        );
        taken += results.filter((isTaken) => isTaken).length;
      }
      assertEquals(taken, 1000);
      assert(await take(TOKEN, "mine"));
      await post(http!, "revokeToken", { name: "manager" });
      await until(async () => await names(http!) === 1);
      program.kill("SIGTERM");
      assertEquals(await program.end(), 0);
    }
    await using again = start(folder);
    const { http } = await again.ready();
    assertEquals(await names(http!), 1);
  }));

Deno.test("attack: logins that repeat are one presence event, and a flood leaves the history of other accounts", () =>
  inFolder(async (folder) => {
    await using program = start(folder, "--retain-bytes=200000");
    const { http, qq } = await program.ready();
    // An account of the demo that the bridge does not log in.
    const uin = "10010";
    const { value } = await post(http!, "addFriend", { account: "10002", uin });
    assertEquals(value.answer, "added");
    for (let n = 0; n < 5; n++) {
      const message = { account: "10001", to: "10000", text: `quiet ${n}` };
      assertEquals((await post(http!, "send", message)).status, 200);
    }
    const history = async (account: string, params: object = {}) =>
      (await post(http!, "history", { account, ...params })).value;
    const quietOnes = async () =>
      (await history("10001", { events: ["message"] })).events;
    // The robot says the same.
    await until(async () => (await quietOnes()).length === 10);
    const quiet = await quietOnes();

    const noisy = new OldClient(qq!, uin);
    const say = async (text: string) => {
      const reply = await noisy.ask("CLTMSG", `UN=10002&MG=${text}`);
      assert(reply.includes("&RES=0"), reply);
    };
    const isLast = async (start: string) => {
      const { events } = await history("10002", { events: ["message"] });
      return events.at(-1)?.data.text.startsWith(start) === true;
    };
    for (let n = 0; n < 100; n++) {
      const reply = await noisy.login("demo");
      assert(reply.includes("&RS=0"), reply);
    }
    await say("logged in");
    await until(() => isLast("logged in"));
    const presence = await history("10002", { events: ["presence"] });
    const own = presence.events.filter((event: { data: { from: string } }) =>
      event.data.from === uin
    );
    assertEquals(own.length, 1);

    for (let n = 0; n < 600; n++) await say(`noise ${n} `.padEnd(400, "x"));
    await until(() => isLast("noise 599 "));
    // Its own history is cut, and only its own.
    await until(async () => (await history("10002")).oldest > own[0].seq);
    assertEquals(await quietOnes(), quiet);
  }));

Deno.test("attack: a token that calls over HTTP and both dialects has one rate for all", () =>
  inFolder(async (folder) => {
    await using program = new Program({
      args: serveArgs(folder),
      env: { TQQ_TOKEN: TOKEN, TQQ_COMMANDS_PER_MINUTE: "3" },
    });
    const { http } = await program.ready();
    const paths = [
      "/api/ping",
      "/onebot/v11/10001/get_status",
      "/satori/v1/login.get",
    ];
    /** Statuses, or OneBot's retcodes, whose status is 200. */
    const ends: number[] = [];
    for (const path of [...paths, ...paths]) {
      const response = await fetch(`${http}${path}`, {
        method: "POST",
        body: "{}",
        headers: {
          authorization: `Bearer ${TOKEN}`,
          "content-type": "application/json",
          "satori-platform": "qq",
          "satori-user-id": "10001",
        },
      });
      const { retcode } = await response.json();
      ends.push(retcode ?? response.status);
    }
    assertEquals(ends, [200, 0, 200, 429, RETCODES.overloaded, 429]);
  }));

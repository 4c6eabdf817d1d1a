import { Bridge } from "../../../bridge/core/bridge.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import type { BridgeCommandName } from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { demoAccount, ListedAccounts } from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import {
  type Asked,
  ordinary,
  ScriptedTransport,
  type Step,
} from "../../support/scripted_transport.ts";

/** A bridge with 10001 over a script. */
class Stage {
  readonly clock = new FakeClock();
  readonly transport: ScriptedTransport;
  readonly bridge: Bridge;

  constructor(answer: (asked: Asked) => Step | undefined) {
    const { clock } = this;
    this.transport = new ScriptedTransport(
      clock,
      (asked) => answer(asked) ?? ordinary(asked),
    );
    this.bridge = new Bridge({
      journal: new MemoryJournal({ clock }),
      accounts: new ListedAccounts(demoAccount("10001")),
      transport: () => this.transport,
      clock,
      random: () => 0.5,
    });
    this.bridge.start();
  }

  query(command: BridgeCommandName, params: object = {}): Promise<unknown> {
    return this.bridge.run(grantOf(), { command, account: "10001", params });
  }

  count(cmd: string): number {
    return this.transport.asked.filter((asked) => asked.command.cmd === cmd)
      .length;
  }

  async end(): Promise<void> {
    const stopping = this.bridge.stop();
    await this.clock.advance(10_000);
    await stopping;
  }
}

Deno.test("friends: a list whose pages never end is not read on after the deadline", async () => {
  let next = 10_000;
  const stage = new Stage(({ command }) =>
    command.cmd === "List"
      ? {
        fields: { complete: false, uins: [String(next++)] },
        afterMs: 400,
      }
      : undefined
  );
  await stage.clock.advance(1000);
  const refused = assertRejects(
    () => stage.query("friends"),
    Error,
    "No answer within 10000 ms",
  );
  await stage.clock.advance(10_000);
  await refused;
  const pages = stage.count("List");
  assert(pages >= 20 && pages <= 26, String(pages));
  await stage.clock.advance(10_000);
  assertEquals(stage.count("List"), pages);
  await stage.end();
});

const LONG = "x".repeat(257);

/** Nicknames as a server sends them, and as the bridge passes them on. */
const NICKNAMES: [sent: string, passed: string][] = [
  ["n", "n"],
  ["x".repeat(256), "x".repeat(256)],
  [LONG, ""],
  ["a\nb", ""],
  ["a\u202eb", ""],
];

for (const [sent, passed] of NICKNAMES) {
  const shown = JSON.stringify(sent.slice(0, 8));
  Deno.test(`queries: the nickname ${shown} of ${sent.length} characters is passed on as ${passed.length}`, async () => {
    const person = { uin: "10002", nickname: sent };
    const stage = new Stage(({ command }) => {
      switch (command.cmd) {
        case "GetInfo":
          return { fields: { level: 0, profile: person } };
        case "Finger":
          return { fields: { complete: true, people: [person] } };
        case "Query_Stat":
          return {
            fields: {
              complete: true,
              friends: [{ ...person, status: "online", face: 0 }],
            },
          };
      }
      return undefined;
    });
    await stage.clock.advance(1000);
    const nicknames = async (
      command: BridgeCommandName,
      params: object,
      field: string,
    ) => {
      const data = await stage.query(command, params) as Record<
        string,
        { nickname: string } | { nickname: string }[]
      >;
      return [data[field]!].flat().map(({ nickname }) => nickname);
    };
    assertEquals(
      await nicknames("profile", { uin: "10002", level: 0 }, "profile"),
      [passed],
    );
    assertEquals(await nicknames("search", {}, "people"), [passed]);
    assertEquals(await nicknames("onlineFriends", {}, "friends"), [passed]);
    // What was learnt at the login.
    const [account] = stage.bridge.accounts(grantOf());
    assertEquals(account?.nickname, passed);
    await stage.end();
  });
}

Deno.test("profile: texts are cut at 4,000 characters, further fields at 64", async () => {
  const long = "y".repeat(5000);
  const extra = Array.from({ length: 70 }, (_, nth) => `&X${nth}=${long}`);
  const stage = new Stage(({ command }) =>
    command.cmd === "GetInfo"
      ? {
        body: ({ seq }) =>
          `VER=1.1&CMD=GETINFO&SEQ=${seq}&UIN=10001&RES=0&AD=&AG=1&EM=&FC=0&HP=&JB=&LV=2&PC=&PH=` +
          `&PR=${"x".repeat(3999)}😀&PV=&RN=&SC=&SX=0&UN=10002&NK=n&${
            "L".repeat(65)
          }=z${extra.join("")}`,
      }
      : undefined
  );
  await stage.clock.advance(1000);
  const data = await stage.query("profile", { uin: "10002" }) as {
    profile: { introduction: string };
    extra: Record<string, string>;
  };
  assertEquals(data.profile.introduction, "x".repeat(3999));
  assertEquals(Object.keys(data.extra).length, 64);
  assert(Object.values(data.extra).every(({ length }) => length === 4000));
  await stage.end();
});

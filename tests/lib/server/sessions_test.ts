import { assertEquals } from "@std/assert";
import { type Asking, LOGIN, onStage, tail } from "./stage.ts";

const ONE = "session-of-the-first";
const OTHER = "session-of-the-second";
const HOME = "10.0.0.1";
const AWAY = "10.0.0.2";

/** Who asks what, and what the answer and its Tqq-Session are; what is kept between the steps is the session. */
type Step = [cmd: string, asking: Asking, res: string, header?: string];

const IN = "RES=0&RS=0&HI=60&LI=300";
const SCENES: [scene: string, steps: Step[]][] = [
  ["a session with a name is its client's at any address", [
    ["Login", { session: ONE, address: HOME }, IN, ONE],
    ["Change_Stat", { session: ONE, address: AWAY }, "RES=0&"],
    ["List", { address: HOME }, "RES=20"],
    ["Logout", { address: HOME }, "RES=0"],
    ["List", { session: ONE }, "RES=0&FN=0"],
  ]],
  ["a client with another name overtakes it", [
    ["Login", { session: ONE }, IN, ONE],
    ["Login", { session: OTHER }, IN, OTHER],
    ["List", { session: ONE }, "RES=20", "overtaken"],
    ["Logout", { session: ONE }, "RES=0"],
    ["List", { session: OTHER }, "RES=0&FN=0"],
    ["Logout", { session: OTHER }, "RES=0"],
    ["List", { session: ONE }, "RES=20"],
  ]],
  ["a client without a name is elsewhere, at the same address too", [
    ["Login", { session: ONE, address: HOME }, IN, ONE],
    ["Login", { address: HOME }, IN],
    ["List", { session: ONE, address: HOME }, "RES=20", "elsewhere"],
    ["List", { address: HOME }, "RES=0&FN=0"],
    ["List", { address: AWAY }, "RES=20"],
  ]],
  [
    "a name of fewer than 16 or more than 64 characters, or with a blank, is none",
    [
      ["Login", { session: "x".repeat(15) }, IN],
      ["List", { session: "x".repeat(65) }, "RES=0&FN=0"],
      ["List", { session: `${ONE} x` }, "RES=0&FN=0"],
      ["List", { session: "x".repeat(64) }, "RES=20", "elsewhere"],
    ],
  ],
];

for (const [scene, steps] of SCENES) {
  onStage(`Tqq-Session: ${scene}`, async (stage) => {
    await stage.accounts("10001");
    for (const [cmd, asking, res, header] of steps) {
      // One new session a second.
      await stage.clock.advance(1000);
      const fields = cmd === "Login"
        ? `&${LOGIN}`
        : cmd === "Change_Stat"
        ? "&ST=30"
        : "";
      const body = `VER=1.1&CMD=${cmd}&SEQ=1&UIN=10001${fields}`;
      const answer = await stage.post(body, asking);
      const headers = answer.type === "reply" ? answer.headers : {};
      assertEquals([tail(answer), headers["Tqq-Session"]], [res, header]);
    }
  });
}

onStage(
  "Tqq-Session: a poll that is held says RES=20 when another client takes the number, and NULL when the server stops",
  async (stage) => {
    await stage.accounts("10001");
    const poll = (session: string) =>
      stage.post("VER=1.1&CMD=GetMsgEx&SEQ=1&UIN=10001", {
        session,
        prefer: "wait=25",
      });
    const login = (session: string) =>
      stage.post(`VER=1.1&CMD=Login&SEQ=1&UIN=10001&${LOGIN}`, { session });
    await login(ONE);
    const overtaken = poll(ONE);
    await stage.clock.advance(1000);
    await login(OTHER);
    const answer = await overtaken;
    assertEquals(
      [tail(answer), answer.type === "reply" && answer.headers],
      ["RES=20", { "Tqq-Session": "overtaken" }],
    );
    const stopped = poll(OTHER);
    await stage.server.close();
    assertEquals(tail(await stopped), "NULL");
  },
);

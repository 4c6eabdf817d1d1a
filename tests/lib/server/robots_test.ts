import { md5Hex } from "../../../lib/md5.ts";
import {
  addDemo,
  DEMO_PASSWORD,
  MemoryStore,
} from "../../../lib/server/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { LOGIN, onStage, PASSWORD_MD5, Stage } from "./stage.ts";

const DEMO_LOGIN = LOGIN.replace(PASSWORD_MD5, md5Hex(DEMO_PASSWORD));

onStage("the demo: two friends and an echo", async (stage) => {
  await addDemo(stage.server);
  await addDemo(stage.server);
  for (const uin of ["10001", "10002"]) {
    assertEquals(
      await stage.ask(uin, "Login", DEMO_LOGIN),
      "RES=0&RS=0&HI=60&LI=300",
    );
  }
  await stage.mail("10001");
  assertEquals(
    await stage.ask("10001", "List", "TN=160&UN=0"),
    "RES=0&FN=1&SN=2&UN=10000,10002,",
  );
  assertEquals(
    await stage.ask("10002", "Query_Stat", "TN=50&UN=0"),
    "RES=0&FC=0,270,&FN=1&SN=2&ST=10,10,&UN=10000,10001,&NK=回声 Echo,小明,",
  );
  assertEquals(
    await stage.ask("10001", "CLTMSG", "UN=10000&MG=你好,you"),
    "RES=0&",
  );
  assertEquals(await stage.mail("10001"), "9, 10000, 你好%252cyou ,");
  assertEquals(await stage.mail("10000"), "RES=20");
  assertEquals(stage.server.isOnline("10000"), true);
  assertEquals(
    stage.server.accountsWithPassword(md5Hex("demo")),
    ["10000", "10001", "10002", "10010", "10020"],
  );
});

Deno.test("the demo leaves accounts that are there as they are", async () => {
  const store = new MemoryStore();
  const first = new Stage({ store });
  await addDemo(first.server);
  await first.server.setPassword("10001", PASSWORD_MD5);
  await first.server.updateAccount("10001", { nickname: "mine" });
  await first.server.close();
  const second = new Stage({ store });
  await addDemo(second.server);
  assertEquals(
    await second.ask("10001", "Login", LOGIN),
    "RES=0&RS=0&HI=60&LI=300",
  );
  assertEquals(second.server.accounts()[1]!.nickname, "mine");
  await second.ask("10001", "CLTMSG", "UN=10000&MG=a");
  assertEquals(await second.mail("10001"), "9, 10000, a ,");
  await second.server.close();
});

onStage(
  "a robot may say nothing, and who throws says nothing",
  async (stage) => {
    await stage.accounts("10001", "10005", "10006");
    await stage.login("10001");
    const send = async (uin: string, text: string) => {
      await stage.clock.advance(800);
      return await stage.ask("10001", "CLTMSG", `UN=${uin}&MG=${text}`);
    };
    assertEquals(await send("10005", "quiet"), "RES=0&");
    assertEquals(await stage.mail("10001"), "");
    assertEquals(await send("10005", "speak"), "RES=0&");
    assertEquals(await stage.mail("10001"), "10, 10005, 10001 said speak,");
    assertEquals(await send("10006", "x"), "RES=0&");
    assertEquals(await stage.mail("10001"), "");
    assertEquals(stage.errors.map(String), ["Error: broken"]);
  },
  {
    robots: {
      "10005": (from, text) =>
        text === "quiet" ? undefined : `${from} said ${text}`,
      "10006": () => {
        throw new Error("broken");
      },
    },
  },
);

onStage("a robot needs an account", async (stage) => {
  await stage.accounts("10001");
  assertThrows(
    () => stage.server.addRobot("10005", () => "x"),
    RangeError,
    "10005",
  );
});

import { assertEquals, assertRejects } from "@std/assert";
import { LOGIN, onStage, PASSWORD_MD5 } from "./stage.ts";

const GOOD = { uin: "10001", passwordMd5: PASSWORD_MD5 };

/** Accounts that cannot be made. */
const BAD: [what: string, account: object, error: typeof TypeError][] = [
  ["9999", { ...GOOD, uin: "9999" }, RangeError],
  ["a leading zero", { ...GOOD, uin: "010001" }, RangeError],
  ["21 digits", { ...GOOD, uin: "1".repeat(21) }, RangeError],
  ["letters", { ...GOOD, uin: "alice" }, RangeError],
  ["a password", { ...GOOD, passwordMd5: "secret" }, TypeError],
  ["a policy", { ...GOOD, policy: "some" }, RangeError],
  ["a nickname", { ...GOOD, nickname: 7 }, TypeError],
  ["an age", { ...GOOD, profile: { age: -1 } }, RangeError],
  ["a sign", { ...GOOD, profile: { zodiac: "cat" } }, RangeError],
  ["an unknown friend", { ...GOOD, friends: ["10009"] }, RangeError],
];

for (const [what, account, error] of BAD) {
  onStage(`an account is refused: ${what}`, async (stage) => {
    const refused = await assertRejects(
      () => stage.server.createAccount(account as typeof GOOD),
      error,
    );
    assertEquals(String(refused).includes("secret"), false);
    assertEquals(stage.server.accounts(), []);
  });
}

onStage("an account is made once, changed and removed", async (stage) => {
  const { server } = stage;
  await server.createAccount(GOOD);
  await assertRejects(() => server.createAccount(GOOD), RangeError, "free");
  assertEquals(server.accounts(), [
    { uin: "10001", nickname: "10001", policy: "verify", profile: {} },
  ]);
  await server.updateAccount("10001", {
    nickname: "a",
    policy: "nobody",
    profile: { age: 7 },
  });
  assertEquals(server.accounts(), [
    { uin: "10001", nickname: "a", policy: "nobody", profile: { age: 7 } },
  ]);
  await server.setPassword("10001", PASSWORD_MD5.replaceAll("a", "b"));
  assertEquals(
    await stage.ask("10001", "Login", LOGIN),
    "RES=0&RS=1&RA=登录失败",
  );
  assertEquals(await server.removeAccount("10001"), true);
  assertEquals(await server.removeAccount("10001"), false);
  assertEquals(server.accounts(), []);
  for (
    const missing of [
      () => server.updateAccount("10001", {}),
      () => server.setPassword("10001", PASSWORD_MD5),
      () => server.befriend("10001", "10002"),
    ]
  ) await assertRejects(missing, RangeError, "10001");
});

onStage("a removed account is logged out, and off all lists", async (stage) => {
  await stage.accounts("10001", "10002");
  await stage.server.befriend("10001", "10002");
  await stage.login("10001", "10002");
  await stage.mail("10001");
  await stage.server.removeAccount("10002");
  assertEquals(await stage.mail("10001"), "99, 10002, 20,");
  assertEquals(await stage.ask("10002", "List"), "RES=20");
  assertEquals(await stage.ask("10001", "List"), "RES=0&FN=0");
  assertEquals(await stage.ask("10001", "CLTMSG", "UN=10002&MG=a"), "RES=3");
});

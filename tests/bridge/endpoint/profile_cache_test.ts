import { ProfileCache } from "../../../bridge/endpoint/profile_cache.ts";
import { assertEquals } from "@std/assert";
import { FakeBridge, grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("ProfileCache: a caller without the scope read gets no name, and takes none from those that have it", async () => {
  const clock = new FakeClock();
  const bridge = new FakeBridge(clock);
  bridge.script("profile", () => ({
    profile: { uin: "10003", nickname: "Ann" },
  }));
  const cache = new ProfileCache(clock);
  const account = "10001";
  const sender = { bridge, account, grant: grantOf({ scopes: ["send"] }) };
  const reader = { bridge, account, grant: grantOf({ scopes: ["read"] }) };
  for (
    const [caller, nickname] of [[sender, ""], [reader, "Ann"], [
      sender,
      "",
    ]] as const
  ) {
    assertEquals((await cache.find(caller, "10003")).nickname, nickname);
    assertEquals([...await cache.nicknames(caller, ["10003"])], [[
      "10003",
      nickname,
    ]]);
  }
  bridge.close();
});

import { assert, assertEquals } from "@std/assert";
import { SendWindow } from "../../../bridge/endpoint/unconfirmed.ts";
import { randomFrom } from "../../support/random.ts";

Deno.test("SendWindow: a full window waits for a pong, however late pongs are and however much is sent", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomFrom(seed);
    const window = new SendWindow(1_000_000);
    const pings: string[] = [];
    let now = 0;
    for (let step = 0; step < 500; step++) {
      const isSending = random() < 0.7 && !window.isFull;
      if (isSending) {
        const ping = window.add(Math.floor(random() ** 4 * 100_000), now);
        if (ping !== undefined) pings.push(ping);
      } else {
        // Quick readers make the window large, late ones make it small.
        now += random() < 0.5 ? 1 : 1500;
        const pong = pings.shift();
        if (pong !== undefined) assert(window.confirm(pong, now));
      }
      assertEquals(window.isWaiting, pings.length > 0);
      assert(!window.isFull || window.isWaiting, `seed ${seed}, step ${step}`);
    }
  }
});

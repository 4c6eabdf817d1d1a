import { assert, assertEquals } from "@std/assert";
import { Stage, TOKEN } from "../stage.ts";
import { findFirefox, Firefox } from "./bidi.ts";

const ENTER = "\uE007";

const path = findFirefox();

if (path === undefined) {
  console.log("Firefox is not installed: its smoke run is skipped.");
} else {
  Deno.test("firefox: sign-in, send, receive, scroll, figures", async () => {
    await using stage = await Stage.start();
    await stage.kill();
    await stage.fillJournal(
      Array.from({ length: 300 }, (_, at) => ({
        account: "10001",
        event: "message" as const,
        data: { from: "10000", text: `number ${at}` },
      })),
    );
    await stage.restart();
    await using firefox = await Firefox.start(path);

    await firefox.goto(`${stage.url}/#token=${TOKEN}`);
    await firefox.until("document.querySelector('.connection.connected')");
    assert(!String(await firefox.evaluate("location.href")).includes(TOKEN));

    await firefox.evaluate("void (location.hash = '#/chats/10001/10002')");
    await firefox.until("document.querySelector('.composer textarea')");
    await firefox.evaluate(
      "void document.querySelector('.composer textarea').focus()",
    );
    await firefox.type(`from Firefox${ENTER}`);
    await firefox.until(
      "[...document.querySelectorAll('.bubble.own p')].some((one) => one.textContent === 'from Firefox')",
    );
    await stage.command("send", {
      account: "10002",
      to: "10001",
      text: "to Firefox",
    });
    await firefox.until(
      "[...document.querySelectorAll('.bubble:not(.own) p')].some((one) => one.textContent === 'to Firefox')",
    );

    await firefox.evaluate("void (location.hash = '#/events?events=message')");
    await firefox.until(
      "document.querySelectorAll('.ui-table-body .ui-row').length > 5",
    );
    await firefox.until(
      "[...document.querySelectorAll('.of-excerpt')].some((one) => one.textContent === 'to Firefox')",
    );
    await firefox.until(
      "document.querySelector('.ui-table').scrollTop = 0, [...document.querySelectorAll('.of-excerpt')].some((one) => one.textContent === 'number 0')",
    );

    await firefox.evaluate("void (location.hash = '#/figures')");
    await firefox.until("document.querySelector('canvas')");
    assertEquals(firefox.errors, []);
    stage.assertNoProblem();
  });
}

import { assert, assertEquals } from "@std/assert";
import { Stage, TOKEN } from "../stage.ts";
import { findFirefox, Firefox } from "./bidi.ts";

const ENTER = "\uE007";

/** What Firefox logs when the bridge is killed, or the page is left. */
const NO_BRIDGE = /(connection to|server at) ws:/;

const path = findFirefox();

/** Whether a message is shown: `own` for one that was sent. */
const hasBubble = (text: string, isOwn: boolean) =>
  `[...document.querySelectorAll(".bubble${
    isOwn ? ".own" : ":not(.own)"
  } p")].some((one) => one.textContent === ${JSON.stringify(text)})`;

/** Whether a row of the events shows this excerpt. */
const hasExcerpt = (text: string) =>
  `[...document.querySelectorAll(".of-excerpt")].some((one) => one.textContent === ${
    JSON.stringify(text)
  })`;

const CONNECTED = "document.querySelector('.connection.connected')";

/** Texts of the conversation in their order. */
const TEXTS =
  `[...document.querySelectorAll(".bubble p")].map((one) => one.textContent).join("|")`;

/** Sets the focus to a field, where keys then arrive. */
async function focus(firefox: Firefox, selector: string): Promise<void> {
  await firefox.until(
    `(document.querySelector("${selector}")?.focus(), document.activeElement?.matches("${selector}"))`,
  );
}

if (path === undefined) {
  console.log("Firefox is not installed: its run is skipped.");
} else {
  Deno.test("firefox: sign-in, read, send, receive, reload, disconnect, scroll, figures", async () => {
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

    await firefox.goto(`${stage.url}/`);
    await focus(firefox, "form input");
    await firefox.type(`${TOKEN}${ENTER}`);
    await firefox.until(CONNECTED);
    assert(!String(await firefox.evaluate("location.href")).includes(TOKEN));

    await firefox.evaluate("void (location.hash = '#/chats/10001/10000')");
    // It opens at the first unread message.
    await firefox.until(hasBubble("number 0", false));
    await firefox.evaluate("void (location.hash = '#/chats/10001/10002')");
    await focus(firefox, ".composer textarea");
    await firefox.type(`from Firefox${ENTER}`);
    await firefox.until(hasBubble("from Firefox", true));
    const say = (text: string) =>
      stage.command("send", { account: "10002", to: "10001", text });
    await say("to Firefox");
    await firefox.until(hasBubble("to Firefox", false));

    await firefox.reload();
    await firefox.until(hasBubble("to Firefox", false));
    await firefox.until(CONNECTED);
    assertEquals(await firefox.evaluate(TEXTS), "from Firefox|to Firefox");

    await stage.kill();
    await firefox.until(
      "document.querySelector('.strip-notice')?.textContent.includes('The connection to the bridge is lost')",
    );
    await focus(firefox, ".composer textarea");
    await firefox.type(`while it was away${ENTER}`);
    await firefox.until("document.querySelector('.bubble.waiting')");
    await stage.restart();
    await firefox.until(CONNECTED);
    await firefox.until(
      `!document.querySelector('.bubble.waiting') && ${
        hasBubble("while it was away", true)
      }`,
    );
    await say("it is back");
    await firefox.until(hasBubble("it is back", false));
    assertEquals(
      await firefox.evaluate(TEXTS),
      "from Firefox|to Firefox|while it was away|it is back",
    );

    await firefox.evaluate("void (location.hash = '#/events?events=message')");
    await firefox.until(
      "document.querySelectorAll('.ui-table-body .ui-row').length > 5",
    );
    await firefox.until(hasExcerpt("it is back"));
    await firefox.until(
      `document.querySelector('.ui-table').scrollTop = 0, ${
        hasExcerpt("number 0")
      }`,
    );

    await firefox.evaluate("void (location.hash = '#/figures')");
    await firefox.until("document.querySelector('canvas')");
    assertEquals(firefox.errors.filter((one) => !NO_BRIDGE.test(one)), []);
    stage.assertNoProblem();
  });
}

/** What the browser tests do in a page. @module */

import { delay } from "@std/async";
import { assert } from "@std/assert";
import { axe, type Page } from "./deps.ts";
import { PAGE_MS, type Stage, TOKEN } from "./stage.ts";

/** Messages that a browser logs while the bridge is down. */
export const NO_BRIDGE =
  /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED|WebSocket connection to/;

/** Texts of the shown conversation, with the `seq` of their events. */
export async function messagesOf(
  page: Page,
): Promise<{ seq: string | undefined; text: string }[]> {
  return await page.locator(".bubble").evaluateAll((all) =>
    all.map((one) => ({
      seq: (one as unknown as { dataset: Record<string, string> }).dataset.seq,
      text: one.querySelector("p")!.textContent!,
    }))
  );
}

/** Texts of the shown conversation. */
export async function textsOf(page: Page): Promise<string[]> {
  return (await messagesOf(page)).map(({ text }) => text);
}

export function bubble(
  page: Page,
  text: string,
): ReturnType<Page["locator"]> {
  return page.locator(".bubble p", { hasText: new RegExp(`^${text}$`) });
}

/** Sends a message in the shown conversation. */
export async function write(page: Page, text: string): Promise<void> {
  await page.locator(".composer textarea").fill(text);
  await page.keyboard.press("Enter");
}

/** Polls until a value is as expected, for what is drawn after the elements: titles and canvases. */
export async function until<T>(
  read: () => Promise<T>,
  isExpected: (value: T) => boolean,
): Promise<void> {
  for (const from = performance.now();;) {
    const value = await read();
    if (isExpected(value)) return;
    assert(
      performance.now() - from < PAGE_MS,
      `The value is still ${
        typeof value === "string" ? value : Deno.inspect(value)
      }`,
    );
    await delay(20);
  }
}

/** Polls until a value equals another. */
export async function untilEqual<T>(
  read: () => Promise<T>,
  expected: T,
): Promise<void> {
  await until(read, (value) => isEqual(value, expected));
}

/** Whether two values are the same as JSON. */
function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** How often a value must be the same before it counts as at rest. */
const MIN_SAME = 10;

/** Polls until a value changes no more, and returns it: what loads moves what is drawn. */
export async function atRest<T>(read: () => Promise<T>): Promise<T> {
  const last: T[] = [];
  await until(read, (value) => {
    if (last.length > 0 && !isEqual(value, last[0])) last.length = 0;
    return last.push(value) > MIN_SAME;
  });
  return last[0]!;
}

/** Rows of the list of conversations, friends or people that is shown. */
export function listRows(page: Page): ReturnType<Page["locator"]> {
  return page.locator(".column .ui-list a");
}

/** Shows a tab of the list: Conversations, Friends, Requests or Find. */
export async function openTab(page: Page, name: string): Promise<void> {
  const button = page.locator(".tabs").getByRole("button", { name });
  await button.click();
  await button.and(page.locator("[aria-pressed=true]")).waitFor();
}

/** Scrolls a table until a row is in the document; only visible rows are. */
export async function scrollToRow(
  page: Page,
  row: ReturnType<Page["locator"]>,
): Promise<void> {
  let top = 0;
  await until(async () => {
    await page.locator(".ui-table").evaluate(
      (table, to) => (table as unknown as { scrollTop: number }).scrollTop = to,
      top,
    );
    top += 200;
    await page.evaluate("new Promise(requestAnimationFrame)");
    return await row.count();
  }, (count) => count > 0);
}

/** Runs axe in a page, all its rules or these; returns impact, rule and elements of each violation. */
export async function findingsOf(
  page: Page,
  rules?: readonly string[],
): Promise<string[]> {
  if (await page.evaluate("typeof axe") === "undefined") {
    await page.evaluate(axe.source);
  }
  const options = {
    resultTypes: ["violations"],
    ...(rules === undefined
      ? {}
      : { runOnly: { type: "rule", values: rules } }),
  };
  const { violations } = await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)})`,
  ) as { violations: Finding[] };
  return violations.map(({ impact, id, nodes }) =>
    `${impact} ${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`
  );
}

interface Finding {
  impact: string;
  id: string;
  nodes: { html: string }[];
}

/** Waits until an account is logged in. */
export async function untilOnline(stage: Stage, uin: string): Promise<void> {
  await untilState(stage, uin, "online");
}

/** Waits until an account has a state. */
export async function untilState(
  stage: Stage,
  uin: string,
  state: string,
): Promise<void> {
  await untilEqual(
    async () => {
      const { accounts } = await stage.ask("accounts", {}) as {
        accounts: { uin: string; state: string }[];
      };
      return accounts.find((one) => one.uin === uin)?.state;
    },
    state,
  );
}

/** Leaves the consumer `sleepy`, which has acknowledged nothing. */
export async function nameConsumer(stage: Stage): Promise<void> {
  const socket = new WebSocket(
    `${stage.url.replace("http", "ws")}/ws?consumer=sleepy`,
  );
  await new Promise((resolve) => socket.onopen = resolve);
  const welcome = new Promise((resolve) => socket.onmessage = resolve);
  socket.send(JSON.stringify({ type: "hello", token: TOKEN }));
  await welcome;
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
}

/** The pages of the console, and what shows that each is drawn. @module */

import type { Page } from "../deps.ts";

/** A row of the table: an address, what to do there, and what is drawn then. */
export interface PageRow {
  readonly path: string;
  /** Selector of what is in the document once the page is drawn. */
  readonly ready: string;
  /** Clicked in this order before the page is looked at. */
  readonly clicks?: readonly string[];
  /** In the document after the clicks. */
  readonly opened?: string;
}

const ROW = ".ui-table-body > .ui-row";

/** Every page as it is at its address. */
export const PAGES: readonly PageRow[] = [
  { path: "overview", ready: ".verdict" },
  { path: "chats", ready: ".column .ui-list a" },
  { path: "chats/10001/10000", ready: ".bubble:not(.own)" },
  { path: "accounts", ready: ".account" },
  { path: "accounts/10001", ready: ".account" },
  { path: "playground", ready: ".playground-list li" },
  { path: "playground/setTarget", ready: ".call" },
  { path: "playground/raw-frame", ready: ".raw-frame" },
  { path: "events", ready: ROW },
  { path: "events/frames", ready: ROW },
  { path: "docs/begin", ready: ".ui-code" },
  { path: "docs/commands", ready: ".docs-entry" },
  { path: "docs/events", ready: ".docs-entry" },
  { path: "docs/errors", ready: ".docs-entry" },
  { path: "docs/limits", ready: ".docs-entry" },
  { path: "connections", ready: ".data-table" },
  { path: "connections/consumers", ready: ".ui-nothing" },
  { path: "targets", ready: "main li" },
  { path: "tokens", ready: ".data-table" },
  { path: "logs", ready: ROW },
  { path: "figures", ready: ".chart canvas" },
  { path: "settings", ready: ".data-table" },
];

/** Dialogs, details and empty lists. */
export const OPENED: readonly PageRow[] = [
  { path: "overview", ready: ".problem" },
  {
    path: "chats/10001/10000",
    ready: ".bubble",
    clicks: [".pane header button >> nth=0"],
    opened: ".profile, dialog[open]",
  },
  {
    path: "chats/10001",
    ready: ".tabs button",
    clicks: [".tabs button >> nth=2"],
    opened: ".requests .card",
  },
  {
    path: "chats/10001",
    ready: ".tabs button",
    clicks: [".tabs button >> nth=3"],
  },
  {
    path: "accounts",
    ready: ".account",
    clicks: ["main button.primary >> nth=0"],
    opened: "dialog[open]",
  },
  {
    path: "accounts",
    ready: ".account",
    clicks: [".account button >> nth=-1", "[role=menuitem] >> nth=-1"],
    opened: "dialog[open]",
  },
  {
    path: "playground/addAccount",
    ready: ".call",
    clicks: [".call [type=submit]"],
    opened: "[aria-invalid=true]",
  },
  {
    path: "playground/history",
    ready: ".call",
    clicks: [".call [type=submit]"],
    opened: ".call-result .outcome-line",
  },
  {
    path: "playground/send",
    ready: ".call",
    clicks: [".call [role=combobox]"],
    opened: "[role=option]",
  },
  {
    path: "events",
    ready: ROW,
    clicks: [`${ROW} >> nth=-1`],
    opened: "[role=tree]",
  },
  { path: "events?peer=4711", ready: ".ui-nothing" },
  {
    path: "events/frames",
    ready: ROW,
    clicks: [`${ROW} >> nth=0`],
    opened: "[role=tree]",
  },
  {
    path: "logs",
    ready: ROW,
    clicks: [`${ROW} >> nth=-1`],
    opened: "[role=tree]",
  },
  { path: "logs?level=error", ready: ".ui-nothing" },
  {
    path: "tokens",
    ready: ".data-table",
    clicks: ["main button.primary >> nth=0"],
    opened: "dialog[open]",
  },
  {
    path: "tokens",
    ready: ".data-table",
    clicks: [".data-table tbody th a >> nth=0"],
    opened: ".detail-panel",
  },
  {
    path: "connections",
    ready: ".data-table",
    clicks: [".data-table tbody th a >> nth=0"],
    opened: ".detail-panel",
  },
  {
    path: "figures",
    ready: ".chart canvas",
    clicks: [".figure header button >> nth=0"],
    opened: ".figure .data-table",
  },
  {
    path: "targets",
    ready: "main li",
    clicks: ["main li h2 a"],
    opened: ".receivers",
  },
  {
    path: "targets",
    ready: "main li",
    clicks: ["main button.primary >> nth=0"],
    opened: "dialog[open]",
  },
];

/** Opens a row of the table in a page that is signed in. */
export async function show(page: Page, row: PageRow): Promise<void> {
  await page.evaluate(`location.hash = "#/${row.path}"`);
  await page.locator(row.ready).first().waitFor({ state: "attached" });
  for (const selector of row.clicks ?? []) await page.locator(selector).click();
  if (row.opened !== undefined) {
    await page.locator(row.opened).first().waitFor({ state: "attached" });
  }
}

/** Closes the dialog or the detail that a row has opened. */
export async function hide(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
}

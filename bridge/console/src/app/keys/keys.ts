/** Shortcuts that work on every page. @module */

import { type Signal, signal, tinykeys } from "../../deps.ts";
import { session } from "../../link/session.ts";
import { hasSingleKeys } from "../../texts/preferences.ts";
import { lackOf } from "../page_info.ts";
import { type PageEntry, PAGES } from "../registry.ts";
import { formatLink, go } from "../router.ts";

/** What is shown above the page. */
export const overlay: Signal<"palette" | "shortcuts" | undefined> = signal(
  undefined,
);

/** Listens for the shortcuts, until the returned function is called. */
export function followKeys(): () => void {
  return tinykeys(globalThis as unknown as Window, {
    "$mod+k": (event) => {
      event.preventDefault();
      overlay.value = "palette";
    },
    "Shift+?": single(() => overlay.value = "shortcuts"),
    "?": single(() => overlay.value = "shortcuts"),
    "/": single(focusFilter),
    "F6": (event) => moveRegion(event, 1),
    "Shift+F6": (event) => moveRegion(event, -1),
    "g": single(() => goingUntil = Date.now() + SEQUENCE_MS),
    ...Object.fromEntries(
      PAGES.map((page) => [page.letter, single(() => goTo(page), isDue)]),
    ),
  }, { ignore: ({ isComposing }) => isComposing });
}

/** Longest time between `g` and the letter of a page. */
const SEQUENCE_MS = 1000;

/**
 * Until when a letter opens a page. Not a sequence of tinykeys, which forgets the
 * second of two sequences that begin alike and follow each other quickly.
 */
let goingUntil = 0;

function isDue(): boolean {
  return Date.now() < goingUntil;
}

function goTo(page: PageEntry): void {
  goingUntil = 0;
  const token = session.value;
  if (token && !lackOf(page, token)) go(formatLink(page.name));
}

/** Keys without a modifier are text where text is typed, and nothing in a dialog. */
function single(
  run: () => void,
  isWanted: () => boolean = () => true,
): (event: KeyboardEvent) => void {
  return (event) => {
    if (!isWanted()) return;
    const target = event.target as HTMLElement;
    const isTyping = target.isContentEditable ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    if (!hasSingleKeys.value || isTyping || target.closest("dialog")) return;
    event.preventDefault();
    run();
  };
}

function focusFilter(): void {
  const fields = document.querySelectorAll<HTMLElement>("[data-filter]");
  [...fields].find(isVisible)?.focus();
}

/** Moves to the next region: list, messages, composer; list, detail. */
function moveRegion(event: KeyboardEvent, by: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>(
    "[data-region]",
  )].filter(isVisible);
  if (regions.length === 0) return;
  event.preventDefault();
  // The innermost region is the last that contains the focus.
  const at = regions.findLastIndex((one) =>
    one.contains(document.activeElement)
  );
  const next = at < 0
    ? regions[by === 1 ? 0 : regions.length - 1]!
    : regions[(at + by + regions.length) % regions.length]!;
  const stop = next.matches("[tabindex='0']") ? next : next.querySelector<
    HTMLElement
  >(
    ".ui-list a[tabindex='0'], [role=row][tabindex='0'], textarea, input, button, a[href]",
  );
  (stop ?? next).focus();
}

function isVisible(element: HTMLElement): boolean {
  return element.checkVisibility();
}

/** Button with a menu of actions. @module */

import { type ComponentChildren, useRef, useState } from "../deps.ts";
import { useId, useLayoutEffect } from "../deps_ui.ts";
import { Icon, type IconName } from "./icon.tsx";
import "./ui_style.ts";

export interface MenuItem {
  text: string;
  icon?: IconName;
  /** Red, for actions that remove something. @default false */
  isDanger?: boolean;
  /** Why the item cannot be chosen now; it stays in the menu, disabled. */
  disabledBecause?: string;
  onChoose(): void;
}

/** Space between the menu and the edge of the window, in pixels. */
const MARGIN = 8;

/** Button that opens a menu. Arrows, Home, End and first letters move in it; Escape and Tab close it. */
export function Menu(
  { name, items, children, tabIndex, class: className }: {
    /** Label of the button and of the menu, such as "More actions for 10001". */
    name: string;
    items: readonly MenuItem[];
    /** Contents of the button. @default Three dots. */
    children?: ComponentChildren;
    tabIndex?: number;
    class?: string;
  },
) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();

  useLayoutEffect(() => {
    if (!isOpen || menu.current === null || button.current === null) return;
    place(menu.current, button.current);
    itemsOf(menu.current)[0]?.focus();
  }, [isOpen]);

  // Not useEffect(), which would miss what happens in the frame after the menu opens.
  useLayoutEffect(() => {
    if (!isOpen) return;
    const onOutside = (event: Event) => {
      const target = event.target as Node;
      if (menu.current?.contains(target) || button.current?.contains(target)) {
        return;
      }
      setOpen(false);
    };
    // A fixed menu would stay behind when what it belongs to scrolls away.
    // What scrolls elsewhere does so by itself too, such as messages that come.
    const onScroll = (event: Event) => {
      if ((event.target as Node).contains(button.current)) setOpen(false);
    };
    const onResize = () => setOpen(false);
    addEventListener("pointerdown", onOutside, true);
    addEventListener("resize", onResize);
    addEventListener("scroll", onScroll, true);
    return () => {
      removeEventListener("pointerdown", onOutside, true);
      removeEventListener("resize", onResize);
      removeEventListener("scroll", onScroll, true);
    };
  }, [isOpen]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        class={className ?? "quiet ui-square"}
        tabIndex={tabIndex}
        aria-label={children === undefined ? name : undefined}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={(event) => {
          event.stopPropagation();
          setOpen(!isOpen);
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(true);
        }}
      >
        {children ?? <Icon name="more" />}
      </button>
      {isOpen && (
        <div
          ref={menu}
          id={id}
          class="ui-menu"
          role="menu"
          aria-label={name}
          onClick={(event) => event.stopPropagation()}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape" || event.key === "Tab") {
              event.preventDefault();
              close();
              return;
            }
            const all = itemsOf(event.currentTarget);
            const to = moveFocus(event.key, all);
            if (to === undefined) return;
            event.preventDefault();
            to.focus();
          }}
        >
          {items.map((item) => (
            <button
              key={item.text}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={item.isDanger === true ? "quiet danger" : "quiet"}
              aria-disabled={item.disabledBecause !== undefined}
              title={item.disabledBecause}
              onClick={() => {
                if (item.disabledBecause !== undefined) return;
                close();
                item.onChoose();
              }}
            >
              {item.icon !== undefined && <Icon name={item.icon} size={16} />}
              <span>
                {item.text}
                {item.disabledBecause !== undefined && (
                  <small>{item.disabledBecause}</small>
                )}
              </span>
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("[role=menuitem]")];
}

/** Item that a key moves the focus to; `undefined` for a key that does not move. */
function moveFocus(
  key: string,
  all: readonly HTMLElement[],
): HTMLElement | undefined {
  const at = all.indexOf(document.activeElement as HTMLElement);
  switch (key) {
    case "ArrowDown":
      return all[(at + 1) % all.length];
    case "ArrowUp":
      return all[(at - 1 + all.length) % all.length];
    case "Home":
      return all[0];
    case "End":
      return all.at(-1);
  }
  if ([...key].length !== 1 || key === " ") return undefined;
  const letter = key.toLocaleLowerCase();
  return [...all.slice(at + 1), ...all.slice(0, at + 1)].find((one) =>
    one.innerText.trim().toLocaleLowerCase().startsWith(letter)
  );
}

/** Places a fixed element below its button, or above it if there is no room, inside the window. */
export function place(popup: HTMLElement, anchor: HTMLElement): void {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popup;
  const isBelow = from.bottom + height + MARGIN <= innerHeight ||
    from.top < innerHeight - from.bottom;
  const top = isBelow
    ? from.bottom + 4
    : Math.max(MARGIN, from.top - height - 4);
  const left = Math.max(
    MARGIN,
    Math.min(from.right - width, innerWidth - width - MARGIN),
  );
  popup.style.top = `${top}px`;
  popup.style.left = `${left}px`;
  popup.style.maxHeight = `${
    isBelow ? innerHeight - top - MARGIN : from.top - 4 - MARGIN
  }px`;
}

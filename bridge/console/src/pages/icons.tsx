/** Icons, drawn with strokes on a grid of 24 by 24. @module */

const PATHS = {
  chats: "M4 5h16v11H9l-5 4z M8 9h8 M8 12h5",
  accounts: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4 21c0-4 3.6-6 8-6s8 2 8 6",
  inspector: "M9 8l-4 4 4 4 M15 8l4 4-4 4 M13 5l-2 14",
  figures: "M4 20V4 M4 20h16 M8 16l4-5 3 3 5-7",
  settings: "M4 7h10 M18 7h2 M4 17h2 M10 17h10 M16 5v4 M8 15v4",
  back: "M15 5l-7 7 7 7",
  send: "M4 12L20 4l-5 16-3.5-6.5z M11.5 13.5L20 4",
  close: "M6 6l12 12 M18 6L6 18",
  plus: "M12 5v14 M5 12h14",
  incoming: "M12 5v14 M6 13l6 6 6-6",
  outgoing: "M12 19V5 M6 11l6-6 6 6",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 11v5 M12 8v.01",
  warning: "M12 4l9 16H3z M12 10v4 M12 17v.01",
} as const;

export type IconName = keyof typeof PATHS;

/** Icon, hidden from screen readers: the text beside it or the button's label has the meaning. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

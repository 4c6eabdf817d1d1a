/** Texts of the overview. @module */

import { EN } from "../../texts/en/overview.ts";
import { defineTexts, type Translate } from "../../texts/strings.ts";

export const o: Translate<keyof typeof EN> = defineTexts(
  EN,
  async () => (await import("../../texts/zh/groups/operate.ts")).OVERVIEW,
);

/** A length of time in its two largest units, such as `3 h 20 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), o("days")],
    [Math.floor(seconds / 3600) % 24, o("hours")],
    [Math.floor(seconds / 60) % 60, o("minutes")],
    [seconds % 60, o("seconds")],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return `0 ${o("seconds")}`;
  return parts.slice(first, first + 2).filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** A number of bytes, such as `1.5 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Math.round(value * 10) / 10} ${units[unit]}`;
}

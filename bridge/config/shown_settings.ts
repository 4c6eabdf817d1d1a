/** The effective settings as they are shown, without secrets. @module */

import type { GivenSetting, Option, OptionTable, Source } from "./option.ts";
import { type Address, formatAddress } from "./values.ts";

/** A setting with its effective value. */
export interface ShownSetting {
  readonly name: string;
  /** Texts that are joined by commas if there are several; `set` or `not set` for a secret. */
  readonly value: string;
  readonly from: "default" | Source;
}

/** Returns the effective setting of each option. */
export function showSettings(
  options: OptionTable,
  given: ReadonlyMap<string, GivenSetting>,
): ShownSetting[] {
  return Object.entries(options).map(([name, option]) => {
    const setting = given.get(name);
    return {
      name,
      value: option.secret
        ? setting === undefined ? "not set" : "set"
        : setting === undefined
        ? formatInitial(option)
        : setting.texts.join(", "),
      from: setting?.from ?? "default",
    };
  });
}

function formatInitial({ initial }: Option<unknown>): string {
  if (initial === undefined) return "";
  if (Array.isArray(initial)) return initial.map(formatValue).join(", ");
  return formatValue(initial);
}

function formatValue(value: unknown): string {
  return typeof value === "object" && value !== null && "port" in value
    ? formatAddress(value as Address)
    : String(value);
}

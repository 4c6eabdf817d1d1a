/** What is thrown for settings that do not hold. @module */

/** Settings that do not hold: one line naming the setting, the rule and the value. Exit code 2. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Puts a value into a message: short, in quotes, control characters escaped. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

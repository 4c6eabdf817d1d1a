/** The settings of the running program, and changing those that can change. @module */

import type { BridgeCommandData } from "../../mod.ts";
import type { ShownSetting } from "../config/shown_settings.ts";

/** A setting that can be changed while the program runs, until its end. */
export interface LiveSetting {
  readonly values: readonly string[];
  get(): string;
  set(value: string): void;
}

export interface RuntimeSettingsOptions {
  readonly version: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly settings: readonly ShownSetting[];
  /** By the name of the setting. */
  readonly live: Readonly<Record<string, LiveSetting>>;
}

/** Shows and changes settings. */
export class RuntimeSettings {
  readonly #options: RuntimeSettingsOptions;
  readonly #changed = new Set<string>();

  constructor(options: RuntimeSettingsOptions) {
    this.#options = options;
  }

  list(): BridgeCommandData<"settings"> {
    const { version, startedAt, settings, live } = this.#options;
    return {
      version,
      startedAt: new Date(startedAt).toISOString(),
      settings: settings.map(({ name, value, from }) => {
        const setting = this.#find(name);
        return {
          name,
          value: setting?.get() ?? value,
          from: this.#changed.has(name) ? "runtime" : from,
          live: Object.hasOwn(live, name),
        };
      }),
    };
  }

  /**
   * Changes a setting until the end of the program.
   *
   * @throws {RangeError} If it cannot be changed, or has no such value.
   */
  set(name: string, value: string): string {
    const setting = this.#find(name);
    if (setting === undefined) {
      const names = Object.keys(this.#options.live).join(", ");
      throw new RangeError(
        `Cannot change the setting: the name must be one of ${names}, got ${
          JSON.stringify(name)
        }. Restart the program with another value.`,
      );
    }
    if (!setting.values.includes(value)) {
      throw new RangeError(
        `Cannot change ${name}: the value must be one of ${
          setting.values.join(", ")
        }, got ${JSON.stringify(value)}`,
      );
    }
    setting.set(value);
    this.#changed.add(name);
    return value;
  }

  #find(name: string): LiveSetting | undefined {
    const { live } = this.#options;
    return Object.hasOwn(live, name) ? live[name] : undefined;
  }
}

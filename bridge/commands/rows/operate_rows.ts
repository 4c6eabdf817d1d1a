/** The rows of the commands on settings and figures. @module */

import * as z from "../../deps_zod.ts";
import { CommandError } from "../../errors/command_error.ts";
import type { BridgeCommandName } from "../../../mod.ts";
import type { Grant } from "../../access/grant.ts";
import { form, instant, list, oneOf, text } from "../../schemas/values.ts";
import { local, type LocalServices } from "../command_row.ts";
import { change } from "./change.ts";

/** Maximum number of names that `figures` takes. */
const MAX_NAMES = 100;

/** Maximum length of the name and the value of a setting, in characters. */
const SETTING_CHARS = 200;

const name = text(64, 1);
const seriesName = form(
  /^[\w.-]{1,80}$/,
  "the name of a series, or the part before its dot",
);

export const operateRows = {
  settings: local({
    summary:
      "The version, the start and the effective settings of the program, and where each is from; secrets are set or not set. live ones can be changed. Needs a token that reaches all accounts.",
    params: {},
    data: {
      version: z.string(),
      startedAt: z.iso.datetime(),
      settings: z.array(z.object({
        name: z.string(),
        value: z.string(),
        from: z.enum(["default", "file", "environment", "flag", "runtime"]),
        live: z.boolean(),
      })),
    },
    run: (services, { grant }) => {
      assertReachesAll(grant, "settings");
      return settingsOf(services).list();
    },
  }),
  setSetting: local({
    summary:
      "Changes a live setting until the next start, such as logLevel. Needs a token that reaches all accounts.",
    params: { name, value: text(SETTING_CHARS) },
    data: { value: z.string() },
    run: (services, { grant }, { name, value }) =>
      change(() => {
        assertReachesAll(grant, "setSetting");
        return { value: settingsOf(services).set(name, value) };
      }),
  }),
  figures: local({
    summary:
      "What the bridge has measured since its start: each second of 10 minutes, 10 s of 2 hours, 60 s of 24 hours. names filters by a series or the part before its dot; null stands for nothing measured. Needs a token that reaches all accounts.",
    params: {
      names: list(seriesName, MAX_NAMES, "names of series").exactOptional(),
      range: oneOf(["10m", "2h", "24h"]).exactOptional(),
      since: instant.exactOptional(),
    },
    data: {
      from: z.iso.datetime(),
      stepMs: z.int().min(1),
      series: z.record(
        z.string(),
        z.object({
          unit: z.enum(["1/s", "bytes/s", "s", "bytes", "count"]),
          values: z.array(z.number().nullable()),
        }),
      ),
    },
    run: ({ figures }, { grant }, params) => {
      assertReachesAll(grant, "figures");
      if (figures !== undefined) return figures.read(params);
      throw new CommandError(
        "bad_params",
        "Cannot read figures: this bridge measures nothing",
      );
    },
  }),
};

/** What concerns the whole bridge is not for tokens of some accounts. */
function assertReachesAll(grant: Grant, command: BridgeCommandName): void {
  if (grant.accounts === "all") return;
  throw new CommandError(
    "forbidden",
    `Cannot do ${command}: it concerns the whole bridge, and the token ${grant.name} reaches only some accounts`,
  );
}

function settingsOf({ settings }: LocalServices) {
  if (settings !== undefined) return settings;
  throw new CommandError(
    "bad_params",
    "Cannot use settings: this bridge has only those of its options",
  );
}

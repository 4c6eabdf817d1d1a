/** The rows of the commands on targets. @module */

import {
  TARGET_ERROR_CODES,
  TARGET_KINDS,
  type TARGET_STATES,
} from "../../../mod.ts";
import * as z from "../../deps_zod.ts";
import { CommandError } from "../../errors/command_error.ts";
import {
  account,
  EVENT_FILTERS,
  eventFilter,
  list,
  oneOf,
  rule,
  text,
  whole,
} from "../../schemas/values.ts";
import type { TargetService } from "../../targets/target_service.ts";
import { change } from "./change.ts";
import { local, type LocalServices } from "../command_row.ts";

/** Maximum number of targets in one answer. */
export const LISTED_TARGETS = 500;

/** Maximum length of a target's URL, access token and secret, in characters. */
const URL_CHARS = 2048;
const SECRET_CHARS = 512;

/** Maximum of `confirmAfter`, in seconds. */
const MAX_CONFIRM_AFTER_S = 3600;

const count = z.int().min(0);
const id = text(64, 1);
const kind = oneOf(TARGET_KINDS);
const segments = oneOf(["text", "strict"]);
const accessToken = z.string().regex(
  new RegExp(`^[\\w.~+/=-]{1,${SECRET_CHARS}}$`),
  rule(`a token of 1 to ${SECRET_CHARS} letters, digits and - . _ ~ + / =`),
);
/** The states of `TARGET_STATES`, each of which may be missing. */
const states = z.object(
  {
    connecting: count.exactOptional(),
    open: count.exactOptional(),
    retrying: count.exactOptional(),
  } satisfies Record<typeof TARGET_STATES[number], unknown>,
);

export const targetRows = {
  targets: local({
    summary:
      "The addresses to which the bridge connects or posts by itself, and how delivery goes. Needs a token that reaches all accounts.",
    params: {
      after: id.exactOptional(),
      limit: whole(1, LISTED_TARGETS).exactOptional(),
    },
    data: {
      targets: z.array(z.object({
        id: z.string(),
        kind: z.enum(TARGET_KINDS),
        url: z.string(),
        account: z.string().exactOptional(),
        events: z.array(z.string()).exactOptional(),
        segments: z.enum(["text", "strict"]).exactOptional(),
        self: z.boolean().exactOptional(),
        confirmAfter: count.exactOptional(),
        enabled: z.boolean(),
        from: z.enum(["flag", "store"]),
        states,
        since: z.iso.datetime(),
        position: count.exactOptional(),
        lag: count,
        delivered: count,
        failures: count,
        lastError: z.object({
          at: z.iso.datetime(),
          account: z.string(),
          code: z.enum(TARGET_ERROR_CODES),
          message: z.string(),
        }).exactOptional(),
        nextAttemptAt: z.iso.datetime().exactOptional(),
      })),
      next: z.string().exactOptional(),
    },
    run: (services, { grant }, params) =>
      targetsOf(services).list(grant, params),
  }),
  setTarget: local({
    summary:
      "Adds a target, or changes the one with the id; null clears a field, and the id alone tries it again now. Needs a token that reaches all accounts.",
    params: {
      id: id.exactOptional(),
      kind: kind.exactOptional(),
      url: text(URL_CHARS, 1).exactOptional(),
      account: account.nullable().exactOptional(),
      events: list(eventFilter, EVENT_FILTERS, "event names").nullable()
        .exactOptional(),
      segments: segments.nullable().exactOptional(),
      self: z.boolean().nullable().exactOptional(),
      confirmAfter: whole(0, MAX_CONFIRM_AFTER_S).nullable().exactOptional(),
      accessToken: accessToken.nullable().exactOptional(),
      secret: text(SECRET_CHARS, 1).nullable().exactOptional(),
      enabled: z.boolean().exactOptional(),
    },
    data: { id: z.string() },
    run: (services, { grant }, params) =>
      change(async () => {
        const { id, stored } = targetsOf(services).set(grant, params);
        await stored;
        return { id };
      }),
  }),
  removeTarget: local({
    summary:
      "Removes a target with its positions. Needs a token that reaches all accounts.",
    doneCode: "bad_params",
    params: { id },
    data: {},
    run: (services, { grant }, params) =>
      change(() => targetsOf(services).remove(grant, params)),
  }),
};

function targetsOf({ targets }: LocalServices): TargetService {
  if (targets !== undefined) return targets;
  throw new CommandError(
    "bad_params",
    "Cannot use targets: this bridge connects to none by itself",
  );
}

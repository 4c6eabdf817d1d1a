/** The parts of an embedded server, made from its options. @module */

import { systemClock } from "../clock.ts";
import { LIMITS } from "./limits.ts";
import type { ServerOptions } from "./options.ts";
import { Robots } from "./robots.ts";
import { Bindings } from "./rules/bindings.ts";
import { Captchas } from "./rules/captchas.ts";
import { LoginDelays } from "./rules/login_delays.ts";
import { LoginPace } from "./rules/login_pace.ts";
import { serveMail } from "./rules/mailboxes.ts";
import { Penalties, SendPace } from "./rules/penalties.ts";
import { PollKeys } from "./rules/poll_keys.ts";
import { Polls } from "./rules/polls.ts";
import { sendPresence } from "./rules/presence.ts";
import { Sessions } from "./rules/sessions.ts";
import type { Rules, State } from "./rules/state.ts";
import { Batches } from "./store/batches.ts";
import { MemoryStore } from "./store/memory_store.ts";

/** Makes what all commands share. */
export function stateOf(
  options: ServerOptions,
  onError: (error: unknown) => void,
): State {
  const { store = new MemoryStore(), clock = systemClock } = options;
  const limits = { ...LIMITS, ...options.limits };
  const rules = rulesOf(options);
  const bindings = new Bindings();
  const batches = new Batches({
    store,
    clock,
    most: limits.uncommitted,
    serve: (uin, batch) => serveMail(state, uin, batch),
    onError,
  });
  const sessions = new Sessions(
    clock,
    rules.idleSeconds * 1000,
    ({ uin }) => {
      state.polls.end(uin, { type: "not_logged_in" });
      // If the commit fails, friends see the change with the next one.
      batches.run((batch) => sendPresence(state, batch, uin)).catch(() => {});
    },
    (uin) => bindings.get(uin) !== undefined,
  );
  const state: State = {
    store,
    batches,
    sessions,
    bindings,
    captchas: new Captchas(clock, options.captcha ?? (() => undefined)),
    polls: new Polls(clock),
    pollKeys: new PollKeys(store, clock),
    marked: new Map(),
    penalties: new Penalties(clock, limits.lateAnswers),
    loginDelays: new LoginDelays(
      clock,
      options.loginDelay === true ? {} : options.loginDelay || undefined,
      options.onLoginRefused ?? (() => {}),
    ),
    loginPace: new LoginPace(clock),
    sentStatuses: new Map(),
    sendPace: new SendPace(clock, rules.sendGapMs, rules.sendBurst),
    robots: new Robots(options.robots ?? {}, onError),
    clock,
    rules,
    limits,
  };
  return state;
}

function rulesOf(options: ServerOptions): Rules {
  return {
    sendGapMs: options.sendGapMs ?? 800,
    sendBurst: options.sendBurst ?? 5,
    penaltyMs: options.penaltyMs ?? 20_000,
    heartbeatSeconds: options.heartbeatSeconds ?? 60,
    idleSeconds: options.idleSeconds ?? 300,
    refusedCode: options.refusedCode ?? 2,
    ackTwice: options.ackTwice ?? false,
    smallH: options.smallH ?? false,
  };
}

/**
 * What a runtime must do with the library. Imports nothing: each runtime loads
 * it in its own way.
 *
 * @module
 */

import type * as Library from "../../mod.ts";

/** What a runtime gets, as JSON. */
export interface StageInfo {
  /** Exports of `mod.ts`, in order. */
  names: string[];
  /** URL of the embedded QQ server, where 10000 echoes. */
  qq: string;
  /** An account of the runtime's own there, with the password `demo`. It names its consumer too. */
  uin: string;
  /** WebSocket URL of a bridge, through a relay that can cut it. */
  ws: string;
  token: string;
  /** A POST to it cuts all connections of the relay, and refuses the next one. */
  cut: string;
  /** Texts or bytes and their MD5; a number stands for so many bytes that count up. */
  md5: [input: string | number, digest: string][];
  /** Wire texts with what they mean. */
  vectors: {
    kind: "command" | "reply";
    wire: string;
    value: unknown;
    canonical: boolean;
    form?: boolean;
  }[];
  /** Whether the QQ server answers: a page gets NULL unless the server lists its origin. */
  reachesQq: boolean;
}

/** How a case ended. */
export interface Outcome {
  name: string;
  /** What was wrong; absent if it passed. */
  error?: string;
  /** The runtime's own version, of the outcome that is named `version`. */
  version?: string;
}

/** The library, and what else the cases need of a runtime. */
export interface Tools {
  library: typeof Library;
  stage: StageInfo;
  /** A WebSocket where the runtime has none. */
  WebSocket?: typeof WebSocket;
}

/** How far the library's clock may be from the runtime's, in milliseconds. */
const CLOCK_MS = 100;

/** Over how long the rate of the library's clock is compared, in milliseconds: ten times what it may be off. */
const RATE_MS = 1000;

/** Logs in, and compares the time of it by the library's clock with the runtime's before and after. */
async function loginInTime(qq: Library.QqClient): Promise<void> {
  const from = Date.now() - CLOCK_MS;
  await qq.login();
  const { value: status } = await qq.status().next();
  const to = Date.now() + CLOCK_MS;
  equal(status?.type, "online");
  const since = status?.type === "online" ? status.since : 0;
  equal(`${from <= since}, ${since <= to}`, "true, true");
}

const CASES: Readonly<Record<string, (tools: Tools) => Promise<void> | void>> =
  {
    load({ library, stage }) {
      equal(Object.keys(library).sort().join(), stage.names.join());
    },

    md5({ library, stage }) {
      for (const [input, digest] of stage.md5) {
        const bytes = typeof input === "number"
          ? Uint8Array.from({ length: input }, (_, at) => at & 255)
          : input;
        equal(library.md5Hex(bytes), digest);
      }
    },

    codec({ library, stage }) {
      for (const { kind, wire, value, canonical, form } of stage.vectors) {
        const isCommand = kind === "command";
        const decoded = isCommand
          ? library.decodeCommand(wire, { form: form ?? false })
          : library.decodeReply(wire);
        equal(stable(decoded), stable(value));
        if (!canonical) continue;
        equal(
          isCommand
            ? library.encodeCommand(value as Library.Command)
            : library.encodeReply(value as Library.Reply),
          wire,
        );
      }
    },

    async QqClient({ library, stage }) {
      const qq = new library.QqClient({
        uin: stage.uin,
        password: "demo",
        endpoint: stage.qq,
      });
      try {
        if (!stage.reachesQq) {
          const refused = await qq.login().then(
            () => "in",
            ({ code }) => code,
          );
          return equal(refused, "unreachable");
        }
        await loginInTime(qq);
        await qq.send("10000", "你好");
        for await (const item of qq.mail()) {
          if (item.type !== "message") continue;
          equal(`${item.from} ${item.text}`, "10000 你好");
          break;
        }
        equal(qq.honoursKeys, true);
        await qq.logout();
        // A clock of another rate is wrong by now.
        await new Promise((resolve) => setTimeout(resolve, RATE_MS));
        await loginInTime(qq);
        await qq.logout();
      } finally {
        await qq[Symbol.asyncDispose]();
      }
    },

    async BridgeClient({ library, stage, WebSocket }) {
      const bridge = new library.BridgeClient({
        url: stage.ws,
        token: stage.token,
        accounts: ["10001", "10002"],
        events: ["message"],
        consumer: `runtime-${stage.uin}`,
        backoff: { minMs: 50, maxMs: 100 },
        ...(WebSocket === undefined ? {} : { WebSocket }),
      });
      const texts: string[] = [];
      // In turn, because an account sends once a second.
      const send = (nth: number) =>
        bridge.send(nth % 2 === 0 ? "10001" : "10002", "10000", expected[nth]!);
      const run = stage.uin;
      const expected = [1, 2, 3, 4, 5, 6].map((nth) => `${run} ${nth}`);
      try {
        await bridge.ping();
        await send(0);
        for await (const frame of bridge) {
          if (frame.type !== "event" || frame.event !== "message") continue;
          if (!frame.data.text.startsWith(run)) continue;
          texts.push(frame.data.text);
          if (texts.length === expected.length) break;
          if (texts.length === 3) await fetch(stage.cut, { method: "POST" });
          send(texts.length).catch((error) => texts.push(String(error)));
        }
        equal(texts.join(), expected.join());
        equal(typeof bridge.position?.seq, "number");
      } finally {
        await bridge.close();
      }
    },

    async missing({ library, stage }) {
      const bare = globalThis.WebSocket === undefined;
      let message = "";
      try {
        const bridge = new library.BridgeClient({
          url: stage.ws,
          token: stage.token,
        });
        await bridge.close();
      } catch (error) {
        message = String(error);
      }
      // A runtime with a WebSocket misses nothing.
      equal(/WebSocket/.test(message), bare);
    },
  };

/** Runs all cases, one after the other. */
export async function runCases(tools: Tools): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [name, run] of Object.entries(CASES)) {
    try {
      await within(name, run(tools));
      outcomes.push({ name });
    } catch (error) {
      outcomes.push({ name, error: String(error).slice(0, 500) });
    }
  }
  return outcomes;
}

/** The longest that a case may take, in milliseconds. */
const CASE_MS = 20_000;

function within(name: string, work: Promise<void> | void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${name} took more than ${CASE_MS} ms`)),
      CASE_MS,
    );
    Promise.resolve(work).then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) {
    throw new Error(`must be ${expected}, got ${actual}`);
  }
}

/** JSON with sorted names. */
function stable(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(
          Object.entries(inner).filter(([, one]) => one !== undefined)
            .sort(([a], [b]) => a < b ? -1 : 1),
        )
        : inner,
  );
}

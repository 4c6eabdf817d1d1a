/** `ready`: whether a running bridge is ready, for health checks. @module */

import { ConfigError } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { type InfoRequest, readOptions } from "../../config/option.ts";
import { describeError } from "../../ops/log.ts";
import type { Readiness } from "../../ops/health.ts";
import { CLIENT_OPTIONS, EXIT, findRunning } from "../client.ts";
import { findMissingRight } from "../rights.ts";
import { printable, type Terminal } from "../terminal.ts";

/** How long the bridge may take to answer, in milliseconds. */
const READY_TIMEOUT_MS = 5000;

/** Maximum length of an answer that is read. */
const READY_BYTES = 65_536;

const { url, data, json } = CLIENT_OPTIONS;

/** Options of `ready`. It needs no token. */
export const READY_OPTIONS = { url, data, json } as const;

/** Runs `ready`. Returns 0 if `/readyz` answers 200, else 1. */
export async function ready(
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const reading = readOptions(READY_OPTIONS, [], terminal.sources(args));
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  if (positionals.length > 0) {
    throw new ConfigError(
      `Cannot use ready: it takes flags only, got ${quote(positionals[0])}`,
    );
  }
  const running = setBy.has("url") ? undefined : findRunning(values.data);
  const address = toReadyUrl(running?.url ?? values.url);
  try {
    const answer = await fetch(address, {
      redirect: "manual",
      signal: AbortSignal.timeout(READY_TIMEOUT_MS),
    });
    const text = await readStart(answer);
    if (values.json) terminal.out(text);
    else linesOf(answer.status, text).forEach(terminal.out);
    return answer.status === 200 ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (findMissingRight(error) !== undefined) throw error;
    terminal.err(
      `tqq: Cannot reach ${address.href}: ${printable(describeError(error))}`,
    );
    return EXIT.failed;
  }
}

/** `/readyz` of the bridge whose WebSocket has this URL. */
function toReadyUrl(url: URL): URL {
  const address = new URL(url);
  address.protocol = url.protocol.replace("ws", "http");
  address.pathname = url.pathname.replace(/\/(?:ws)?$/, "") + "/readyz";
  address.search = "";
  return address;
}

/** Reads an answer up to the limit; the rest is dropped. */
async function readStart(answer: Response): Promise<string> {
  if (answer.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of answer.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > READY_BYTES) break;
  }
  return text.slice(0, READY_BYTES);
}

function linesOf(status: number, text: string): string[] {
  if (status === 200) return ["ready"];
  let reasons: Readiness["reasons"] | undefined;
  try {
    ({ reasons } = JSON.parse(text) as Readiness);
  } catch {
    // Another program answers there.
  }
  if (!Array.isArray(reasons)) return [`not ready: status ${status}`];
  return reasons.map(({ reason, count, message }) =>
    printable(
      `not ready: ${reason} (${count})${
        message === undefined ? "" : `: ${message}`
      }`,
    )
  );
}

/** Writes records as text, and reads them. @module */

import type { EventName } from "../../../mod.ts";
import type { Draft } from "../../journal/draft.ts";
import type { JournalledPoll } from "../../journal/journal.ts";
import type { Control } from "../members/membership.ts";
import type {
  BatchOperation,
  ClusterRecord,
  Operation,
  OutcomeText,
} from "./operations.ts";

/** Version of the records that this program writes, and the highest that it reads. */
export const RECORD_VERSION = 1;

/** A record was written by a later version of the program, which this one cannot apply. */
export class RecordVersionError extends Error {
  override readonly name = "RecordVersionError";

  /** @param highest The highest version that this program reads. */
  constructor(version: number, highest: number) {
    super(
      `Cannot apply a record of the cluster: its version must be at most ${highest}, got ${version}. Upgrade this node.`,
    );
  }
}

/** A record has no meaning to this program. */
export class RecordFormatError extends Error {
  override readonly name = "RecordFormatError";

  constructor(rule: string, got: string) {
    super(
      `Cannot read a record of the cluster: ${rule}, got ${got.slice(0, 80)}`,
    );
  }
}

/** The text of a record: the head, then a line for each operation and each event of a batch. */
export function formatRecord(
  record: ClusterRecord,
  version: number = RECORD_VERSION,
): string {
  const { node, number, at, seen } = record;
  const head = [version, node, number, at, {
    seen: [seen.index, seen.seq, seen.chain],
  }];
  const lines = [JSON.stringify(head)];
  for (const operation of record.operations) {
    lines.push(JSON.stringify(toLine(operation)));
    if (operation.type === "batch") {
      for (const draft of operation.drafts) lines.push(toEventLine(draft));
    }
  }
  return lines.join("\n");
}

/**
 * Reads a record.
 *
 * @throws {RecordVersionError} If a later version wrote it.
 * @throws {RecordFormatError} If it has no meaning.
 */
export function parseRecord(
  text: string,
  highest: number = RECORD_VERSION,
): ClusterRecord {
  const lines = text.split("\n");
  const [version, node, number, at, extra] = parseLine(lines[0]!) as [
    number,
    string,
    number,
    number,
    { seen: [number, number, string] },
  ];
  if (!(version <= highest)) throw new RecordVersionError(version, highest);
  const [index, seq, chain] = extra.seen;
  const operations: Operation[] = [];
  for (let line = 1; line < lines.length; line++) {
    const parsed = parseLine(lines[line]!);
    if (parsed[0] === "b") {
      const count = parsed[1] as number;
      const events = lines.slice(line + 1, line + 1 + count);
      if (events.length < count) {
        throw new RecordFormatError(
          `a batch must have ${count} events`,
          String(events.length),
        );
      }
      operations.push(toBatch(parsed[2] as BatchParts, events));
      line += count;
    } else {
      operations.push(toOperation(parsed));
    }
  }
  return { node, number, at, seen: { index, seq, chain }, operations };
}

/** Rows and characters of an operation, by which a record is filled. */
export function sizeOf(operation: Operation): { rows: number; chars: number } {
  if (operation.type !== "batch") {
    return { rows: 1, chars: JSON.stringify(toLine(operation)).length };
  }
  const { drafts, poll, outcome } = operation;
  const rows = drafts.length + Number(poll !== undefined) +
    Number(outcome !== undefined);
  return {
    rows,
    chars: drafts.reduce((sum, { bytes }) => sum + bytes, 0) +
      (outcome?.text.length ?? 0) + 64,
  };
}

interface BatchParts {
  poll?: [string, number, 0 | 1 | null, number?, (0 | 1)?];
  outcome?: [string, string, string, "seq"?];
}

function toLine(operation: Operation): unknown[] {
  switch (operation.type) {
    case "batch":
      return ["b", operation.drafts.length, toParts(operation)];
    case "position": {
      const { consumer, seq, connection } = operation;
      return ["p", consumer, seq, ...optional(connection)];
    }
    case "drop":
      return ["p", operation.consumer, null];
    case "hold": {
      const { consumer, connection, seq } = operation;
      return ["h", consumer, connection, ...optional(seq)];
    }
    case "seen":
      return ["n", operation.consumers, operation.at];
    case "start": {
      const { account, key, command, outcome } = operation;
      const { request, upstreamSeq, upstreamKey, at } = command;
      const kept = { request, upstreamSeq, upstreamKey, at };
      return ["k", account, key, kept, outcome];
    }
    case "forget":
      return ["f", operation.account];
    case "account":
      return ["a", operation.name, operation.value];
    case "token":
      return ["t", operation.name, operation.value];
    case "value":
      return ["v", operation.name, operation.value];
    case "control":
      return ["c", operation.control];
    case "barrier":
      return ["s"];
  }
}

function toOperation(line: unknown[]): Operation {
  const [type, ...rest] = line;
  switch (type) {
    case "p": {
      const [consumer, seq, connection] = rest as [string, number?, string?];
      return typeof seq === "number"
        ? { type: "position", consumer, seq, ...named({ connection }) }
        : { type: "drop", consumer };
    }
    case "h": {
      const [consumer, connection, seq] = rest as [
        string,
        string | null,
        number?,
      ];
      return { type: "hold", consumer, connection, ...named({ seq }) };
    }
    case "n": {
      const [consumers, at] = rest as [string[], number];
      return { type: "seen", consumers, at };
    }
    case "k": {
      const [account, key, command, outcome] = rest as [
        string,
        string,
        (Operation & { type: "start" })["command"],
        string | null,
      ];
      return { type: "start", account, key, command, outcome };
    }
    case "f":
      return { type: "forget", account: rest[0] as string };
    case "a":
    case "t":
    case "v": {
      const [name, value] = rest as [string, string | null];
      return { type: STORES[type], name, value };
    }
    case "c":
      return { type: "control", control: rest[0] as Control };
    case "s":
      return { type: "barrier" };
  }
  throw new RecordFormatError(
    "an operation must be one of b, p, h, n, k, f, a, t, v, c and s",
    JSON.stringify(type) ?? "nothing",
  );
}

const STORES = { a: "account", t: "token", v: "value" } as const;

function toParts({ poll, outcome }: BatchOperation): BatchParts {
  return {
    ...(poll === undefined ? {} : { poll: toPollPart(poll) }),
    ...(outcome === undefined ? {} : {
      outcome: [
        outcome.account,
        outcome.key,
        outcome.text,
        ...optional(outcome.seqField),
      ] as NonNullable<BatchParts["outcome"]>,
    }),
  };
}

function toPollPart(
  { account, number, repeats, part, last }: JournalledPoll,
): NonNullable<BatchParts["poll"]> {
  const known = repeats === undefined ? null : repeats ? 1 : 0;
  return part === undefined && last === undefined
    ? [account, number, known]
    : [account, number, known, part ?? 0, last === false ? 0 : 1];
}

function toBatch(parts: BatchParts, lines: readonly string[]): BatchOperation {
  const [account, number, repeats, part, last] = parts.poll ?? [];
  const poll: JournalledPoll | undefined = account === undefined ? undefined : {
    account,
    number: number!,
    repeats: repeats === null ? undefined : repeats === 1,
    ...(part === undefined ? {} : { part, last: last === 1 }),
  };
  return {
    type: "batch",
    drafts: lines.map(toDraft),
    ...named({ poll, outcome: toOutcome(parts.outcome) }),
  };
}

function toOutcome(part: BatchParts["outcome"]): OutcomeText | undefined {
  if (part === undefined) return undefined;
  const [account, key, text, seqField] = part;
  return { account, key, text, ...named({ seqField }) };
}

// Not JSON as a whole: an event's data is JSON text, and stays as it is.
function toEventLine(
  { account, at, event, party, bytes, data }: Draft,
): string {
  return [account, at, event, JSON.stringify(party), bytes, data].join("\t");
}

function toDraft(line: string): Draft {
  const [account, at, event, party, bytes, data] = line.split("\t");
  if (data === undefined) {
    throw new RecordFormatError("an event must have 6 fields", line);
  }
  return {
    account: account!,
    at: Number(at),
    event: event as EventName,
    party: JSON.parse(party!),
    bytes: Number(bytes),
    data,
  };
}

function parseLine(line: string): unknown[] {
  const parsed: unknown = JSON.parse(line);
  if (Array.isArray(parsed)) return parsed;
  throw new RecordFormatError("a line must be an array", line);
}

/** A list of one value, or of none. */
function optional<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** The properties that are not undefined. */
function named<T extends object>(
  properties: T,
): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}

import type { ErrorCode, Position, Scope } from "../../../mod.ts";
import type { RawSocket } from "../../support/raw_socket.ts";
import type { SuiteStage } from "./stage.ts";

/** How an endpoint is opened. */
export interface OpenOptions {
  /** The token; `null` sends none. @default {"all"} */
  token?: string | null;
  /** Where the token goes. @default {"bearer", or the first frame if the row says so} */
  carrier?: Carrier;
  /** The position to resume after; from now on if absent. */
  after?: Position;
  /** An account that the request names. */
  account?: string;
  /** Opens for calls, also if the token may not read events. */
  opensCalls?: boolean;
}

/** Where a token goes. */
export type Carrier = "bearer" | "other scheme" | "no scheme" | "query";

/** Why an endpoint did not open: an HTTP status or a close code. */
export interface Refusal {
  refused: number;
  retryAfter?: string | undefined;
}

/** The outcome of a call. */
export interface Outcome {
  code: ErrorCode | "ok" | string;
  /** The HTTP status, if there is one. */
  status?: number;
  retryAfterMs?: number | undefined;
  /** The whole answer, as text. */
  text: string;
}

/** An event, or a gap. */
export interface Received {
  /** The position that a client holds after it. */
  seq?: number | undefined;
  gap?: { from: number; to: number; reason: string };
}

/** An open endpoint. */
export interface Client extends AsyncDisposable {
  /** The WebSocket below, if there is one. */
  readonly socket?: RawSocket;
  call(name: string, params?: object): Promise<Outcome>;
  /** The next answer to a frame that the test sent itself. */
  answer(): Promise<Outcome>;
  next(): Promise<Received>;
  /** Events that were read and not taken. */
  readonly waiting: number;
  /** Reads to the end: the close code, 0 for the end of a stream. */
  end(): Promise<number>;
  /** Lets time pass, as a client that answers pings. */
  stay(ms: number): Promise<void>;
  /** Ends it once its position is kept, where the bridge keeps it. */
  leave(): Promise<void>;
}

/** What a test expects unless a row differs. */
export const USUAL = {
  missing: 401 as number | "open",
  malformed: 401 as number | "open",
  wrong: 401 as number | "open",
  tooManyWrong: 429 as number | "none",
  /** A token without the scope read, for events. */
  unread: 403 as number | "open",
  /** The status of an account outside the token. */
  otherAccount: 404 as number | "none",
  /** The close code after a token was revoked. */
  revoked: 4003 as number | "none",
  /** One connection more than a token may have. */
  tooManyConnections: 429,
  subprotocol: 400 as number | "none",
  /** Malformed frames that close it, and the code. */
  badFrames: 20,
  /** The status of a call that is refused, if not the error's own. */
  forbiddenStatus: 403,
  overloadedStatus: 429,
  internalStatus: 500,
  bodyTooLarge: 413,
  bodyTooSlow: 408,
  bodyOfOtherType: 415,
  ownEpoch: "sent" as "sent" | "none",
  ahead: "sent" as "sent" | "none",
};

type Expectations = typeof USUAL;

/** Where an endpoint differs on purpose, and why. */
export type Differences = {
  readonly [K in keyof Expectations]?: {
    readonly is: Expectations[K];
    readonly because: string;
  };
};

/** An action, method or command: parameters that are valid, and the scope that it needs. */
export type CallRow = readonly [params: object, scope: Scope | "none"];

/** What can be called at an endpoint. */
export interface Calls {
  /** A call that only reads, without parameters. */
  readonly ping: string;
  /** A call that runs the command `profile`, and its parameters. */
  readonly profile: readonly [name: string, params: object];
  /** All that the endpoint knows. */
  readonly names: readonly string[];
  /** All of it, with what it needs. */
  readonly table: Readonly<Record<string, CallRow>>;
}

/** One endpoint. */
export interface EndpointRow {
  readonly name: string;
  /** The path; absent where the bridge dials. */
  readonly path?: string;
  readonly kind: "socket" | "stream" | "http";
  /** Whether the token comes in the first frame. */
  readonly greets?: boolean;
  readonly hasEvents: boolean;
  /** Label `kind` under which the metrics count its connections. */
  readonly countedAs?: string;
  /** Whether another row of the same reader tests how it resumes. @default {true} */
  readonly resumes?: boolean;
  readonly calls?: Calls;
  /** A frame that is answered. */
  readonly validFrame?: string;
  /** Frames that are not valid. */
  readonly badFrames?: readonly string[];
  /** A body that is valid, and its path, for requests with a body. */
  readonly body?: { readonly path: string; readonly text: string };
  readonly differs: Differences;
  open(stage: SuiteStage, options?: OpenOptions): Promise<Client | Refusal>;
}

/** What a test expects of a row. */
export function expected<K extends keyof Expectations>(
  row: EndpointRow,
  what: K,
): Expectations[K] {
  const difference = row.differs[what] as
    | { is: Expectations[K] }
    | undefined;
  return difference === undefined ? USUAL[what] : difference.is;
}

/** Opens an endpoint that lets the client in. */
export async function enter(
  row: EndpointRow,
  stage: SuiteStage,
  options?: OpenOptions,
): Promise<Client> {
  const client = await row.open(stage, options);
  if (!("refused" in client)) return client;
  throw new Error(`${row.name} refused with ${client.refused}`);
}

/** The headers and the query that carry a token. */
export function carried(
  { token = "all", carrier = "bearer" }: OpenOptions,
): { headers: Record<string, string>; query: string } {
  if (token === null) return { headers: {}, query: "" };
  switch (carrier) {
    case "query":
      return { headers: {}, query: `access_token=${token}` };
    case "no scheme":
      return { headers: { Authorization: token }, query: "" };
    case "other scheme":
      return { headers: { Authorization: `Token ${token}` }, query: "" };
    case "bearer":
      return { headers: { Authorization: `Bearer ${token}` }, query: "" };
  }
}

/** The row of a command: all that the bridge knows of it. @module */

import type { Clock } from "../../lib/clock.ts";
import type {
  AccountDetails,
  AccountInfo,
  AccountState,
  BridgeCommandName,
  BridgeCommands,
  CallOptions,
  ErrorCode,
  EventData,
  QqClient,
  RequestOptions,
} from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import * as z from "../deps_zod.ts";
import type { TokenService } from "../access/token_service.ts";
import type { TokenUse } from "../access/token_usage.ts";
import type { CreatedToken } from "../access/token_store.ts";
import type { Consumers } from "../hub/consumers.ts";
import type { OpenConnections } from "../hub/open_connections.ts";
import type { Journal } from "../journal/journal.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { People } from "../people/people.ts";
import type { TargetService } from "../targets/target_service.ts";
import type { AccountService } from "../upstream/account_service.ts";
import { rule } from "../schemas/values.ts";

/** Fields of an object, each with its schema. */
type Shape = z.core.$ZodLooseShape;

/** A schema of parameters, which rejects a field that it does not name. */
type ParamsSchema<P> = z.ZodObject & z.ZodType<P>;

type ParamsOf<S extends Shape> = z.output<z.ZodObject<S, z.core.$strict>>;
type DataOf<S extends Shape> = z.output<z.ZodObject<S, z.core.$strip>>;

/** What every row says of its command. */
interface RowHead<P, D> {
  /** One sentence for the API documents and the pages. */
  readonly summary: string;
  readonly params: ParamsSchema<P>;
  readonly data: z.ZodType<D>;
}

/** A command that only reads at the QQ server: it runs at once, beside others. */
export interface QueryRow<P, D> extends RowHead<P, D> {
  readonly kind: "query";
  /** @param options Its signal ends all requests when the command's time is over. */
  run(client: QqClient, params: P, options: CallOptions): Promise<D>;
}

/** A command that changes something at the QQ server: through the outbox, once per key. */
export interface WriteRow<P, D> extends RowHead<P, D> {
  readonly kind: "write";
  /** The outbox keeps a gap between two commands of one group. */
  paceGroup(params: P): string;
  /** The message that the command sends and the journal keeps; `undefined` if it sends none. */
  sent?(params: P): EventData["message.sent"] | undefined;
  /** @throws {CommandError} `bad_params` if these parameters must not be sent. */
  check?(params: P): void;
  /** Does the command without the QQ server; undefined if it needs the server. */
  runLocally?(
    services: LocalServices,
    account: string,
    params: P,
  ): Promise<D> | undefined;
  /** Called when the command was done. */
  onDone?(services: LocalServices, account: string, params: P, data: D): void;
  /** `seq` is missing, because the journal gives it to the message. */
  run(
    client: QqClient,
    params: P,
    options: RequestOptions,
  ): Promise<Omit<D, "seq">>;
}

/** A command that logs an account in or out, durably. */
export interface SessionRow<P, D> extends RowHead<P, D> {
  readonly kind: "session";
  run(sessions: Sessions, account: string): Promise<D>;
}

/** A command that the bridge does by itself. */
export interface LocalRow<P, D> extends RowHead<P, D> {
  readonly kind: "local";
  /** Whether the command concerns an account, which the request then names, or may name if it is `optional`. */
  readonly hasAccount: boolean | "optional";
  /**
   * The error of a repetition that shows that the first try was done, although
   * the bridge stopped before it recorded the outcome.
   */
  readonly doneCode?: ErrorCode;
  /** Whether the result is a secret, which is never written to the journal. */
  readonly isSecret?: boolean;
  run(services: LocalServices, call: LocalCall, params: P): Promise<D> | D;
}

/** The row of a command whose name is known only at run time. */
export type AnyCommandRow =
  | QueryRow<object, object>
  | WriteRow<object, object>
  | SessionRow<object, object>
  | LocalRow<object, object>;

/** The row of the command `N`: its parameters and result are those that `BridgeCommands` declares. */
export type CommandRow<N extends BridgeCommandName> = RowOf<
  BridgeCommands[N]["params"],
  BridgeCommands[N]["data"]
>;

type RowOf<P, D> =
  | QueryRow<P, D>
  | WriteRow<P, D>
  | SessionRow<P, D>
  | LocalRow<P, D>;

/** Logs accounts in and out. */
export interface Sessions {
  /** Resolves with the state that the account has then. */
  session(account: string, command: "login" | "logout"): Promise<AccountState>;
}

/** Who calls a local command, and for which account. */
export interface LocalCall {
  readonly grant: Grant;
  /** QQ number; empty if the request names none. */
  readonly account: string;
}

/** What the local commands work on. */
export interface LocalServices {
  readonly journal: Journal;
  readonly consumers: Consumers;
  readonly connections: OpenConnections;
  readonly clock: Pick<Clock, "now">;
  readonly accounts: Pick<AccountService, "add" | "change" | "remove">;
  readonly inbox: Inbox;
  readonly people: People;
  /** Undefined if this bridge serves no targets. */
  readonly targets: TargetService | undefined;
  /** Undefined if commands cannot show the settings. */
  readonly settings: SettingsService | undefined;
  /** Undefined if nothing is measured. */
  readonly figures: FigureService | undefined;
  /** Undefined if tokens cannot be changed while the bridge runs. */
  readonly tokens: TokenChanges | undefined;
  /** Returns the last use of the token with an id since the start. */
  tokenUse(id: string): TokenUse | undefined;
  /** Returns the name of the token with an id. */
  tokenName(id: string): string;
  /** Returns the accounts that a grant reaches, or those that are named, ascending by number. */
  listAccounts(grant: Grant, named?: readonly string[]): AccountInfo[];
  /** Returns the accounts that a grant reaches with what the bridge knows of each, ascending by number. */
  describeAccounts(grant: Grant): AccountDetails[];
}

/** Shows and changes settings of the program. */
export interface SettingsService {
  list(): BridgeCommands["settings"]["data"];
  /** Changes a setting until the end of the program. @throws {RangeError} If it cannot. */
  set(name: string, value: string): string;
}

/** Reads what was measured over time. */
export interface FigureService {
  read(
    params: BridgeCommands["figures"]["params"],
  ): BridgeCommands["figures"]["data"];
}

/** The part of a {@linkcode TokenService} that commands call. */
export interface TokenChanges
  extends Pick<TokenService, "revoke" | "list" | "identify"> {
  create(
    ...params: Parameters<TokenService["create"]>
  ): CreatedToken | Promise<CreatedToken>;
}

/** A row as its author writes it: parameters and result are lists of fields. */
type Written<
  Row,
  P extends Shape,
  D extends Shape,
  Optional extends PropertyKey = never,
> =
  & Omit<Row, "kind" | "params" | "data" | Optional>
  & Partial<Pick<Row, Extract<Optional, keyof Row>>>
  & { readonly params: P; readonly data: D };

/** A row whose schemas keep their exact types. */
type Built<Row, P extends Shape, D extends Shape> =
  & Omit<Row, "params" | "data">
  & {
    readonly params: z.ZodObject<P, z.core.$strict>;
    readonly data: z.ZodObject<D, z.core.$strip>;
  };

export function query<const P extends Shape, const D extends Shape>(
  row: Written<QueryRow<ParamsOf<P>, DataOf<D>>, P, D>,
): Built<QueryRow<ParamsOf<P>, DataOf<D>>, P, D> {
  return { ...row, ...schemasOf(row.params, row.data), kind: "query" };
}

export function write<const P extends Shape, const D extends Shape>(
  row: Written<WriteRow<ParamsOf<P>, DataOf<D>>, P, D>,
): Built<WriteRow<ParamsOf<P>, DataOf<D>>, P, D> {
  return { ...row, ...schemasOf(row.params, row.data), kind: "write" };
}

export function session<const P extends Shape, const D extends Shape>(
  row: Written<SessionRow<ParamsOf<P>, DataOf<D>>, P, D>,
): Built<SessionRow<ParamsOf<P>, DataOf<D>>, P, D> {
  return { ...row, ...schemasOf(row.params, row.data), kind: "session" };
}

export function local<const P extends Shape, const D extends Shape>(
  row: Written<LocalRow<ParamsOf<P>, DataOf<D>>, P, D, "hasAccount">,
): Built<LocalRow<ParamsOf<P>, DataOf<D>>, P, D> {
  return {
    hasAccount: false,
    ...row,
    ...schemasOf(row.params, row.data),
    kind: "local",
  };
}

function schemasOf<P extends Shape, D extends Shape>(params: P, data: D) {
  const isEmpty = Object.keys(params).length === 0;
  return {
    params: z.strictObject(
      params,
      rule(isEmpty ? "an object without fields" : "an object"),
    ),
    data: Object.keys(data).length === 0
      ? z.strictObject(data) as unknown as z.ZodObject<D, z.core.$strip>
      : z.object(data),
  };
}

/** Commands, events, errors and limits, from the documents that the bridge serves. @module */

import { type Signal, signal } from "../deps.ts";
import { fetchWithSession, session } from "../link/session.ts";
import type { Schema, Schemas } from "../ui/form/schema.ts";

export type Scope = "read" | "send" | "manage";

export interface CommandEntry {
  name: string;
  scope: Scope;
  /** English, from the documents. */
  summary: string;
  /** Whether the command is about one account, and whether it may be left out. */
  account: "none" | "optional" | "required";
  params: Schema;
  result: Schema;
}

export interface EventEntry {
  name: string;
  data: Schema;
}

export interface Documents {
  version: string;
  commands: readonly CommandEntry[];
  events: readonly EventEntry[];
  /** Error codes of commands, and their HTTP status. */
  errors: readonly {
    code: string;
    isRetriable: boolean;
    status: number | undefined;
  }[];
  closeCodes: readonly {
    code: string;
    meaning: string;
    isReconnectable: boolean;
  }[];
  limits: Readonly<Record<string, number>>;
  schemas: Schemas;
}

/** `undefined` until they are loaded. */
export const documents: Signal<Documents | undefined> = signal(undefined);

/** The shape of OpenAPI's document, as far as it is read here. */
interface OpenApi {
  info: { version: string };
  paths: Record<string, { post?: { summary: string } }>;
  components: { schemas: Record<string, Schema> };
  "x-error-status": Record<string, number>;
}

interface AsyncApi {
  components: { schemas: Record<string, Schema> };
  "x-limits": Record<string, number>;
  "x-error-codes": Record<string, { retriable: boolean }>;
  "x-close-codes": Record<string, { meaning: string; reconnect: boolean }>;
  "x-scopes": Record<string, Scope>;
}

let loading: Promise<void> | undefined;

/** Loads the documents once for each version of the bridge. Rejects if they cannot be had. */
export function loadDocuments(): Promise<void> {
  const version = session.value?.version;
  if (documents.value !== undefined && documents.value.version === version) {
    return Promise.resolve();
  }
  loading ??= load().finally(() => loading = undefined);
  return loading;
}

async function load(): Promise<void> {
  const [openApi, asyncApi] = await Promise.all([
    read<OpenApi>("openapi.json"),
    read<AsyncApi>("asyncapi.json"),
  ]);
  documents.value = toDocuments(openApi, asyncApi);
}

async function read<T>(path: string): Promise<T> {
  const response = await fetchWithSession(path);
  if (response.ok) return await response.json();
  await response.body?.cancel();
  throw new Error(`Cannot load ${path}: the answer is ${response.status}.`);
}

function toDocuments(openApi: OpenApi, asyncApi: AsyncApi): Documents {
  const { schemas } = asyncApi.components;
  return {
    version: openApi.info.version,
    schemas,
    limits: asyncApi["x-limits"],
    commands: Object.entries(asyncApi["x-scopes"]).map(([name, scope]) => {
      const type = name[0]!.toUpperCase() + name.slice(1);
      const params = schemas[`${type}Params`] ?? {};
      const body = openApi.components.schemas[`${type}Body`];
      return {
        name,
        scope,
        summary: openApi.paths[`/api/${name}`]?.post?.summary ?? "",
        // Some commands have a parameter of this name, which is another thing.
        account: params.properties?.account !== undefined ||
            body?.properties?.account === undefined
          ? "none"
          : body.required?.includes("account")
          ? "required"
          : "optional",
        params,
        result: schemas[`${type}Data`] ?? {},
      };
    }),
    events: (schemas.EventFrame?.oneOf ?? []).flatMap(({ $ref }) => {
      const frame = schemas[$ref?.split("/").at(-1) ?? ""]?.properties;
      const name = frame?.event?.const;
      return typeof name === "string"
        ? [{ name, data: frame?.data ?? {} }]
        : [];
    }),
    errors: Object.entries(asyncApi["x-error-codes"]).map((
      [code, { retriable }],
    ) => ({
      code,
      isRetriable: retriable,
      status: openApi["x-error-status"][code],
    })),
    closeCodes: Object.entries(asyncApi["x-close-codes"]).map((
      [code, { meaning, reconnect }],
    ) => ({ code, meaning, isReconnectable: reconnect })),
  };
}

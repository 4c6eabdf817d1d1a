/** The OpenAPI document of the HTTP paths, made of the schemas that check their bodies. @module */

import {
  type BridgeCommandName,
  COMMAND_SCOPES,
  type Limits,
} from "../../../mod.ts";
import { COMMAND_NAMES, commandRow, hasAccount } from "../../commands/table.ts";
import { BODY_BYTES } from "../../endpoint/body.ts";
import { ERROR_STATUS, HTTP_CODES } from "../../errors/http_status.ts";
import { PROBLEM_TYPE } from "../../errors/problem.ts";
import { KEY_CHARS } from "../../schemas/values.ts";
import {
  ACCOUNTS_TEXT,
  addBodies,
  addValues,
  AFTER_TEXT,
  commandBody,
  type DocumentNode,
  EVENTS_TEXT,
  NamedSchemas,
  schemaRef,
  toTypeName,
} from "./components.ts";
import { addProblems, type ProblemName, PROBLEMS } from "./problems.ts";

/** Problems that any request can have. */
const COMMON: readonly ProblemName[] = ["ForeignOrigin", "Internal"];

/** Problems that a request with a token can have. */
const WITH_TOKEN: readonly ProblemName[] = [
  "Unauthorized",
  "Forbidden",
  "Overloaded",
  "Internal",
];

/** Creates the OpenAPI document. */
export function openApi(
  version: string,
  limits: Limits,
  basePath = "",
  absent: readonly string[] = [],
): DocumentNode {
  const schemas = new NamedSchemas();
  addValues(schemas);
  addBodies(schemas);
  addProblems(schemas);
  return {
    openapi: "3.1.0",
    info: {
      title: "tqq bridge",
      version,
      license: { name: "MIT", identifier: "MIT" },
      description:
        `Commands and events over HTTP; /asyncapi.json describes the same over WebSocket. Any valid token opens both documents. A body has at most ${BODY_BYTES} bytes; a token has ${limits.commandsPerMinute} commands a minute.`,
    },
    servers: [{
      url: basePath === "" ? "/" : basePath,
      description: "The bridge that served this document",
    }],
    security: [{ bearer: [] }, { query: [] }],
    tags: [
      { name: "commands", description: "One path for each command." },
      { name: "events", description: "What happens to the accounts." },
      { name: "operation", description: "State and documents of the bridge." },
      {
        name: "modules",
        description:
          "The client library. /mod.ts imports files below /lib/, which are served in the same way.",
      },
    ],
    paths: Object.fromEntries(
      Object.entries({
        ...Object.fromEntries(
          COMMAND_NAMES.map((
            name,
          ) => [`/api/${name}`, { post: commandPath(name) }]),
        ),
        "/events": { get: eventsPath() },
        ...operationPaths(),
        ...modulePaths(),
      }).filter(([path]) => !absent.includes(path)),
    ),
    components: {
      schemas: schemas.toComponents("draft-2020-12"),
      responses: Object.fromEntries(
        Object.entries(PROBLEMS).map(([name, { description }]) => [
          name,
          problemResponse(name, description),
        ]),
      ),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        query: { type: "apiKey", name: "access_token", in: "query" },
      },
    },
    "x-error-status": { ...HTTP_CODES, ...ERROR_STATUS },
  };
}

function commandPath(command: BridgeCommandName): DocumentNode {
  const row = commandRow(command);
  const { summary } = row;
  const isLocal = row.kind === "local";
  const typeName = toTypeName(command);
  const scope = COMMAND_SCOPES[command];
  return {
    operationId: command,
    summary,
    description: `Needs the scope ${scope}.`,
    tags: ["commands"],
    parameters: [{
      name: "Idempotency-Key",
      in: "header",
      description:
        "The same as key in the body: a command that is repeated within 24 hours returns the first outcome.",
      schema: { type: "string", minLength: 1, maxLength: KEY_CHARS },
    }],
    requestBody: {
      required: !commandBody(command).safeParse({}).success,
      content: {
        "application/json": { schema: schemaRef(`${typeName}Body`) },
      },
    },
    responses: {
      "200": json("The result.", `${typeName}Data`),
      ...problems(
        "BadRequest",
        "Unauthorized",
        "Forbidden",
        ...(hasAccount(command) || scope === "manage"
          ? ["UnknownAccount"] as const
          : []),
        "BodyTooSlow",
        ...(isLocal && row.doneCode === "already_exists"
          ? ["Conflict"] as const
          : []),
        "BodyTooLarge",
        "UnsupportedMediaType",
        isLocal ? "Overloaded" : "Penalised",
        "Internal",
        ...(isLocal ? [] : ["Upstream"] as const),
      ),
    },
  };
}

function query(name: string, description: string): DocumentNode {
  return { name, in: "query", description, schema: { type: "string" } };
}

const LAST_EVENT_ID: DocumentNode = {
  name: "Last-Event-ID",
  in: "header",
  description: "The last id that was received; the stream continues after it.",
  schema: { type: "string" },
};

function eventsPath(): DocumentNode {
  return {
    operationId: "events",
    summary: "Events as server-sent events.",
    description:
      "Needs the scope read. `id` is <epoch>:<seq>, `event` the event's name, `data` an EventFrame as JSON. A gap is the event `gap` with a gap frame.",
    tags: ["events"],
    parameters: [
      query("accounts", ACCOUNTS_TEXT),
      query("events", EVENTS_TEXT),
      query("after", AFTER_TEXT),
      {
        name: "Last-Event-ID",
        in: "header",
        description: "The same as after, and takes precedence over it.",
        schema: { type: "string" },
      },
    ],
    responses: {
      "200": {
        description: "A stream that does not end.",
        content: { "text/event-stream": { schema: { type: "string" } } },
      },
      ...problems("BadRequest", "UnknownAccount", ...WITH_TOKEN),
    },
  };
}

function operationPaths(): DocumentNode {
  const get = (
    operationId: string,
    summary: string,
    responses: DocumentNode,
    more: DocumentNode = {},
  ) => ({
    get: { operationId, summary, tags: ["operation"], responses, ...more },
  });
  return {
    "/healthz": get("healthz", "Shows that the process is running.", {
      "200": json("It is running.", "Health"),
      ...problems(...COMMON),
    }, { security: [{}] }),
    "/readyz": get(
      "readyz",
      "Shows whether every account that should be online is, and whether the journal can be written.",
      {
        "200": json("Ready.", "Readiness"),
        "503": json("Not ready; `reasons` says why.", "Readiness"),
        ...problems(...WITH_TOKEN),
      },
      {
        description:
          "Needs no token. One with the scope read adds the accounts that are not ready.",
        security: [{}, { bearer: [] }, { query: [] }],
      },
    ),
    "/metrics": get("metrics", "Metrics for Prometheus.", {
      "200": {
        description: "The text format.",
        content: { "text/plain": { schema: { type: "string" } } },
      },
      ...problems(...WITH_TOKEN),
    }, { description: "Needs the scope read." }),
    "/logs": get("logs", "The live log as server-sent events.", {
      "200": {
        description: "A stream that does not end.",
        content: { "text/event-stream": { schema: { type: "string" } } },
      },
      ...problems("BadRequest", ...WITH_TOKEN),
    }, {
      description:
        "Needs the scope manage and all accounts. `id` counts up, `data` is an entry as the log writes it as JSON. The event `gap` says how many entries were dropped.",
      parameters: [
        query("level", "The lowest level: debug, info, warn or error."),
        query("account", "Only entries of this account."),
        query("connection", "Only entries of this connection."),
        query(
          "tail",
          "Number of earlier entries, at most 5000; 100 if absent.",
        ),
        LAST_EVENT_ID,
      ],
    }),
    "/asyncapi.json": get("asyncapi", "The AsyncAPI document of /ws.", {
      "200": json("The document.", "Document"),
      ...problems(...WITH_TOKEN),
    }, { description: "Takes any valid token." }),
    "/openapi.json": get("openapi", "This document.", {
      "200": json("The document.", "Document"),
      ...problems(...WITH_TOKEN),
    }, { description: "Takes any valid token." }),
  };
}

function modulePaths(): DocumentNode {
  const entry = (operationId: string, summary: string, type: string) => ({
    get: {
      operationId,
      summary,
      description:
        "Needs no token. It has an ETag, and may be kept and asked for again with If-None-Match.",
      tags: ["modules"],
      security: [{}],
      responses: {
        "200": {
          description: "The source.",
          headers: {
            ETag: {
              description: "Changes with the content.",
              schema: { type: "string" },
            },
          },
          content: { [type]: { schema: { type: "string" } } },
        },
        "304": { description: "Not changed since the ETag." },
        ...problems("NotFound", ...COMMON),
      },
    },
  });
  return {
    "/mod.ts": entry(
      "mod",
      "The client for TypeScript, to be imported by URL.",
      "application/typescript",
    ),
    "/mod.js": entry(
      "modForBrowsers",
      "The client for browsers.",
      "text/javascript",
    ),
  };
}

function json(description: string, schemaName: string): DocumentNode {
  return {
    description,
    content: { "application/json": { schema: schemaRef(schemaName) } },
  };
}

function problems(...names: readonly ProblemName[]): DocumentNode {
  return Object.fromEntries(names.map((name) => [
    String(PROBLEMS[name].status),
    { $ref: `#/components/responses/${name}` },
  ]));
}

function problemResponse(name: string, description: string): DocumentNode {
  return {
    description,
    headers: {
      "Retry-After": {
        description: "Seconds until the next try, if known.",
        schema: { type: "integer" },
      },
    },
    content: {
      [PROBLEM_TYPE]: { schema: schemaRef(`${name}Problem`) },
    },
  };
}

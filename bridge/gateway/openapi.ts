/** The OpenAPI document of the HTTP paths, made of the schemas that check their bodies. @module */

import {
  type BridgeCommandName,
  COMMAND_SCOPES,
  ERROR_CODES,
  type Limits,
} from "../../mod.ts";
import { z } from "../deps.ts";
import type { DocumentNode } from "./asyncapi.ts";
import { COMMAND_NAMES, commandRow, hasAccount } from "../commands/table.ts";
import { BODY_BYTES } from "../endpoint/body.ts";
import { ERROR_STATUS, HTTP_CODES } from "../errors/http_status.ts";
import { PROBLEM_TYPE } from "../errors/problem.ts";
import { serverFrames } from "../schemas/server_frames.ts";
import { account, eventFilter, key, KEY_CHARS } from "../schemas/values.ts";

function schemaOf(schema: z.ZodType): DocumentNode {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}

/** Creates the OpenAPI document. */
export function openApi(version: string, limits: Limits): DocumentNode {
  return {
    openapi: "3.1.0",
    info: {
      title: "tqq bridge",
      version,
      license: { name: "MIT", identifier: "MIT" },
      description:
        `Commands and events over HTTP; the same over WebSocket is in /asyncapi.json. A body has at most ${BODY_BYTES} bytes; a token has ${limits.commandsPerMinute} commands a minute.`,
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { query: [] }],
    paths: {
      ...Object.fromEntries(
        COMMAND_NAMES.map((
          name,
        ) => [`/api/${name}`, { post: commandPath(name) }]),
      ),
      "/events": { get: eventsPath() },
      ...opsPaths(),
      ...modulePaths(),
    },
    components: {
      schemas: { Problem: problemSchema(), Event: eventSchema() },
      responses: {
        Problem: {
          description: "Not done: the code says why.",
          headers: {
            "Retry-After": {
              description: "Seconds, where it is known when to try again.",
              schema: { type: "integer" },
            },
          },
          content: { [PROBLEM_TYPE]: { schema: ref("schemas/Problem") } },
        },
      },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        query: { type: "apiKey", name: "access_token", in: "query" },
      },
    },
    "x-error-status": { ...HTTP_CODES, ...ERROR_STATUS },
  };
}

function ref(place: string): DocumentNode {
  return { $ref: `#/components/${place}` };
}

function commandPath(command: BridgeCommandName): DocumentNode {
  const { params, data, summary } = commandRow(command);
  const body = params.extend({
    ...(hasAccount(command) ? { account } : {}),
    key: key.exactOptional(),
  });
  return {
    operationId: command,
    summary: summary,
    description: `Needs the scope ${COMMAND_SCOPES[command]}.`,
    tags: ["commands"],
    parameters: [{
      name: "Idempotency-Key",
      in: "header",
      description:
        "The same as key in the body: repeated within 24 hours, the first outcome is returned.",
      schema: { type: "string", minLength: 1, maxLength: KEY_CHARS },
    }],
    requestBody: {
      required: !body.safeParse({}).success,
      content: { "application/json": { schema: schemaOf(body) } },
    },
    responses: {
      "200": jsonResponse("Done.", schemaOf(data)),
      default: ref("responses/Problem"),
    },
  };
}

function eventsPath(): DocumentNode {
  const text = (name: string, description: string) => ({
    name,
    in: "query",
    description,
    schema: { type: "string" },
  });
  return {
    operationId: "events",
    summary: "Events as server-sent events.",
    description:
      "Needs the scope read. id is <epoch>:<seq>, event the event's name, data the event frame; a gap is event gap with the gap frame.",
    tags: ["events"],
    parameters: [
      text("accounts", "QQ numbers, separated by commas. All unless said."),
      text(
        "events",
        `Event names, or what stands before a dot in them, separated by \
commas: ${eventFilter.options.join(", ")}. All unless said.`,
      ),
      text("after", "Goes on behind <epoch>:<seq>. From now on unless said."),
      {
        name: "Last-Event-ID",
        in: "header",
        description: "As after, and counts instead of it.",
        schema: { type: "string" },
      },
    ],
    responses: {
      "200": {
        description: "A stream; each data holds a frame.",
        content: { "text/event-stream": { schema: { type: "string" } } },
      },
      default: ref("responses/Problem"),
    },
  };
}

function opsPaths(): DocumentNode {
  const readiness = jsonResponse("See reasons.", {
    type: "object",
    required: ["status", "reasons", "accounts"],
    properties: {
      status: { enum: ["ready", "unready"] },
      reasons: { type: "array", items: { type: "object" } },
      accounts: { type: "object" },
      unready: { type: "array", items: { type: "object" } },
    },
  });
  const anyObject = { type: "object" };
  const open = { security: [{}], tags: ["operation"] };
  const reading = (operationId: string, summary: string, ok: DocumentNode) => ({
    get: {
      operationId,
      summary,
      tags: ["operation"],
      responses: { "200": ok, default: ref("responses/Problem") },
    },
  });
  return {
    "/healthz": {
      get: {
        ...open,
        operationId: "healthz",
        summary: "Whether the process lives.",
        responses: {
          "200": jsonResponse("It does.", {
            type: "object",
            properties: { status: { const: "ok" } },
          }),
        },
      },
    },
    "/readyz": {
      get: {
        ...open,
        operationId: "readyz",
        summary:
          "Whether every wanted account is online and polled of late, and the journal writable. Accounts by number need a token with the scope read.",
        security: [{}, { bearer: [] }, { query: [] }],
        responses: {
          "200": readiness,
          "503": readiness,
          default: ref("responses/Problem"),
        },
      },
    },
    "/metrics": reading("metrics", "Metrics for Prometheus.", {
      description: "The text form.",
      content: { "text/plain": { schema: { type: "string" } } },
    }),
    "/asyncapi.json": reading(
      "asyncapi",
      "The AsyncAPI document of /ws.",
      jsonResponse("The document.", anyObject),
    ),
    "/openapi.json": reading(
      "openapi",
      "This document.",
      jsonResponse("The document.", anyObject),
    ),
  };
}

function modulePaths(): DocumentNode {
  const answer = (description: string, ...types: string[]) => ({
    "200": {
      description,
      content: Object.fromEntries(
        types.map((type) => [type, { schema: { type: "string" } }]),
      ),
    },
    default: ref("responses/Problem"),
  });
  const entry = (operationId: string, summary: string, responses: object) => ({
    get: {
      operationId,
      summary,
      tags: ["modules"],
      security: [{}],
      responses,
    },
  });
  return {
    "/mod.ts": entry(
      "mod",
      "The client, to be imported by URL.",
      answer("TypeScript.", "application/typescript"),
    ),
    "/mod.js": entry(
      "modForBrowsers",
      "The client, for browsers.",
      answer("JavaScript.", "text/javascript"),
    ),
    "/lib/{path}": {
      get: {
        operationId: "lib",
        summary: "The modules that /mod.ts imports.",
        tags: ["modules"],
        security: [{}],
        parameters: [{
          name: "path",
          in: "path",
          required: true,
          description: "With slashes, ends in .ts or .js.",
          schema: { type: "string" },
        }],
        responses: answer(
          "TypeScript, or JavaScript.",
          "application/typescript",
          "text/javascript",
        ),
      },
    },
  };
}

function jsonResponse(description: string, schema: DocumentNode): DocumentNode {
  return { description, content: { "application/json": { schema } } };
}

function problemSchema(): DocumentNode {
  return {
    type: "object",
    required: ["type", "title", "status", "detail", "code", "retriable"],
    properties: {
      type: { const: "about:blank" },
      title: { type: "string" },
      status: { type: "integer" },
      detail: { type: "string" },
      code: { enum: [...Object.keys(ERROR_CODES), ...Object.keys(HTTP_CODES)] },
      retriable: { type: "boolean" },
      retryAfterMs: { type: "number", minimum: 0 },
    },
  };
}

function eventSchema(): DocumentNode {
  return schemaOf(serverFrames.event);
}

/** The AsyncAPI document of `/ws`, made of the schemas that check its frames. @module */

import {
  type BridgeCommandName,
  CLOSE_CODES,
  COMMAND_SCOPES,
  ERROR_CODES,
  EVENT_NAMES,
  FRAME_PROTOCOL,
  type Limits,
  MAX_MESSAGE_CHARACTERS,
  SUBPROTOCOL,
} from "../../../mod.ts";
import { COMMAND_NAMES, commandRow } from "../../commands/table.ts";
import {
  addFrames,
  addValues,
  type DocumentNode,
  NamedSchemas,
  schemaRef,
  toTypeName,
} from "./components.ts";

/** Creates the AsyncAPI document. */
export function asyncApi(
  version: string,
  limits: Limits,
  basePath = "",
): DocumentNode {
  const schemas = new NamedSchemas();
  addValues(schemas);
  addFrames(schemas);
  const messages = {
    ...clientMessages(),
    ...serverMessages(),
    ...commandMessages(),
  };
  return {
    asyncapi: "3.0.0",
    id: "urn:tqq:bridge",
    info: {
      title: "tqq bridge",
      version,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
      contact: { name: "tqq" },
      description: description(limits),
      tags: [{ name: "commands" }, { name: "events" }],
    },
    servers: {
      bridge: {
        host: "{host}",
        ...(basePath === "" ? {} : { pathname: basePath }),
        protocol: "ws",
        description: "The bridge that served this document.",
        variables: {
          host: {
            default: "127.0.0.1:8080",
            description: "Host and port of the bridge.",
          },
        },
      },
    },
    defaultContentType: "application/json",
    channels: {
      ws: {
        address: "/ws",
        title: "Events and commands",
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [
            name,
            { $ref: `#/components/messages/${name}` },
          ]),
        ),
        bindings: {
          ws: {
            method: "GET",
            query: schemaRef("Query"),
            bindingVersion: "0.1.0",
          },
        },
      },
    },
    operations: operations(),
    components: {
      schemas: schemas.toComponents("draft-7"),
      messages,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        query: { type: "httpApiKey", name: "access_token", in: "query" },
        hello: {
          type: "apiKey",
          in: "user",
          description: "The field `token` of the frame `hello`.",
        },
      },
    },
    "x-protocol": FRAME_PROTOCOL,
    "x-subprotocol": SUBPROTOCOL,
    "x-limits": limits,
    "x-error-codes": Object.fromEntries(
      Object.entries(ERROR_CODES).map(([code, retriable]) => [
        code,
        { retriable },
      ]),
    ),
    "x-close-codes": CLOSE_CODES,
    "x-scopes": COMMAND_SCOPES,
  };
}

function description(limits: Limits): string {
  const closes = Object.entries(CLOSE_CODES).map(([code, close]) =>
    `- ${code}: ${close.meaning}; ${
      close.reconnect ? "connect again after a while" : "do not connect again"
    }`
  );
  return [
    "JSON text frames, one object each; `type` says which. The bridge ignores unknown fields, and clients must ignore them too.",
    `A frame has at most ${limits.frameBytes} bytes in ${limits.fragments} fragments, nests at most ${limits.jsonDepth} deep, and carries a text of at most ${MAX_MESSAGE_CHARACTERS} characters. A connection has ${limits.commandsPerMinute} commands a minute.`,
    `The bridge pings every ${limits.pingMs} ms and waits ${limits.pongMs} ms for the pong. The token comes with the request, or in \`hello\` within ${limits.helloMs} ms.`,
    ...connectionLimits(limits),
    "Close codes:\n" + closes.join("\n"),
    `Error codes: ${Object.keys(ERROR_CODES).join(", ")}.`,
  ].join("\n\n");
}

function connectionLimits(
  { connections, connectionsPerToken, connectionsPerAddress, stallMs }: Limits,
): string[] {
  const most = [
    [connections, ""],
    [connectionsPerToken, " with one token"],
    [connectionsPerAddress, " of one address"],
  ].flatMap(([count, of]) => count === undefined ? [] : [`${count}${of}`]);
  return [
    ...(most.length === 0 ? [] : [
      `At most ${
        most.join(", ")
      } connections are open, event streams included.`,
    ]),
    ...(stallMs === undefined ? [] : [
      `A reader that makes no progress for ${stallMs} ms is closed.`,
    ]),
  ];
}

function clientMessages(): DocumentNode {
  return {
    hello: message("Hello", "The token, if the request has none.", [
      { type: "hello", token: "the-token" },
    ]),
    subscribe: message("Subscribe", "Changes what the connection receives.", [
      {
        type: "subscribe",
        id: 2,
        accounts: ["10001"],
        events: ["message"],
        after: { epoch: "k3f9", seq: 4100 },
      },
    ]),
    ack: message(
      "Ack",
      "Moves a consumer's position: everything up to seq is handled.",
      [{ type: "ack", seq: 4183 }],
    ),
  };
}

function serverMessages(): DocumentNode {
  return {
    welcome: message(
      "Welcome",
      "The first frame, once the token is known. The frames of this connection start after the position `after`.",
    ),
    event: message("EventFrame", `One of ${EVENT_NAMES.join(", ")}.`, [{
      type: "event",
      seq: 4183,
      at: "2026-11-23T19:20:00.123Z",
      account: "10001",
      event: "message",
      data: { from: "10002", text: "hi" },
    }]),
    gap: message(
      "Gap",
      "Events that are missing before what follows: trimmed, of another epoch, or not there yet.",
      [{ type: "gap", epoch: "k3f9", from: 4101, to: 4150, reason: "trimmed" }],
    ),
    error: message(
      "ErrorResult",
      "Why a command, a subscribe or an invalid frame was not executed.",
      [{
        type: "result",
        id: "a1",
        ok: false,
        error: {
          code: "penalised",
          message: "..",
          retriable: true,
          retryAfterMs: 20000,
        },
      }],
    ),
    subscribeResult: message(
      "SubscribeResult",
      "The position after which the subscription starts.",
      [{
        type: "result",
        id: 2,
        ok: true,
        data: { epoch: "k3f9", seq: 4100 },
      }],
    ),
  };
}

/** The messages of each command: the command with its parameters, and its result. */
function commandMessages(): DocumentNode {
  const examples: Partial<Record<BridgeCommandName, [unknown, unknown]>> = {
    send: [
      {
        type: "command",
        id: "a1",
        account: "10001",
        command: "send",
        params: { to: "10002", text: "hi" },
        key: "optional",
      },
      { type: "result", id: "a1", ok: true, data: { seq: 4184 } },
    ],
  };
  return Object.fromEntries(COMMAND_NAMES.flatMap((name) => {
    const [command, result] = examples[name] ?? [];
    const typeName = toTypeName(name);
    const { summary } = commandRow(name);
    return [
      [
        `${name}Command`,
        message(
          `${typeName}Command`,
          `${summary} Scope ${COMMAND_SCOPES[name]}.`,
          command === undefined ? [] : [command],
        ),
      ],
      [
        `${name}Result`,
        message(
          `${typeName}Result`,
          `The result of ${name}.`,
          result === undefined ? [] : [result],
        ),
      ],
    ];
  }));
}

/** A message whose payload is the schema of its name. */
function message(
  name: string,
  summary: string,
  examples: readonly unknown[] = [],
): DocumentNode {
  return {
    name,
    title: name,
    summary,
    contentType: "application/json",
    payload: schemaRef(name),
    ...(examples.length === 0
      ? {}
      : { examples: examples.map((payload) => ({ payload })) }),
  };
}

/** Operations from the bridge's side: it receives what clients send. */
function operations(): DocumentNode {
  const channel = { $ref: "#/channels/ws" };
  const messages = (...names: string[]) => ({
    channel,
    messages: names.map((name) => ({ $ref: `#/channels/ws/messages/${name}` })),
  });
  const security = (...names: string[]) => ({
    security: names.map((name) => ({
      $ref: `#/components/securitySchemes/${name}`,
    })),
  });
  const request = security("bearer", "query");
  return {
    hello: {
      action: "receive",
      summary: "Opens a connection whose request has no token.",
      ...messages("hello"),
      reply: messages("welcome"),
      ...security("hello"),
    },
    subscribe: {
      action: "receive",
      summary: "Changes the subscription.",
      ...messages("subscribe"),
      reply: messages("subscribeResult", "error"),
      ...request,
    },
    ack: {
      action: "receive",
      summary: "Acknowledges events.",
      ...messages("ack"),
      ...request,
    },
    ...Object.fromEntries(COMMAND_NAMES.map((name) => [name, {
      action: "receive",
      summary: commandRow(name).summary,
      tags: [{ name: "commands" }],
      ...messages(`${name}Command`),
      reply: messages(`${name}Result`, "error"),
      ...request,
    }])),
    sendEvents: {
      action: "send",
      summary: "What the bridge sends without being asked.",
      tags: [{ name: "events" }],
      ...messages("welcome", "event", "gap", "error"),
      ...request,
    },
  };
}

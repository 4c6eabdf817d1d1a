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
  POSITION_PATTERN,
  SUBPROTOCOL,
} from "../../mod.ts";
import { z } from "../deps.ts";
import { COMMAND_NAMES, commandRow, hasAccount } from "../commands/table.ts";
import { clientFrames } from "../schemas/client_frames.ts";
import { serverFrames } from "../schemas/server_frames.ts";
import { account, consumer, eventFilter, key } from "../schemas/values.ts";

/** A JSON value of a document. */
export type DocumentNode = { [name: string]: unknown };

/** Converts a schema. Unknown fields stay allowed, because later versions may add some. */
function schemaOf(schema: z.ZodType): DocumentNode {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
  });
  return rest;
}

/** Creates the AsyncAPI document. */
export function asyncApi(version: string, limits: Limits): DocumentNode {
  const messages = { ...clientMessages(), ...serverMessages() };
  const inChannel = Object.fromEntries(
    Object.keys(messages).map((name) => [name, messageRef(name)]),
  );
  return {
    asyncapi: "3.1.0",
    info: {
      title: "tqq bridge",
      version,
      license: { name: "MIT" },
      description: description(limits),
    },
    defaultContentType: "application/json",
    channels: {
      ws: {
        address: "/ws",
        title: "Events and commands",
        messages: inChannel,
        bindings: {
          ws: { method: "GET", query: query(), bindingVersion: "0.1.0" },
        },
      },
    },
    operations: operations(),
    components: {
      messages,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        query: { type: "httpApiKey", name: "access_token", in: "query" },
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
    "JSON text frames, one object each, told apart by `type`. Unknown fields are to be ignored, and are.",
    `A frame has at most ${limits.frameBytes} bytes in ${limits.fragments} fragments, nests at most ${limits.jsonDepth} deep, and carries a text of at most ${MAX_MESSAGE_CHARACTERS} characters. A connection has ${limits.commandsPerMinute} commands a minute.`,
    `The bridge pings every ${limits.pingMs} ms and waits ${limits.pongMs} ms for the pong. The token comes with the request, or in \`hello\` within ${limits.helloMs} ms.`,
    ...roomText(limits),
    "Close codes:\n" + closes.join("\n"),
    `Error codes: ${Object.keys(ERROR_CODES).join(", ")}.`,
  ].join("\n\n");
}

function roomText(
  { connections, connectionsPerToken, connectionsPerAddress, stallMs }: Limits,
): string[] {
  const most = [
    [connections, ""],
    [connectionsPerToken, " with one token"],
    [connectionsPerAddress, " of one address"],
  ].flatMap(([count, of]) => count === undefined ? [] : [`${count}${of}`]);
  return [
    ...(most.length === 0 ? [] : [
      `At most ${most.join(", ")} connections are open, event streams counted.`,
    ]),
    ...(stallMs === undefined ? [] : [
      `A reader that makes no progress for ${stallMs} ms is ended.`,
    ]),
  ];
}

function query(): DocumentNode {
  return {
    type: "object",
    properties: {
      access_token: { type: "string", description: "The token." },
      accounts: {
        type: "string",
        description: "QQ numbers, separated by commas. All unless said.",
      },
      events: {
        type: "string",
        description: `Event names, or what stands before a dot in them, \
separated by commas: ${eventFilter.options.join(", ")}. All unless said.`,
      },
      after: {
        type: "string",
        pattern: POSITION_PATTERN.source,
        description: "Goes on behind <epoch>:<seq>. From now on unless said.",
      },
      consumer: {
        ...schemaOf(consumer),
        description:
          "A name under which the bridge keeps the position that ack moves.",
      },
    },
  };
}

function clientMessages(): DocumentNode {
  const { hello, subscribe, ack } = clientFrames;
  return {
    hello: message("The token, where the request carried none.", hello, [
      { type: "hello", token: "the-token" },
    ]),
    subscribe: message("Changes what the connection gets.", subscribe, [
      {
        type: "subscribe",
        id: 2,
        accounts: ["10001"],
        events: ["message"],
        after: { epoch: "k3f9", seq: 4100 },
      },
    ]),
    ack: message("Moves a consumer's position: all up to seq is taken.", ack, [
      { type: "ack", seq: 4183 },
    ]),
    command: {
      ...message("Asks the bridge to do something.", z.unknown(), [{
        type: "command",
        id: "a1",
        account: "10001",
        command: "send",
        params: { to: "10002", text: "hi" },
        key: "optional",
      }]),
      payload: { type: "object", oneOf: COMMAND_NAMES.map(commandPayload) },
    },
  };
}

/** The frame of one command with its parameters. */
function commandPayload(command: BridgeCommandName): DocumentNode {
  const { params, data, summary } = commandRow(command);
  const optional = params.safeParse({}).success;
  const schema = clientFrames.command.extend({
    command: z.literal(command),
    account: hasAccount(command) ? account : account.exactOptional(),
    params: optional ? params.exactOptional() : params,
    key: key.exactOptional(),
  });
  return {
    ...schemaOf(schema),
    title: command,
    description: `${summary} Scope ${COMMAND_SCOPES[command]}.`,
    "x-result": schemaOf(data),
  };
}

function serverMessages(): DocumentNode {
  const { welcome, event, result, gap } = serverFrames;
  return {
    welcome: message(
      "The first frame, once the token is known. `after` is the position behind which the frames of this connection start.",
      welcome,
    ),
    event: message(
      `Something that happened to an account: ${EVENT_NAMES.join(", ")}.`,
      event,
      [{
        type: "event",
        seq: 4183,
        at: "2026-11-23T19:20:00.123Z",
        account: "10001",
        event: "message",
        data: { from: "10002", text: "hi" },
      }],
    ),
    result: message(
      "The answer to a command, a subscribe, or a frame that is invalid.",
      result,
      [
        { type: "result", id: "a1", ok: true, data: { seq: 4184 } },
        {
          type: "result",
          id: "a1",
          ok: false,
          error: {
            code: "penalised",
            message: "..",
            retriable: true,
            retryAfterMs: 20000,
          },
        },
      ],
    ),
    gap: message(
      "Events that are missing before what follows: trimmed, of another epoch, or not there yet.",
      gap,
      [{ type: "gap", epoch: "k3f9", from: 4101, to: 4150, reason: "trimmed" }],
    ),
  };
}

function message(
  summary: string,
  schema: z.ZodType,
  examples: readonly unknown[] = [],
): DocumentNode {
  return {
    summary,
    contentType: "application/json",
    payload: schemaOf(schema),
    ...(examples.length === 0
      ? {}
      : { examples: examples.map((payload) => ({ payload })) }),
  };
}

function messageRef(name: string): DocumentNode {
  return { $ref: `#/components/messages/${name}` };
}

/** Operations from the bridge's side: it receives what clients send. */
function operations(): DocumentNode {
  const channel = { $ref: "#/channels/ws" };
  const on = (...names: string[]) =>
    names.map((name) => ({ $ref: `#/channels/ws/messages/${name}` }));
  const answered = { reply: { channel, messages: on("result") } };
  const security = [
    { $ref: "#/components/securitySchemes/bearer" },
    { $ref: "#/components/securitySchemes/query" },
  ];
  return {
    takeHello: { action: "receive", channel, messages: on("hello") },
    takeSubscribe: {
      action: "receive",
      channel,
      messages: on("subscribe"),
      security,
      ...answered,
    },
    takeCommand: {
      action: "receive",
      channel,
      messages: on("command"),
      security,
      ...answered,
    },
    takeAck: {
      action: "receive",
      channel,
      messages: on("ack"),
      security,
    },
    sendEvents: {
      action: "send",
      channel,
      messages: on("welcome", "event", "gap"),
      security,
    },
  };
}

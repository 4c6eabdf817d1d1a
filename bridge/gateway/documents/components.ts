/** Named schemas of the API documents. @module */

import {
  ACCOUNT_STATES,
  type BridgeCommandName,
  EVENT_NAMES,
  type EventName,
  SCOPES,
  SEXES,
  STATUSES,
} from "../../../mod.ts";
import {
  COMMAND_NAMES,
  commandRow,
  hasAccount,
  needsAccount,
} from "../../commands/table.ts";
import * as z from "../../deps_zod.ts";
import { clientFrames } from "../../schemas/client_frames.ts";
import {
  accountDetails,
  accountInfo,
  eventData,
  eventFrame,
  frameError,
  serverFrames,
} from "../../schemas/server_frames.ts";
import {
  account,
  consumer,
  eventFilter,
  instant,
  key,
  names,
} from "../../schemas/values.ts";

/** A JSON value of a document. */
export type DocumentNode = { [name: string]: unknown };

/** The JSON Schema that a kind of document uses. */
export type SchemaTarget = "draft-7" | "draft-2020-12";

const ROOT = "#/components/schemas/";

/** Schemas by name, which other schemas refer to. Nothing that generators make a type of is left without a name. */
export class NamedSchemas {
  readonly #registry = z.registry<{ id: string }>();

  /** Names a schema, and returns a reference to it. */
  add(name: string, schema: z.ZodType): DocumentNode {
    this.#registry.add(schema, { id: name });
    return schemaRef(name);
  }

  /** Returns all schemas by name; what they contain is named after its place. */
  toComponents(target: SchemaTarget): Record<string, DocumentNode> {
    const { schemas } = z.toJSONSchema(this.#registry, {
      target,
      // Unknown fields stay allowed, because later versions may add some.
      io: "input",
      uri: (id) => ROOT + id,
    });
    const parts = new Parts();
    for (
      const [name, { $schema: _, $id: __, ...schema }] of Object.entries(
        schemas,
      )
    ) {
      parts.add(name, schema);
    }
    return parts.components;
  }
}

export function schemaRef(name: string): DocumentNode {
  return { $ref: ROOT + name };
}

/** Returns the name of a type: `message.sent` becomes `MessageSent`. */
export function toTypeName(name: string): string {
  return name.split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
}

/** Names the schemas that frames, parameters and results share. */
export function addValues(schemas: NamedSchemas): void {
  schemas.add("AccountState", z.enum(ACCOUNT_STATES));
  schemas.add("PresenceStatus", z.enum(names(STATUSES)));
  schemas.add("Sex", z.enum(names(SEXES)));
  schemas.add("Scope", z.enum(SCOPES));
  schemas.add("QqNumber", account);
  schemas.add("Instant", instant);
  schemas.add("AccountDetails", accountDetails);
  schemas.add("EventFrame", eventFrame);
  for (const option of eventFrame.options) {
    schemas.add(`${toTypeName(option.shape.event.value)}Event`, option);
  }
  for (const name of EVENT_NAMES) {
    schemas.add(`${toTypeName(name)}EventData`, eventData[name as EventName]);
  }
  const [unknownMail, rawMail] = eventData.unknown.options;
  schemas.add("UnknownMail", unknownMail);
  schemas.add("RawMail", rawMail);
  for (const name of COMMAND_NAMES) {
    schemas.add(`${toTypeName(name)}Data`, commandRow(name).data);
  }
}

/** Names the body of each command's request over HTTP. */
export function addBodies(schemas: NamedSchemas): void {
  for (const name of COMMAND_NAMES) {
    schemas.add(`${toTypeName(name)}Body`, commandBody(name));
  }
}

/** Returns the schema of the body of a command's request over HTTP. */
export function commandBody(command: BridgeCommandName): z.ZodType {
  return commandRow(command).params.extend({
    ...(hasAccount(command)
      ? { account: needsAccount(command) ? account : account.exactOptional() }
      : {}),
    key: key.exactOptional(),
  });
}

/** Names the schemas of the frames. */
export function addFrames(schemas: NamedSchemas): void {
  const { subscribe, ack } = clientFrames;
  const { welcome, gap } = serverFrames;
  const { type, id } = serverFrames.result.options[0].shape;
  const done = { type, id, ok: z.literal(true) };
  schemas.add("EventFilter", eventFilter);
  schemas.add("FrameId", clientFrames.command.shape.id);
  schemas.add("Position", clientFrames.subscribe.shape.after.unwrap());
  schemas.add("Query", querySchema());
  schemas.add("Hello", helloFrame(schemas));
  schemas.add("Subscribe", subscribe);
  schemas.add("Ack", ack);
  schemas.add("AccountInfo", accountInfo);
  schemas.add("Welcome", welcome);
  schemas.add("Gap", gap);
  schemas.add("FrameError", frameError);
  schemas.add("ErrorResult", serverFrames.result.options[1]);
  schemas.add(
    "SubscribeResult",
    z.object({ ...done, data: subscribe.shape.after.unwrap() }),
  );
  for (const name of COMMAND_NAMES) {
    const typeName = toTypeName(name);
    schemas.add(`${typeName}Command`, commandFrame(name));
    const { params, data } = commandRow(name);
    schemas.add(`${typeName}Params`, params);
    schemas.add(`${typeName}Result`, z.object({ ...done, data }));
  }
}

/** As two types, because generators make one type of an object with two sets of required fields. */
function helloFrame(schemas: NamedSchemas): z.ZodType {
  const { type, token, proof } = clientFrames.hello.shape;
  const withToken = z.object({ type, token: token.unwrap() });
  const withProof = z.object({ type, proof: proof.unwrap() });
  schemas.add("HelloWithToken", withToken);
  schemas.add("HelloWithProof", withProof);
  return z.xor([withToken, withProof]);
}

function commandFrame(command: BridgeCommandName): z.ZodType {
  const { params } = commandRow(command);
  return clientFrames.command.extend({
    command: z.literal(command),
    account: needsAccount(command) ? account : account.exactOptional(),
    params: params.safeParse({}).success ? params.exactOptional() : params,
    key: key.exactOptional(),
  });
}

function querySchema(): z.ZodType {
  return z.object({
    access_token: z.string().describe("The token."),
    accounts: z.string().describe(ACCOUNTS_TEXT),
    events: z.string().describe(EVENTS_TEXT),
    after: z.string().describe(AFTER_TEXT),
    consumer: consumer.describe(
      "Name under which the bridge keeps the position that ack moves.",
    ),
  }).partial();
}

/** Description of `accounts` in a query. */
export const ACCOUNTS_TEXT =
  "QQ numbers, separated by commas; by default all that the token reaches.";

/** Description of `events` in a query. */
export const EVENTS_TEXT =
  `Event names, or what precedes the dot in them, separated by commas: ${
    eventFilter.options.join(", ")
  }; by default all.`;

/** Description of `after` in a query. */
export const AFTER_TEXT = "Events after <epoch>:<seq>; by default from now on.";

/** Takes schemas apart, so that each object, union and choice has a name. */
class Parts {
  readonly components: Record<string, DocumentNode> = {};
  readonly #names = new Map<string, string>();

  /** Adds a schema; its parts are named after their places, or as an equal one that is there already. */
  add(name: string, schema: DocumentNode): void {
    const content = JSON.stringify(schema);
    if (!this.#names.has(content)) this.#names.set(content, name);
    this.components[name] = { title: name, ...this.#split(schema, name) };
  }

  #split(schema: DocumentNode, name: string): DocumentNode {
    const copy: DocumentNode = { ...schema };
    const { properties, items, additionalProperties } = schema;
    if (isNode(properties)) {
      copy.properties = Object.fromEntries(
        Object.entries(properties).map(([field, part]) => [
          field,
          this.#part(part, name + toTypeName(field)),
        ]),
      );
    }
    if (items !== undefined) copy.items = this.#part(items, `${name}Item`);
    if (additionalProperties !== undefined) {
      copy.additionalProperties = this.#part(
        additionalProperties,
        `${name}Value`,
      );
    }
    for (const union of ["oneOf", "anyOf"] as const) {
      const options = schema[union];
      if (!Array.isArray(options)) continue;
      const isNullable = countTypes(options) === 1;
      copy[union] = options.map((option, index) =>
        this.#part(option, isNullable ? name : `${name}Option${index + 1}`)
      );
    }
    return copy;
  }

  #part(schema: unknown, name: string): unknown {
    if (!isNode(schema)) return schema;
    const { allOf } = schema;
    // Generators make another, anonymous type of a reference that is wrapped.
    if (Array.isArray(allOf) && Object.keys(schema).length === 1) {
      return allOf[0];
    }
    if (!needsName(schema)) return this.#split(schema, name);
    const known = this.#names.get(JSON.stringify(schema));
    if (known === undefined) this.add(name, schema);
    return schemaRef(known ?? name);
  }
}

function needsName(schema: DocumentNode): boolean {
  const { properties, oneOf, anyOf } = schema;
  return isNode(properties) || Array.isArray(schema.enum) ||
    [oneOf, anyOf].some((options) =>
      Array.isArray(options) && countTypes(options) > 1
    );
}

function countTypes(options: readonly unknown[]): number {
  return options.filter((one) => isNode(one) && one.type !== "null").length;
}

function isNode(value: unknown): value is DocumentNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Fields of a form from a JSON schema, and what is wrong with a value. @module */

import type { LabelName } from "../labels.ts";

/** The parts of JSON schema that the documents of the bridge use. */
export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
}

/** Schemas by the name that `$ref` ends with. */
export type Schemas = Readonly<Record<string, Schema>>;

/** How a field is edited. `json` takes every value that the others cannot. */
export type FieldKind =
  | "text"
  | "longText"
  | "secret"
  | "time"
  | "number"
  | "boolean"
  | "choice"
  | "list"
  | "map"
  | "json";

export interface SchemaField {
  name: string;
  kind: FieldKind;
  /** Schema of the value, without `null`. */
  schema: Schema;
  isRequired: boolean;
  /** Whether `null` is a value, which clears what is set. */
  isNullable: boolean;
  /** Values of a choice, or of the items of a list. */
  choices: readonly string[] | undefined;
}

/** Value of a form: parameters by name. */
export type FormValue = Readonly<Record<string, unknown>>;

/** What is wrong with a field, as the name and the values of a text. */
export interface FieldProblem {
  /** Field, and where it is in a list or map. */
  path: string;
  label: LabelName;
  values: Readonly<Record<string, string | number>>;
}

/** Names of fields whose values are secrets: they are neither shown nor kept. */
export const SECRET_NAME = /password|token|secret/i;

/** From this length on a text is edited in several lines. */
const LONG_TEXT = 1000;

/** Follows `$ref`, and unites `anyOf` with `null`. */
export function resolveSchema(schema: Schema, schemas: Schemas): Schema {
  let found = schema;
  // References of references; a cycle ends here.
  for (let depth = 0; found.$ref !== undefined && depth < 8; depth++) {
    found = schemas[found.$ref.split("/").at(-1)!] ?? {};
  }
  return found;
}

/** Fields of an object schema, the required ones first. */
export function fieldsOf(schema: Schema, schemas: Schemas): SchemaField[] {
  const object = resolveSchema(schema, schemas);
  const required = new Set(object.required ?? []);
  const all = Object.entries(object.properties ?? {}).map(([name, one]) =>
    toField(name, one, required.has(name), schemas)
  );
  return [
    ...all.filter(({ isRequired }) => isRequired),
    ...all.filter(({ isRequired }) => !isRequired),
  ];
}

function toField(
  name: string,
  given: Schema,
  isRequired: boolean,
  schemas: Schemas,
): SchemaField {
  let schema = resolveSchema(given, schemas);
  let isNullable = false;
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) {
    const others = options.map((one) => resolveSchema(one, schemas))
      .filter(({ type }) => type !== "null");
    isNullable = others.length < options.length;
    if (others.length === 1) schema = others[0]!;
  }
  if (Array.isArray(schema.type)) {
    const others = schema.type.filter((one) => one !== "null");
    isNullable = others.length < schema.type.length;
    if (others.length === 1) schema = { ...schema, type: others[0]! };
  }
  const items = schema.items === undefined
    ? undefined
    : resolveSchema(schema.items, schemas);
  return {
    name,
    kind: kindOf(name, schema, items, schemas),
    schema,
    isRequired,
    isNullable,
    choices: choicesOf(schema) ?? (items && choicesOf(items)),
  };
}

function choicesOf(schema: Schema): string[] | undefined {
  return schema.enum?.every((one) => typeof one === "string")
    ? schema.enum as string[]
    : undefined;
}

function kindOf(
  name: string,
  schema: Schema,
  items: Schema | undefined,
  schemas: Schemas,
): FieldKind {
  if (choicesOf(schema) !== undefined) return "choice";
  switch (schema.type) {
    case "string":
      if (SECRET_NAME.test(name) && schema.const === undefined) {
        return "secret";
      }
      if (schema.format === "date-time") return "time";
      return (schema.maxLength ?? 0) >= LONG_TEXT && name !== "url"
        ? "longText"
        : "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      return items?.type === "string" ? "list" : "json";
    case "object": {
      const { additionalProperties: rest } = schema;
      return typeof rest === "object" && schema.properties === undefined &&
          resolveSchema(rest, schemas).type === "string"
        ? "map"
        : "json";
    }
    default:
      return "json";
  }
}

/** What is wrong with the value of a form; empty if nothing is. */
export function findProblems(
  fields: readonly SchemaField[],
  value: FormValue,
  schemas: Schemas,
): FieldProblem[] {
  const names = new Set(fields.map(({ name }) => name));
  const unknown = Object.keys(value).filter((name) => !names.has(name)).map((
    name,
  ): FieldProblem => ({ path: name, label: "uiErrorName", values: { name } }));
  return [
    ...fields.flatMap((field) => {
      const one = value[field.name];
      if (one === undefined) {
        return field.isRequired ? [problem(field.name, "uiErrorMissing")] : [];
      }
      if (one === null && field.isNullable) return [];
      return checkValue(field.name, one, field.schema, schemas);
    }),
    ...unknown,
  ];
}

function problem(
  path: string,
  label: LabelName,
  values: Readonly<Record<string, string | number>> = {},
): FieldProblem {
  return { path, label, values };
}

function checkValue(
  path: string,
  value: unknown,
  given: Schema,
  schemas: Schemas,
): FieldProblem[] {
  const schema = resolveSchema(given, schemas);
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) {
    const results = options.map((one) => checkValue(path, value, one, schemas));
    return results.find((found) => found.length === 0) ?? results[0] ?? [];
  }
  if (schema.const !== undefined) {
    return value === schema.const
      ? []
      : [problem(path, "uiErrorOption", { options: String(schema.const) })];
  }
  if (schema.enum !== undefined) {
    return schema.enum.includes(value)
      ? []
      : [problem(path, "uiErrorOption", { options: schema.enum.join(", ") })];
  }
  switch (schema.type) {
    case "string":
      return checkText(path, value, schema);
    case "integer":
    case "number":
      return checkNumber(path, value, schema);
    case "boolean":
      return typeof value === "boolean"
        ? []
        : [problem(path, "uiErrorType", { type: "true, false" })];
    case "array":
      return checkList(path, value, schema, schemas);
    case "object":
      return checkObject(path, value, schema, schemas);
    default:
      return [];
  }
}

function checkText(
  path: string,
  value: unknown,
  { minLength = 0, maxLength, pattern, format }: Schema,
): FieldProblem[] {
  if (typeof value !== "string") {
    return [problem(path, "uiErrorType", { type: "string" })];
  }
  const length = [...value].length;
  if (length === 0 && (minLength > 0 || pattern !== undefined)) {
    return [problem(path, "uiErrorEmpty")];
  }
  if (length < minLength) {
    return [problem(path, "uiErrorMinLength", { n: minLength })];
  }
  if (maxLength !== undefined && length > maxLength) {
    return [problem(path, "uiErrorMaxLength", { n: length, most: maxLength })];
  }
  if (pattern === undefined || new RegExp(pattern).test(value)) return [];
  if (format === "date-time") return [problem(path, "uiErrorTime")];
  return /^\^\\d\{1,\d+\}\$$/.test(pattern)
    ? [problem(path, "uiErrorQqNumber")]
    : [problem(path, "uiErrorPattern", { pattern })];
}

function checkNumber(
  path: string,
  value: unknown,
  { type, minimum, maximum }: Schema,
): FieldProblem[] {
  if (
    typeof value !== "number" || type === "integer" && !Number.isInteger(value)
  ) {
    return [problem(path, "uiErrorInteger")];
  }
  if (minimum !== undefined && value < minimum) {
    return [problem(path, "uiErrorMin", { least: minimum })];
  }
  return maximum !== undefined && value > maximum
    ? [problem(path, "uiErrorMax", { most: maximum })]
    : [];
}

function checkList(
  path: string,
  value: unknown,
  { items, minItems = 0, maxItems = Infinity }: Schema,
  schemas: Schemas,
): FieldProblem[] {
  if (!Array.isArray(value)) {
    return [problem(path, "uiErrorType", { type: "list" })];
  }
  if (value.length < minItems || value.length > maxItems) {
    return [
      problem(path, "uiErrorItems", {
        n: value.length,
        least: minItems,
        most: maxItems,
      }),
    ];
  }
  if (items === undefined) return [];
  return value.flatMap((one, at) =>
    checkValue(`${path}[${at}]`, one, items, schemas)
  );
}

function checkObject(
  path: string,
  value: unknown,
  schema: Schema,
  schemas: Schemas,
): FieldProblem[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [problem(path, "uiErrorType", { type: "object" })];
  }
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name) => !(name in value)).map((name) =>
    problem(`${path}.${name}`, "uiErrorMissing")
  );
  const inner = Object.entries(value).flatMap(([name, one]) => {
    const at = `${path}.${name}`;
    const known = properties[name];
    if (known !== undefined) return checkValue(at, one, known, schemas);
    if (additionalProperties === false) {
      return [problem(at, "uiErrorName", { name })];
    }
    const names = schema.propertyNames === undefined
      ? []
      : checkValue(at, name, schema.propertyNames, schemas);
    return typeof additionalProperties === "object"
      ? [...names, ...checkValue(at, one, additionalProperties, schemas)]
      : names;
  });
  return [...missing, ...inner];
}

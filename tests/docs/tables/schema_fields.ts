/** The fields of a zod schema, in short. */

import type * as z from "../../../bridge/deps_zod.ts";
import { code, codes } from "./texts.ts";

/** Most fields or words that are written out of what lies in a field. */
const MAX_INNER = 4;

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
}

function definitionOf(schema: z.ZodType): Definition {
  return schema.def as unknown as Definition;
}

/** The names of an object's fields; those that may be missing end in `?`. */
export function fieldNames(schema: z.ZodType): string {
  const { type, shape, options } = definitionOf(schema);
  if (type === "union") return options!.map(fieldNames).join(" / ");
  const names = Object.entries(shape ?? {}).map(([name, field]) =>
    definitionOf(field).type === "optional" ? `${name}?` : name
  );
  return names.length === 0 ? "" : code(names.join(", "));
}

/** The same, with the inner fields of a list and the words of a choice, if there are few. */
export function fieldTexts(schema: z.ZodType): string {
  const { shape = {} } = definitionOf(schema);
  const fields = Object.entries(shape);
  if (fields.length !== 1) return fieldNames(schema);
  const [[name, field]] = fields as [[string, z.ZodType]];
  const inner = innerTexts(field);
  return inner === "" ? code(name) : `${code(name)}: ${inner}`;
}

function innerTexts(schema: z.ZodType): string {
  const { type, element, entries, shape } = definitionOf(schema);
  if (type === "array") return innerTexts(element!);
  const names = Object.keys(
    (type === "enum" ? entries : type === "object" ? shape : {}) ?? {},
  );
  return names.length > MAX_INNER ? "" : codes(names);
}

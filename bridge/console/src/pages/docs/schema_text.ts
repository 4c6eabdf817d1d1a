/** Schemas as text, for tables. @module */

import {
  resolveSchema,
  type Schema,
  type Schemas,
} from "../../ui/form/schema.ts";

export interface PropertyText {
  name: string;
  type: string;
  isRequired: boolean;
}

/** Properties of an object; of each form if there are several. */
export function propertiesOf(
  schema: Schema,
  schemas: Schemas,
): PropertyText[] {
  const found = resolveSchema(schema, schemas);
  const forms = found.anyOf ?? found.oneOf;
  if (forms !== undefined) {
    const all = forms.flatMap((one) => propertiesOf(one, schemas));
    return all.filter(({ name }, at) =>
      all.findIndex((one) => one.name === name) === at
    );
  }
  return Object.entries(found.properties ?? {}).map(([name, one]) => ({
    name,
    type: formatType(one, schemas),
    isRequired: found.required?.includes(name) === true,
  }));
}

/** Type of a value, such as `QqNumber`, `integer 0 to 3` or `list of string`. */
export function formatType(schema: Schema, schemas: Schemas): string {
  const name = schema.$ref?.split("/").at(-1);
  const found = resolveSchema(schema, schemas);
  const forms = found.anyOf ?? found.oneOf;
  if (forms !== undefined) {
    return forms.map((one) => formatType(one, schemas)).join(" | ");
  }
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum !== undefined) {
    return found.enum.map((one) => JSON.stringify(one)).join(" | ");
  }
  if (name === "QqNumber") return name;
  const types = typeof found.type === "string" ? [found.type] : found.type;
  return (types ?? ["any"]).map((type) => {
    switch (type) {
      case "string":
        return found.format === "date-time"
          ? "time"
          : `string${formatRange(found.minLength, found.maxLength)}`;
      case "integer":
      case "number":
        return `${type}${formatRange(found.minimum, found.maximum)}`;
      case "array":
        return `list of ${formatType(found.items ?? {}, schemas)}`;
      case "object": {
        const { additionalProperties: rest } = found;
        if (found.properties === undefined && typeof rest === "object") {
          return `map of ${formatType(rest, schemas)}`;
        }
        const inner = propertiesOf(found, schemas);
        return `{ ${
          inner.map(({ name, isRequired }) => isRequired ? name : `${name}?`)
            .join(", ")
        } }`;
      }
      default:
        return type;
    }
  }).join(" | ");
}

function formatRange(from: number | undefined, to: number | undefined): string {
  const hasEnd = to !== undefined && to < Number.MAX_SAFE_INTEGER;
  const hasStart = from !== undefined && from > Number.MIN_SAFE_INTEGER;
  if (hasStart && hasEnd) return ` ${from} to ${to}`;
  if (hasEnd) return ` up to ${to}`;
  return hasStart && from !== 0 ? ` from ${from}` : "";
}

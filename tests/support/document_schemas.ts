import { assert } from "@std/assert";
import { Ajv2020 } from "../deps.ts";

/** The part of an API document that values are compared with. */
export interface ApiDocument {
  components: { schemas: Record<string, object> };
}

type Validate = ReturnType<Ajv2020["compile"]>;

/** The named schemas of an API document. */
export class DocumentSchemas {
  readonly #ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    validateFormats: false,
  });
  readonly #definitions: Record<string, object>;
  readonly #compiled = new Map<string, Validate>();

  /** @param options.isClosed Rejects fields that a schema does not name; documents leave these to later versions. */
  constructor(document: ApiDocument, options: { isClosed?: boolean } = {}) {
    const { schemas } = document.components;
    const text = JSON.stringify(schemas)
      .replaceAll("#/components/schemas/", "#/$defs/");
    const definitions = JSON.parse(text);
    this.#definitions = options.isClosed ? close(definitions) : definitions;
  }

  get names(): string[] {
    return Object.keys(this.#definitions);
  }

  /** Why a value does not match the schema of a name; `undefined` if it does. */
  fault(name: string, value: unknown): string | undefined {
    let validate = this.#compiled.get(name);
    if (validate === undefined) {
      assert(Object.hasOwn(this.#definitions, name), `no schema ${name}`);
      validate = this.#ajv.compile({
        $ref: `#/$defs/${name}`,
        $defs: this.#definitions,
      });
      this.#compiled.set(name, validate);
    }
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
  }

  /** Fails unless a value matches the schema of a name. */
  assertValid(name: string, value: unknown): void {
    const fault = this.fault(name, value);
    assert(
      fault === undefined,
      `${JSON.stringify(value)} is not a ${name}: ${fault}`,
    );
  }
}

/** The name of the schema that a `$ref` leads to. */
export function refName({ $ref }: { $ref: string }): string {
  return $ref.slice($ref.lastIndexOf("/") + 1);
}

// deno-lint-ignore no-explicit-any
function close(node: any): any {
  if (Array.isArray(node)) return node.map(close);
  if (typeof node !== "object" || node === null) return node;
  const copy = Object.fromEntries(
    Object.entries(node).map(([name, value]) => [name, close(value)]),
  );
  const isObject = copy.type === "object" && "properties" in copy;
  if (isObject) copy.additionalProperties ??= false;
  return copy;
}

import { Documents } from "../../bridge/gateway/documents.ts";
import { DEFAULT_LIMITS } from "../../mod.ts";
import { Ajv2020, assert } from "../deps.ts";

interface Message {
  payload: Record<string, unknown>;
  examples?: { payload: unknown }[];
}

/** The part of an AsyncAPI document that frames are held against. */
export interface FrameDocument {
  components: { messages: Record<string, Message> };
}

type Validate = ReturnType<Ajv2020["compile"]>;

/** Holds frames against the messages of an AsyncAPI document. */
export class FrameSchema {
  readonly #document: FrameDocument;
  readonly #ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    validateFormats: false,
  });
  readonly #compiled = new Map<string, Validate>();

  /**
   * @param document The document; what the bridge serves unless given.
   */
  constructor(
    document: object = new Documents("0.0.0", DEFAULT_LIMITS).asyncApi(),
  ) {
    this.#document = document as FrameDocument;
    this.#ajv.addKeyword("x-result");
  }

  /** Fails unless the frame, an object or its text, is one that the document describes, field for field. */
  assertFrame(frame: unknown): void {
    const value: unknown = typeof frame === "string"
      ? JSON.parse(frame)
      : frame;
    const shown = JSON.stringify(value);
    const type = (value as { type?: unknown } | null)?.type;
    assert(typeof type === "string", `no type in ${shown}`);
    const validate = this.#validate(type);
    assert(
      validate(value),
      `${shown} is not as documented: ${this.#ajv.errorsText(validate.errors)}`,
    );
  }

  #validate(type: string): Validate {
    let validate = this.#compiled.get(type);
    if (validate === undefined) {
      const { messages } = this.#document.components;
      assert(Object.hasOwn(messages, type), `no message ${type}`);
      const payload = closed(messages[type]!.payload) as object;
      this.#compiled.set(type, validate = this.#ajv.compile(payload));
    }
    return validate;
  }
}

/** A schema that takes no field that it does not name: documents leave that open for clients. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) copy[name] = closed(value);
  const isObject = copy.type === "object" && "properties" in copy;
  if (isObject && copy.additionalProperties === undefined) {
    copy.additionalProperties = false;
  }
  return copy;
}

/** Fails unless a recorded frame of the bridge is one that `/asyncapi.json` describes. */
export function assertServerFrame(
  frame: unknown,
  schema: FrameSchema = new FrameSchema(),
): void {
  schema.assertFrame(frame);
}

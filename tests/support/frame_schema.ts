import { Documents } from "../../bridge/gateway/documents/documents.ts";
import { DEFAULT_LIMITS } from "../../mod.ts";
import { assert } from "@std/assert";
import { type ApiDocument, DocumentSchemas } from "./document_schemas.ts";

/** Names of the schemas of the frames of each type; each command has two. */
const NAMES: Readonly<Record<string, RegExp>> = {
  hello: /^Hello$/,
  subscribe: /^Subscribe$/,
  ack: /^Ack$/,
  command: /Command$/,
  welcome: /^Welcome$/,
  event: /^EventFrame$/,
  gap: /^Gap$/,
  result: /Result$/,
};

/** Compares frames with the schemas of an AsyncAPI document, field for field. */
export class FrameSchema {
  readonly #schemas: DocumentSchemas;

  /** @param document @default what the bridge serves */
  constructor(
    document: object = new Documents("0.0.0", DEFAULT_LIMITS).asyncApi(),
  ) {
    this.#schemas = new DocumentSchemas(document as ApiDocument, {
      isClosed: true,
    });
  }

  /** Fails unless the document describes the frame, which is an object or its text. */
  assertFrame(frame: unknown): void {
    const value = typeof frame === "string" ? JSON.parse(frame) : frame;
    const pattern = NAMES[value?.type];
    assert(pattern !== undefined, `no frame: ${JSON.stringify(value)}`);
    const faults = this.#schemas.names.filter((name) => pattern.test(name))
      .map((name) => this.#schemas.fault(name, value));
    assert(
      faults.includes(undefined),
      `${JSON.stringify(value)} is not as documented: ${faults[0]}`,
    );
  }
}

/** Fails unless a recorded frame of the bridge is one that `/asyncapi.json` describes. */
export function assertServerFrame(
  frame: unknown,
  schema: FrameSchema = new FrameSchema(),
): void {
  schema.assertFrame(frame);
}

/** The documents of the gateway, made at the first request. @module */

import type { Limits } from "../../../mod.ts";
import { asyncApi } from "./asyncapi.ts";
import type { DocumentNode } from "./components.ts";
import { openApi } from "./openapi.ts";

/** The API documents, made when they are first requested. */
export class Documents {
  readonly #version: string;
  readonly #limits: Limits;
  readonly #absent: readonly string[];
  #asyncApi: DocumentNode | undefined;
  #openApi: DocumentNode | undefined;

  /**
   * @param version The program's version.
   * @param limits The limits that the bridge is configured with.
   * @param absent Paths that this bridge does not answer.
   */
  constructor(
    version: string,
    limits: Limits,
    absent: readonly string[] = [],
  ) {
    this.#version = version;
    this.#limits = limits;
    this.#absent = absent;
  }

  /**
   * AsyncAPI 3.0, for `/ws`.
   *
   * @param basePath Path before all others. @default none
   */
  asyncApi(basePath = ""): DocumentNode {
    return this.#asyncApi ??= asyncApi(this.#version, this.#limits, basePath);
  }

  /**
   * OpenAPI 3.1, for the HTTP paths.
   *
   * @param basePath Path before all others. @default none
   */
  openApi(basePath = ""): DocumentNode {
    return this.#openApi ??= openApi(
      this.#version,
      this.#limits,
      basePath,
      this.#absent,
    );
  }
}

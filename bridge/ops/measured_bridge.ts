/** A bridge whose commands are counted, whoever asks for them. @module */

import type { AccountInfo } from "../../mod.ts";
import type { AccountHealth, BridgeApi } from "../core/bridge_api.ts";
import type { CommandRequest } from "../commands/command_request.ts";
import type { Consumers } from "../hub/consumers.ts";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import type { Hub } from "../hub/hub.ts";
import type { Journal } from "../journal/journal.ts";
import type { MetricsRecorder } from "./metrics.ts";

/** See the module. */
export class MeasuredBridge implements BridgeApi {
  readonly #bridge: BridgeApi;
  readonly #measures: MetricsRecorder;

  /**
   * @param bridge The bridge.
   * @param measures Is told how each command ended.
   */
  constructor(bridge: BridgeApi, measures: MetricsRecorder) {
    this.#bridge = bridge;
    this.#measures = measures;
  }

  get journal(): Journal {
    return this.#bridge.journal;
  }

  get hub(): Hub {
    return this.#bridge.hub;
  }

  get consumers(): Consumers {
    return this.#bridge.consumers;
  }

  accounts(grant: Grant): AccountInfo[] {
    return this.#bridge.accounts(grant);
  }

  get waiting(): number {
    return this.#bridge.waiting;
  }

  health(): AccountHealth[] {
    return this.#bridge.health();
  }

  async run(grant: Grant, request: CommandRequest): Promise<unknown> {
    try {
      const data = await this.#bridge.run(grant, request);
      this.#measures.command(request.command, "ok");
      return data;
    } catch (error) {
      const code = error instanceof CommandError ? error.code : "internal";
      this.#measures.command(request.command, code);
      throw error;
    }
  }
}

/** A client that stores the presence before it is set. @module */

import {
  QqClient,
  type QqClientOptions,
  type RequestOptions,
  type Status,
} from "../../mod.ts";

/** A `QqClient` that stores each presence that is set, so that a restart does not forget it. */
export class PresenceKeepingClient extends QqClient {
  readonly #keep: (status: Status) => Promise<void>;

  /** @param keep Stores a presence; `setStatus` rejects like it. */
  constructor(
    options: QqClientOptions,
    keep: (status: Status) => Promise<void>,
  ) {
    super(options);
    this.#keep = keep;
  }

  override async setStatus(
    status: Status,
    options?: RequestOptions,
  ): Promise<void> {
    await this.#keep(status);
    await super.setStatus(status, options);
  }
}

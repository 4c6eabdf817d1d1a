import { createServer, type QqServer } from "../../lib/server/mod.ts";
import { md5Hex } from "../../mod.ts";
import { listenAs2005 } from "./old_server.ts";

/** Options of {@linkcode ClusterQqServer.start}. */
export interface ClusterQqServerOptions {
  /** Accounts whose password is `demo`. */
  readonly accounts: readonly string[];
  /** Whether it honours Idempotency-Key. @default {true} */
  readonly honoursKeys?: boolean;
  /** Whether the nodes `a` and others come from two addresses or from one. @default {1} */
  readonly addresses?: 1 | 2;
}

/** A QQ server in this process, which costs a load less than one that it reaches over HTTP. */
export class ClusterQqServer implements AsyncDisposable {
  readonly server: QqServer;
  readonly #listeners: { port: number; close(): Promise<void> }[];

  private constructor(server: QqServer, options: ClusterQqServerOptions) {
    const { honoursKeys = true, addresses = 1 } = options;
    this.server = server;
    this.#listeners = ["127.0.0.1", "::1"].slice(0, addresses).map((hostname) =>
      honoursKeys
        ? server.listen({ hostname, port: 0 })
        : listenAs2005(server, hostname)
    );
  }

  static async start(
    options: ClusterQqServerOptions,
  ): Promise<ClusterQqServer> {
    const server = createServer({ sendGapMs: 0, penaltyMs: 0 });
    for (const uin of options.accounts) {
      await server.createAccount({ uin, passwordMd5: md5Hex("demo") });
    }
    return new ClusterQqServer(server, options);
  }

  /** Where a node finds it. */
  urlOf(node: string): string {
    const [one, two] = this.#listeners;
    return two === undefined || node === "a"
      ? `http://127.0.0.1:${one!.port}/`
      : `http://[::1]:${two.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    for (const listener of this.#listeners) await listener.close();
  }
}

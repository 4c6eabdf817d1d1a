import { delay } from "@std/async";
import { BridgeDatabase } from "../../bridge/storage/bridge_database.ts";
import { FILES } from "../../bridge/storage/data_folder.ts";
import {
  createServer,
  type QqListener,
  type QqServer,
} from "../../lib/server/mod.ts";
import { md5Hex } from "../../mod.ts";
import { Program } from "./program.ts";

/** The administrator's token. */
export const FLEET_TOKEN = "token-of-the-fleet-administrator";

const PASSWORD_MD5 = md5Hex("of-the-fleet");

/** How often is looked whether all are online, in milliseconds. */
const LOOK_MS = 100;

/** Many accounts of a QQ server in this process, and `serve` in another that logs them in. */
export class Fleet implements AsyncDisposable {
  /** The QQ server. */
  readonly server: QqServer;
  /** The accounts. */
  readonly uins: readonly string[];
  /** Its data folder. */
  readonly folder: string;
  readonly #listener: QqListener;
  #program: Program | undefined;
  #http = "";

  private constructor(
    server: QqServer,
    uins: readonly string[],
    folder: string,
  ) {
    this.server = server;
    this.uins = uins;
    this.folder = folder;
    this.#listener = server.listen({ hostname: "127.0.0.1", port: 0 });
  }

  /** Makes the accounts, at the server and in a data folder. */
  static async make(accounts: number): Promise<Fleet> {
    const server = createServer();
    const folder = Deno.makeTempDirSync();
    Deno.chmodSync(folder, 0o700);
    const uins = Array.from(
      { length: accounts },
      (_, index) => String(100_001 + index),
    );
    const database = new BridgeDatabase(`${folder}/${FILES.bridge}`);
    for (const uin of uins) {
      await server.createAccount({ uin, passwordMd5: PASSWORD_MD5 });
      database.accounts.put({
        uin,
        passwordMd5: PASSWORD_MD5,
        nickname: uin,
        wanted: "in",
      });
    }
    database.close();
    return new Fleet(server, uins, folder);
  }

  /** The process of `serve`. */
  get pid(): number {
    return this.#program!.pid;
  }

  /** Where it serves. */
  get http(): string {
    return this.#http;
  }

  /** Its port. */
  get port(): number {
    return Number(new URL(this.#http).port);
  }

  /** Starts `serve` with more flags; resolves when it is ready. */
  async start(...more: string[]): Promise<void> {
    this.#program = new Program({
      args: [
        "serve",
        `--data=${this.folder}`,
        "--listen=127.0.0.1:0",
        "--no-demo",
        `--upstream=http://127.0.0.1:${this.#listener.port}/`,
        "--log-level=warn",
        "--log-format=json",
        ...more,
      ],
      env: { TQQ_TOKEN: FLEET_TOKEN },
    });
    this.#http = (await this.#program.ready()).http!;
  }

  /** Resolves when all accounts are online; rejects after so long. */
  async allOnline(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    while (performance.now() < until) {
      const response = await this.get("/readyz");
      await response.body?.cancel();
      if (response.status === 200) return;
      await delay(LOOK_MS);
    }
    throw new Error(`Not all accounts are online after ${withinMs} ms`);
  }

  /** Asks it for something. */
  get(path: string): Promise<Response> {
    return fetch(`${this.#http}${path}`, {
      headers: { authorization: `Bearer ${FLEET_TOKEN}` },
    });
  }

  /** Has it do a command. */
  command(name: string, params: object = {}): Promise<Response> {
    return fetch(`${this.#http}/api/${name}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${FLEET_TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(params),
    });
  }

  /** Ends it by a signal; gives its exit code, what it logged, and how long it took. */
  async end(
    signal: "SIGTERM" | "SIGKILL",
  ): Promise<{ code: number; log: string; tookMs: number }> {
    const from = performance.now();
    this.#program!.kill(signal);
    const { code, stderr } = await this.#program!.output();
    return { code, log: stderr, tookMs: performance.now() - from };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program?.[Symbol.asyncDispose]();
    await this.server.close();
    await this.#listener.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

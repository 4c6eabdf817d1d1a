import { delay } from "@std/async";
import {
  connect,
  type NatsConnection,
} from "../../bridge/cluster/nats/deps.ts";

/** Version of the installed `nats-server`, such as `2.10.27`; `undefined` if there is none. */
export const natsVersion: string | undefined = findVersion();

/** Set in CI, where tests that need NATS fail if it is missing. */
const isRequired = Deno.env.has("REQUIRE_NATS");

/** Declares a test that needs `nats-server`. Where it is not installed, one line says that the test did not run. */
export function natsTest(name: string, run: () => Promise<void>): void {
  if (natsVersion !== undefined) {
    return Deno.test({
      name,
      fn: () => withLateResets(run),
      // @nats-io/nats-core 3.4.0 keeps the timer of a request whose connection was closed.
      sanitizeOps: false,
      sanitizeResources: false,
    });
  }
  if (isRequired) {
    return Deno.test(name, () => {
      throw new Error(
        "Cannot run the test: nats-server is not installed. Install Debian's package nats-server.",
      );
    });
  }
  console.log(`not run, because nats-server is not installed: ${name}`);
}

/**
 * The client library has moments without a listener for errors of its socket: a
 * reset then is nobody's. The program survives it and dials again, so the tests
 * do too.
 */
async function withLateResets(run: () => Promise<void>): Promise<void> {
  const survive = (event: ErrorEvent) => {
    if (event.error?.code === "ECONNRESET") event.preventDefault();
  };
  globalThis.addEventListener("error", survive);
  try {
    await run();
  } finally {
    globalThis.removeEventListener("error", survive);
  }
}

/** Whether an installed version can write each record to the disk before it acknowledges it. */
export function canSyncAlways(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || major === 2 && minor >= 10;
}

/** Options of {@linkcode startNatsServers}. */
export interface NatsServersOptions {
  /**
   * Number of servers.
   *
   * @default {3}
   */
  count?: number;
  /** Further lines of each configuration. */
  settings?: string;
}

interface Server {
  readonly name: string;
  readonly port: number;
  readonly configuration: string;
  readonly storeDir: string;
  process: Deno.ChildProcess | undefined;
}

/** Real servers with JetStream in a temporary folder. */
export class NatsServers implements AsyncDisposable {
  readonly folder: string;
  readonly #servers: Server[];

  private constructor(folder: string, servers: Server[]) {
    this.folder = folder;
    this.#servers = servers;
  }

  /** Starts servers and waits until they have elected a leader. */
  static async start(options: NatsServersOptions = {}): Promise<NatsServers> {
    const { count = 3, settings = "" } = options;
    const folder = await Deno.makeTempDir({ prefix: "tqq-nats-" });
    const ports = freePorts(2 * count);
    const routes = ports.slice(count).map((port) =>
      `"nats-route://127.0.0.1:${port}"`
    );
    const servers: Server[] = [];
    for (let number = 0; number < count; number++) {
      const name = `nats-${number + 1}`;
      const storeDir = `${folder}/${name}`;
      const configuration = `${folder}/${name}.conf`;
      const sync = canSyncAlways(natsVersion!) ? ", sync_interval: always" : "";
      await Deno.writeTextFile(
        configuration,
        [
          `server_name: ${name}`,
          `listen: 127.0.0.1:${ports[number]}`,
          `jetstream { store_dir: "${storeDir}", max_memory_store: 64MB, max_file_store: 8GB${sync} }`,
          ...count > 1
            ? [
              `cluster { name: tqq, listen: 127.0.0.1:${
                ports[count + number]
              }, routes: [${routes.join(", ")}] }`,
            ]
            : [],
          settings,
        ].join("\n"),
      );
      servers.push({
        name,
        port: ports[number]!,
        configuration,
        storeDir,
        process: undefined,
      });
    }
    const started = new NatsServers(folder, servers);
    try {
      for (const { name } of servers) started.start(name);
      // With other settings a client may need credentials, or trust a certificate.
      if (settings === "") await started.ready();
      else await started.accepting();
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  get names(): string[] {
    return this.#servers.map(({ name }) => name);
  }

  get urls(): string[] {
    return this.#servers.map(({ port }) => `nats://127.0.0.1:${port}`);
  }

  /** Ids of the processes of the servers that run. */
  get pids(): number[] {
    return this.#servers.flatMap(({ process }) => process?.pid ?? []);
  }

  portOf(name: string): number {
    return this.#find(name).port;
  }

  /** Folder in which a server stores its streams. */
  storeDirOf(name: string): string {
    return this.#find(name).storeDir;
  }

  start(name: string): void {
    const server = this.#find(name);
    server.process = new Deno.Command("nats-server", {
      args: ["-c", server.configuration],
      stdin: "null",
      stdout: "null",
      stderr: Deno.env.get("NATS_OUTPUT") === undefined ? "null" : "inherit",
    }).spawn();
  }

  /** Ends a server and waits until it has ended. */
  async kill(name: string, signal: Deno.Signal = "SIGKILL"): Promise<void> {
    const server = this.#find(name);
    const { process } = server;
    if (process === undefined) return;
    server.process = undefined;
    process.kill(signal);
    await process.status;
  }

  /** Waits until all servers accept connections. */
  async accepting(): Promise<void> {
    const deadline = performance.now() + 30_000;
    for (const { name, port } of this.#servers) {
      for (;;) {
        try {
          (await Deno.connect({ hostname: "127.0.0.1", port })).close();
          break;
        } catch {
          if (performance.now() > deadline) {
            throw new Error(`Cannot use NATS: ${name} does not listen`);
          }
          await delay(20);
        }
      }
    }
  }

  /** Waits until JetStream answers. */
  async ready(): Promise<void> {
    const deadline = performance.now() + 30_000;
    for (;;) {
      let connection: NatsConnection | undefined;
      try {
        connection = await connect({ servers: this.urls, timeout: 500 });
        const reply = await connection.request("$JS.API.INFO", "", {
          timeout: 1000,
        });
        if (reply.json<{ error?: unknown }>().error === undefined) return;
      } catch (error) {
        if (performance.now() > deadline) {
          throw new Error("Cannot use NATS: the servers did not become ready", {
            cause: error,
          });
        }
      } finally {
        await connection?.close();
      }
      await delay(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.names.map((name) => this.kill(name)));
    await Deno.remove(this.folder, { recursive: true });
  }

  #find(name: string): Server {
    return this.#servers.find((server) => server.name === name)!;
  }
}

function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}

function findVersion(): string | undefined {
  try {
    const { stdout } = new Deno.Command("nats-server", { args: ["--version"] })
      .outputSync();
    return /v(\d+\.\d+\.\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
  } catch {
    return undefined;
  }
}

import { BridgeClient } from "../../mod.ts";
import { NatsServers } from "./nats_servers.ts";
import { Program } from "./program.ts";
import { Relay } from "./relay.ts";
import startConfig from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url).pathname;
const SECRET_KEY = "the-secret-key-of-a-cluster";

/** The program with the permissions and the lock of `deno task start:cluster`. */
export const CLUSTER_PROGRAM: readonly [string, ...string[]] = programIn(root);

/** The same of another tree, such as that of an older version. */
function programIn(root: string): [string, ...string[]] {
  return [
    Deno.execPath(),
    ...startConfig.tasks["start:cluster"].replaceAll("'", "").split(" ")
      .slice(1)
      .map((word) => word.replace("--lock=", `--lock=${root}`))
      .map((word) => word === "bridge/main.ts" ? root + word : word),
  ];
}

/** Options of {@linkcode ClusterStage.start}. */
export interface ClusterStageOptions {
  /** Names of the nodes that are started. @default {["a", "b"]} */
  nodes?: readonly string[];
  /**
   * Folder of the tree whose program a node runs, at each of its starts.
   *
   * @default this tree
   */
  treeOf?: (node: string) => string | undefined;
  /** @default {3000} */
  ttlMs?: number;
  /** @default {1} */
  natsServers?: number;
  /**
   * The QQ server, by the node that asks it.
   *
   * @default a process with the accounts of the demo
   */
  upstreamOf?: (node: string) => string;
  /** Whether nodes reach NATS through relays of their own, which can cut them off. */
  hasRelays?: boolean;
  /** Called with everything that passes the relays. */
  onChunk?: (chunk: Uint8Array) => void;
  /** Further lines of the configuration of NATS. */
  natsSettings?: string;
  /** Scheme of the URLs of NATS. @default {"nats"} */
  scheme?: "nats" | "tls";
  /** Environment of the nodes, for settings that are no flags. */
  settings?: Readonly<Record<string, string>>;
  /** Size of the log. @default {"500MB"} */
  logBytes?: string;
  /** Called before the cluster is founded with the folder of node `a`. */
  prepare?: (stage: ClusterStage) => Promise<void>;
}

/** NATS servers, a QQ server, and nodes of one cluster, all as processes. */
export class ClusterStage implements AsyncDisposable {
  readonly servers: NatsServers;
  readonly folder: string;
  readonly #qq: Program | undefined;
  readonly #options: ClusterStageOptions;
  readonly #relays = new Map<string, readonly Relay[]>();
  readonly #nodes = new Map<string, { program: Program; http: string }>();
  /** URL of the QQ server, unless each node has one of its own. */
  upstream = "";
  /** The administrator's token, which works at every node. */
  token = "";

  private constructor(
    servers: NatsServers,
    folder: string,
    options: ClusterStageOptions,
  ) {
    this.servers = servers;
    this.folder = folder;
    this.#options = options;
    if (options.upstreamOf !== undefined) return;
    this.#qq = new Program({
      command: CLUSTER_PROGRAM,
      args: [
        "qq-server",
        "--memory",
        "--qq-listen=127.0.0.1:0",
        "--qq-send-gap-ms=0",
        "--log-format=json",
        "--log-level=error",
      ],
    });
  }

  static async start(options: ClusterStageOptions = {}): Promise<ClusterStage> {
    const { nodes = ["a", "b"], ttlMs = 3000, natsServers = 1 } = options;
    const { logBytes = "500MB" } = options;
    const servers = await NatsServers.start({
      count: natsServers,
      settings: options.natsSettings ?? "",
    });
    const folder = await Deno.makeTempDir({ prefix: "tqq-cluster-" });
    const stage = new ClusterStage(servers, folder, options);
    try {
      if (stage.#qq !== undefined) {
        stage.upstream = `http://${(await stage.#qq.ready()).qq}/`;
      }
      await options.prepare?.(stage);
      const { code, stdout, stderr } = await stage.run([
        "cluster",
        "init",
        `--replicas=${natsServers}`,
        `--ttl-ms=${ttlMs}`,
        `--log-bytes=${logBytes}`,
      ], "a");
      if (code !== 0) throw new Error(`Cannot found the cluster: ${stderr}`);
      stage.token = stdout.trim();
      for (const name of nodes) await stage.startNode(name);
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Environment of all nodes. */
  get env(): Record<string, string> {
    return {
      // As the demo's server, they take messages without a gap of 1 s between them.
      ...(this.#qq === undefined ? {} : { TQQ_OUTBOX_GAP_MS: "0" }),
      ...this.#options.settings,
      TQQ_SECRET_KEY: SECRET_KEY,
    };
  }

  #programOf(name: string): readonly [string, ...string[]] {
    const tree = this.#options.treeOf?.(name);
    return tree === undefined
      ? CLUSTER_PROGRAM
      : programIn(`${tree.replace(/\/$/, "")}/`);
  }

  upstreamOf(name: string): string {
    return this.#options.upstreamOf?.(name) ?? this.upstream;
  }

  /** Cuts a node off from NATS without closing its connections, or connects it again. */
  setCut(name: string, isCut: boolean): void {
    for (const relay of this.#relays.get(name)!) {
      if (isCut) relay.hold();
      else relay.release();
    }
  }

  /** URLs at which a node reaches NATS. */
  #natsUrlsOf(name: string): string[] {
    const { servers } = this;
    const { hasRelays, onChunk, scheme = "nats" } = this.#options;
    let ports = servers.names.map((name) => servers.portOf(name));
    if (hasRelays === true) {
      const relays = this.#relays.get(name) ??
        ports.map((port) =>
          new Relay(port, onChunk === undefined ? {} : { onChunk })
        );
      this.#relays.set(name, relays);
      ports = relays.map(({ port }) => port);
    }
    return ports.map((port) => `${scheme}://127.0.0.1:${port}`);
  }

  /** Flags that a node and the commands on its folder have. */
  flagsOf(name: string): string[] {
    return [
      `--cluster=${this.#natsUrlsOf(name).join(",")}`,
      `--data=${this.folder}/${name}`,
    ];
  }

  /** Runs a sub-command of the program with a node's folder. */
  async run(
    args: readonly string[],
    name: string,
    options: { env?: Record<string, string>; stdin?: string } = {},
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const { env = this.env, stdin } = options;
    const flags = args[0] === "cluster" || args[0] === "serve"
      ? this.flagsOf(name)
      : [`--data=${this.folder}/${name}`];
    await using program = new Program({
      command: this.#programOf(name),
      args: [...args, ...flags],
      env,
      ...(stdin === undefined ? {} : { stdin }),
    });
    return await program.output();
  }

  /** Starts a single bridge on a node's folder. */
  async startAlone(
    name: string,
    env: Record<string, string> = {},
  ): Promise<{ program: Program; http: string }> {
    const program = new Program({
      args: [
        "--listen=127.0.0.1:0",
        `--upstream=${this.upstreamOf(name)}`,
        `--data=${this.folder}/${name}`,
        "--log-format=json",
      ],
      env: { ...this.env, ...env },
    });
    const { http } = await program.ready();
    this.#nodes.set(name, { program, http: http! });
    return { program, http: http! };
  }

  /** Starts a node and waits until it is ready. */
  async startNode(
    name: string,
    more: readonly string[] = [],
  ): Promise<Program> {
    const program = new Program({
      command: this.#programOf(name),
      args: [
        "serve",
        ...this.flagsOf(name),
        "--listen=127.0.0.1:0",
        `--upstream=${this.upstreamOf(name)}`,
        "--log-format=json",
        ...more,
      ],
      env: this.env,
    });
    const { http } = await program.ready();
    this.#nodes.set(name, { program, http: http! });
    return program;
  }

  program(name: string): Program {
    return this.#nodes.get(name)!.program;
  }

  /** URL of a node for HTTP. */
  http(name: string): string {
    return this.#nodes.get(name)!.http;
  }

  /** A client at a node. */
  client(
    name: string,
    options: Partial<ConstructorParameters<typeof BridgeClient>[0]> = {},
  ): BridgeClient {
    return new BridgeClient({
      url: `${this.http(name).replace("http", "ws")}/ws`,
      token: this.token,
      ...options,
    });
  }

  /** Ends a node with a signal, and waits until it has ended. */
  async end(name: string, signal: Deno.Signal): Promise<void> {
    const { program } = this.#nodes.get(name)!;
    program.kill(signal);
    await program.end();
  }

  /** Adds an account whose password is `demo`. */
  async addAccount(name: string, uin: string): Promise<void> {
    const { code, stderr } = await this.run(
      ["account", "add", uin, "--password-stdin"],
      name,
      { stdin: "demo\n" },
    );
    if (code !== 0) throw new Error(`Cannot add ${uin}: ${stderr}`);
  }

  /** Runs a command at a node over HTTP; throws its answer unless it is 200. */
  async command<T>(
    name: string,
    command: string,
    body: Record<string, unknown>,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const response = await fetch(`${this.http(name)}/api/${command}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.token}`,
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** The node whose log says that it has an account online last. */
  ownerOf(uin: string): string | undefined {
    let owner: string | undefined;
    let last = "";
    for (const [name, { program }] of this.#nodes) {
      for (const line of program.err) {
        const { time, message, account, state } = JSON.parse(line);
        const isOnline = message === "account state changed" &&
          account === uin && state === "online";
        if (isOnline && time > last) [owner, last] = [name, time];
      }
    }
    return owner;
  }

  /** Journals of all nodes that have ended, row by row: they must be equal. */
  journalPath(name: string): string {
    return `${this.folder}/${name}/journal.db`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { program } of this.#nodes.values()) {
      await program[Symbol.asyncDispose]();
    }
    await this.#qq?.[Symbol.asyncDispose]();
    for (const relay of [...this.#relays.values()].flat()) {
      relay[Symbol.dispose]();
    }
    await this.servers[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

import { delay } from "@std/async";
import { blocksOf } from "../docs/markdown.ts";
import { Program } from "../support/program.ts";
import { TLS } from "../support/tls.ts";

/** What a proxy is configured with. */
export interface ProxyOptions {
  /** Port of the bridge on 127.0.0.1. */
  readonly target: number;
  /** Path that the proxy removes; empty if it forwards every path as it is. */
  readonly subPath: string;
}

interface ProxySpec {
  /** Part of the block of the page that configures it. */
  readonly block: string;
  /** Turns the block into a configuration for this machine. */
  configure(block: string, place: Place): string;
  command(folder: string): [string, ...string[]];
}

interface Place extends ProxyOptions {
  readonly port: number;
  readonly folder: string;
}

const SPECS = {
  nginx: {
    block: "server_name qq.example.org;",
    configure: (block, { port, target, subPath, folder }) =>
      `${Deno.uid() === 0 ? "user root;\n" : ""}pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  ${
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
          .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")
      }
${
        block.replace("listen 443 ssl", `listen 127.0.0.1:${port} ssl`)
          .replace("/etc/ssl/qq.example.org.pem", `${folder}/cert.pem`)
          .replace("/etc/ssl/qq.example.org.key", `${folder}/key.pem`)
          .replace("location /", `location ${subPath}/`)
          .replace(
            "http://127.0.0.1:8080",
            `http://127.0.0.1:${target}${subPath === "" ? "" : "/"}`,
          )
      }
}
`,
    command: (folder) => [
      "nginx",
      "-e",
      "stderr",
      "-p",
      folder,
      "-c",
      `${folder}/config`,
      "-g",
      "daemon off;",
    ],
  },
  caddy: {
    block: "reverse_proxy 127.0.0.1:8080",
    configure: (block, { port, target, subPath, folder }) => {
      const inner = /\{([^]*)\}/.exec(block)![1]!
        .replace("127.0.0.1:8080", `127.0.0.1:${target}`);
      return `{
	admin off
	auto_https off
	storage file_system ${folder}/storage
}
https://127.0.0.1:${port} {
	tls ${folder}/cert.pem ${folder}/key.pem
	${subPath === "" ? inner : `handle_path ${subPath}/* {${inner}}`}
}
`;
    },
    command: (folder) => [
      "caddy",
      "run",
      "--adapter",
      "caddyfile",
      "--config",
      `${folder}/config`,
    ],
  },
  haproxy: {
    block: "option httpchk GET /readyz",
    configure: (block, { port, target, subPath, folder }) =>
      block.replace(
        "bind :443 ssl crt /etc/ssl/qq.example.org.all.pem",
        `bind 127.0.0.1:${port} ssl crt ${folder}/all.pem${
          subPath === ""
            ? ""
            : `\n  http-request replace-path ${subPath}/(.*) /\\1`
        }`,
      ).replace("127.0.0.1:8080", `127.0.0.1:${target}`),
    command: (folder) => ["haproxy", "-db", "-f", `${folder}/config`],
  },
} as const satisfies Record<string, ProxySpec>;

export type ProxyName = keyof typeof SPECS;

export const PROXIES = Object.keys(SPECS) as ProxyName[];

/** Whether a proxy is installed. */
export function isInstalled(name: ProxyName): boolean {
  return ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"]
    .some((folder) => {
      try {
        return Deno.statSync(`${folder}/${name}`).isFile;
      } catch {
        return false;
      }
    });
}

/** A running proxy, which ends TLS. */
export class Proxy implements AsyncDisposable {
  readonly port: number;
  readonly #program: Program;
  readonly #folder: string;

  private constructor(port: number, program: Program, folder: string) {
    this.port = port;
    this.#program = program;
    this.#folder = folder;
  }

  static async start(
    name: ProxyName,
    port: number,
    options: ProxyOptions,
  ): Promise<Proxy> {
    const spec: ProxySpec = SPECS[name];
    const folder = await Deno.makeTempDir();
    const page = await Deno.readTextFile(
      new URL("../../bridge/README.md", import.meta.url),
    );
    const block = blocksOf(page).find(({ text }) => text.includes(spec.block));
    if (block === undefined) {
      throw new Error(`The page does not configure ${name}`);
    }
    const config = spec.configure(block.text, { ...options, port, folder });
    const files = {
      config,
      "cert.pem": TLS.cert,
      "key.pem": TLS.key,
      "all.pem": TLS.cert + TLS.key,
    };
    for (const [file, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${file}`, text);
    }
    const path = Deno.env.get("PATH") ?? "";
    const program = Program.run(spec.command(folder), {
      env: { PATH: `${path}:/usr/sbin:/usr/local/sbin`, HOME: folder },
      cwd: folder,
    });
    const proxy = new Proxy(port, program, folder);
    await proxy.#untilListening();
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program.kill("SIGTERM");
    await this.#program.output();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #untilListening(): Promise<void> {
    let hasEnded = false;
    const output = this.#program.output().then((output) => {
      hasEnded = true;
      return output;
    });
    for (let tries = 0; tries < 500 && !hasEnded; tries++) {
      try {
        const { port } = this;
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return;
      } catch {
        await delay(20);
      }
    }
    throw new Error(
      hasEnded ? (await output).stderr : "The proxy does not listen",
    );
  }
}

/** Returns a port that is free now. */
export function findFreePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

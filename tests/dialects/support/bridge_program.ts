import { delay } from "@std/async";
import type { EventFrame } from "../../../mod.ts";
import { RestartableProgram } from "../../support/restartable_program.ts";

/** The administrator's token. */
export const TOKEN = "dialects-0123456789abcdef";

/** The program with its demo accounts, which can be killed and started again. */
export class BridgeProgram implements AsyncDisposable {
  readonly #folder: string;
  readonly #bridge: RestartableProgram;

  private constructor(
    folder: string,
    args: readonly string[],
    env: Record<string, string>,
  ) {
    this.#folder = folder;
    this.#bridge = new RestartableProgram(folder, {
      args: ["--qq-send-gap-ms=0", "--log-level=warn", ...args],
      env: { TQQ_OUTBOX_GAP_MS: "0", ...env },
      token: TOKEN,
    });
  }

  /** Starts it, and waits until 10001 is online. */
  static async start(
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<BridgeProgram> {
    const folder = await Deno.makeTempDir({ prefix: "tqq-dialect-data-" });
    const bridge = new BridgeProgram(folder, args, env);
    await bridge.start();
    return bridge;
  }

  /** The port that it listens on, the same after each start. */
  get port(): number {
    return Number(new URL(this.#bridge.http).port);
  }

  async start(): Promise<void> {
    await this.#bridge.start();
    await eventually(async () => {
      const { accounts } = await this.command("accounts", {});
      return accounts.every((one: { state: string }) => one.state === "online");
    });
  }

  /** Kills it. */
  async kill(): Promise<void> {
    await this.#bridge.end("SIGKILL");
  }

  /** Does a command. */
  // deno-lint-ignore no-explicit-any
  async command(name: string, params: object): Promise<any> {
    const response = await fetch(`${this.#bridge.http}/api/${name}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(params),
    });
    const body = await response.json();
    if (response.ok) return body;
    if (body.code === "overloaded") {
      // A token has so many commands a minute, and on a busy machine what is waited for takes more looks.
      const waitS = Number(response.headers.get("retry-after")) || 1;
      await delay(waitS * 1000);
      return await this.command(name, params);
    }
    throw new Error(`${name}: ${JSON.stringify(body)}`);
  }

  /** Sends messages from 10002 to 10001, one after the other. */
  async say(...texts: string[]): Promise<void> {
    for (const text of texts) {
      await this.command("send", { account: "10002", to: "10001", text });
    }
  }

  /** The texts that 10002 was sent by 10001, oldest first. */
  async heard(): Promise<string[]> {
    const { events } = await this.command("history", {
      account: "10002",
      with: "10001",
    });
    return (events as EventFrame[]).flatMap((frame) =>
      frame.event === "message" ? [frame.data.text] : []
    );
  }

  /** Waits until 10001 has so many messages of 10002. */
  async arrived(count: number): Promise<void> {
    await eventually(async () => {
      const { events } = await this.command("history", {
        account: "10001",
        with: "10002",
      });
      return (events as EventFrame[])
        .filter(({ event }) => event === "message").length >= count;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bridge[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Waits until something is so. */
export async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !await isSo(); tries++) {
    if (tries === 60) throw new Error(`Waited for ${isSo}`);
    await delay(600);
  }
}

/** The command frames of one connection. @module */

import type { Clock } from "../../lib/clock.ts";
import type {
  CommandFrame,
  FrameError,
  FrameId,
  Limits,
  ResultFrame,
} from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { Channel } from "../endpoint/channel.ts";
import type { Grant } from "../access/grant.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";
import { CommandError } from "../errors/command_error.ts";
import { type CallExcess, CallLimits } from "../endpoint/call_limits.ts";
import { internal, overloaded } from "./frame_errors.ts";
import { parseParams } from "../commands/table.ts";

/** What the command frames of a connection need. */
export interface CommandFramesContext {
  readonly bridge: Pick<BridgeApi, "run">;
  readonly clock: Clock;
  /** Id of the connection in the log. */
  readonly connection?: string | undefined;
  /** Address of the client, if known. */
  readonly address?: string | undefined;
  /** Limits that `welcome` announces. */
  readonly limits: Limits;
  /** Called for each command that a limit refuses. */
  readonly onRefusal?: ((refused: RefusedRequest) => void) | undefined;
  /** Called with unexpected errors. */
  onError(error: unknown): void;
}

/** Limits and runs the commands of a connection, and sends their results. */
export class CommandFrames {
  readonly #context: CommandFramesContext;
  readonly #channel: Pick<Channel, "answer" | "close" | "grant">;
  /** Made for the first command: most clients send none. */
  #limits: CallLimits | undefined;

  constructor(
    context: CommandFramesContext,
    channel: Pick<Channel, "answer" | "close" | "grant">,
  ) {
    this.#context = context;
    this.#channel = channel;
  }

  get #calls(): CallLimits {
    return this.#limits ??= new CallLimits(this.#context, this.#channel);
  }

  /** Number of commands in the current minute. */
  get count(): number {
    return this.#limits?.count ?? 0;
  }

  /** Whether a frame that counts as a command is within the limits; if not, its error was sent. */
  admit(id: FrameId): boolean {
    return this.#isAllowed(id, this.#calls.take());
  }

  /** Runs a command that was admitted, and sends its result. */
  take(grant: Grant, frame: CommandFrame): void {
    const { id } = frame;
    if (!this.#isAllowed(id, this.#calls.begin())) return;
    this.#run(grant, frame)
      .then(
        (data) => this.#send({ type: "result", id, ok: true, data }),
        (error) => {
          if (error instanceof CommandError) {
            return this.#refuse(id, error.toFrame());
          }
          this.#context.onError(error);
          this.#refuse(id, internal());
        },
      )
      .catch((error) => this.#context.onError(error))
      .finally(() => this.#calls.end());
  }

  async #run(
    grant: Grant,
    { command: name, params: given, account, key }: CommandFrame,
  ): Promise<unknown> {
    const { command, params } = parseParams(name, given);
    return await this.#context.bridge.run(grant, {
      command,
      params,
      from: {
        connection: this.#context.connection,
        address: this.#context.address,
      },
      ...(account === undefined ? {} : { account }),
      ...(key === undefined ? {} : { key }),
    });
  }

  #isAllowed(id: FrameId, excess: CallExcess | undefined): boolean {
    if (excess === undefined) return true;
    this.#refuse(id, overloaded(excess.rule, excess.retryAfterMs));
    return false;
  }

  #refuse(id: FrameId, error: FrameError): void {
    this.#send({ type: "result", id, ok: false, error });
  }

  #send(frame: ResultFrame): void {
    this.#channel.answer(JSON.stringify(frame));
  }
}

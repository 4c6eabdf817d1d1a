/** The command frames of one connection: how many are taken, and their results. @module */

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
import { CommandError } from "../errors/command_error.ts";
import { RateLimit } from "../access/rate_limit.ts";
import { internal, overloaded } from "./frame_errors.ts";
import { parseParams } from "../commands/table.ts";

/** What command frames need of the gateway. */
export interface CommandFramesContext {
  /** The bridge. */
  readonly bridge: Pick<BridgeApi, "run">;
  /** Time. */
  readonly clock: Clock;
  /** Limits, as `welcome` tells them. */
  readonly limits: Limits;
  /** Is told of what should not happen. */
  onError(error: unknown): void;
}

/** Most commands of a connection under way; one more is `overloaded`. */
const PARALLEL_COMMANDS = 64;

/** Commands refused in a minute, beyond the limit, that end a connection. */
const REFUSED_COMMANDS = 120;

/** See the module. */
export class CommandFrames {
  readonly #context: CommandFramesContext;
  readonly #channel: Pick<Channel, "answer" | "close">;
  readonly #taken: RateLimit;
  readonly #refused: RateLimit;
  #underWay = 0;

  constructor(
    context: CommandFramesContext,
    channel: Pick<Channel, "answer" | "close">,
  ) {
    const { clock, limits } = context;
    this.#context = context;
    this.#channel = channel;
    this.#taken = new RateLimit(clock, limits.commandsPerMinute);
    this.#refused = new RateLimit(clock, REFUSED_COMMANDS);
  }

  /** Whether a frame that counts as a command is taken now; where not, it was told so. */
  admit(id: FrameId): boolean {
    const { limits } = this.#context;
    if (this.#taken.take()) return true;
    if (!this.#refused.take()) {
      this.#channel.close(4008, "too many commands");
      return false;
    }
    this.#refuse(
      id,
      overloaded(
        `at most ${limits.commandsPerMinute} a minute`,
        this.#taken.retryAfterMs,
      ),
    );
    return false;
  }

  /** Does a command that was admitted, and sends its result. */
  take(grant: Grant, frame: CommandFrame): void {
    const { id } = frame;
    if (this.#underWay >= PARALLEL_COMMANDS) {
      return this.#refuse(
        id,
        overloaded(`at most ${PARALLEL_COMMANDS} may be under way`, 1000),
      );
    }
    this.#underWay++;
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
      .finally(() => this.#underWay--);
  }

  async #run(
    grant: Grant,
    { command: name, params: given, account, key }: CommandFrame,
  ): Promise<unknown> {
    const { command, params } = parseParams(name, given);
    return await this.#context.bridge.run(grant, {
      command,
      params,
      ...(account === undefined ? {} : { account }),
      ...(key === undefined ? {} : { key }),
    });
  }

  #refuse(id: FrameId, error: FrameError): void {
    this.#send({ type: "result", id, ok: false, error });
  }

  #send(frame: ResultFrame): void {
    this.#channel.answer(JSON.stringify(frame));
  }
}

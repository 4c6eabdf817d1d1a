/** Data that a page asks for while it is visible. @module */

import {
  type ComponentChildren,
  useEffect,
  useRef,
  useState,
} from "../../deps.ts";
import type { BridgeLane } from "../../../../../lib/bridge_client/lanes.ts";
import { status } from "../../link/link.ts";
import { t } from "../../texts/strings.ts";
import { exactTime } from "../../texts/times.ts";
import { Failed, Loading } from "../../ui/states.tsx";
import { addStyle } from "../../ui/style.ts";
import { type ErrorText, explainError } from "../errors.ts";
import css from "./poll.css" with { type: "text" };

addStyle(css);

/** What a command of a poll is sent with. */
export interface PollOptions {
  readonly lane: BridgeLane;
  readonly signal: AbortSignal;
}

/** Data and how current it is. Data that was there stays when a later answer fails. */
export interface Poll<T> {
  readonly data: T | undefined;
  readonly failure: ErrorText | undefined;
  /** When the data was known, in milliseconds since 1970. */
  readonly at: number | undefined;
  /** Asks again at once. */
  reload(): Promise<void>;
}

/**
 * Asks at once, at intervals while the page is visible and connected, and again
 * when the connection comes back.
 *
 * @param key Asks anew when it changes, and forgets the data.
 */
export function usePoll<T>(
  load: (options: PollOptions) => Promise<T>,
  everyMs: number,
  key = "",
): Poll<T> {
  const [state, setState] = useState<
    { key: string; data?: T; failure?: ErrorText | undefined; at?: number }
  >({ key });
  const asking = useRef<AbortController>(undefined);
  const isOpen = status.value.state === "open";
  const ask = async (lane: BridgeLane) => {
    asking.current?.abort();
    const own = asking.current = new AbortController();
    try {
      const data = await load({ lane, signal: own.signal });
      if (own.signal.aborted) return;
      setState({ key, data, at: Date.now() });
    } catch (error) {
      if (own.signal.aborted) return;
      const failure = explainError(error);
      setState((before) => ({
        ...(before.key === key ? before : { key }),
        failure,
      }));
    }
  };
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (!isOpen) return;
    void latest.current("user");
    const again = () => {
      if (!document.hidden) void latest.current("background");
    };
    const timer = setInterval(again, everyMs);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
      asking.current?.abort();
    };
  }, [key, isOpen, everyMs]);
  const shown = state.key === key ? state : undefined;
  return {
    data: shown?.data,
    failure: shown?.failure,
    at: shown?.at,
    reload: () => latest.current("user"),
  };
}

/** Draws data of a poll, or what is shown while there is none; says how old it is while it is not asked for. */
export function Polled<T>(
  { poll, children }: {
    poll: Poll<T>;
    children: (data: T) => ComponentChildren;
  },
) {
  const { data, failure, at, reload } = poll;
  const isStale = status.value.state !== "open" && at !== undefined;
  return (
    <div class={isStale ? "polled stale" : "polled"}>
      {failure !== undefined && (
        <Failed
          text={failure.text}
          details={failure.details}
          onRetry={() => void reload()}
        />
      )}
      {isStale && <p class="as-of">{t("asOf", { time: exactTime(at) })}</p>}
      {data !== undefined
        ? children(data)
        : failure === undefined && <Loading onRetry={() => void reload()} />}
    </div>
  );
}

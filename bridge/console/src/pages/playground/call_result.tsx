/** What a call returned, and its text on the QQ wire. @module */

import { explainCode } from "../../app/errors.ts";
import { reconstructCommand, type WireText } from "../../link/wire.ts";
import { maskSecrets } from "../../link/mask.ts";
import type { CommandEntry } from "../../app/documents.ts";
import { Code } from "../../ui/code.tsx";
import { Icon } from "../../ui/icon.tsx";
import { JsonView } from "../../ui/json/json_view.tsx";
import { Nothing } from "../../ui/states.tsx";
import { exactTime } from "../../texts/times.ts";
import { t } from "../../texts/strings.ts";
import type { Outcome } from "./calls.ts";
import { p } from "./texts.ts";

export function CallResult(
  { entry, outcome }: { entry: CommandEntry; outcome: Outcome | undefined },
) {
  return (
    <div class="call-result">
      <h2>{p("result")}</h2>
      <div role="status">
        {outcome !== undefined && <Summary outcome={outcome} />}
      </div>
      {outcome === undefined
        ? <Nothing title={p("noResult")} />
        : <Body entry={entry} outcome={outcome} />}
    </div>
  );
}

function Summary({ outcome }: { outcome: Outcome }) {
  const { error, status, tookMs, bytes, at } = outcome;
  return (
    <p class={error === undefined ? "outcome-line good" : "outcome-line bad"}>
      <Icon name={error === undefined ? "ok" : "error"} size={16} />
      <strong>{error?.code ?? p("ok")}</strong>
      {status !== undefined && <span>HTTP {status}</span>}
      <span>{Math.round(tookMs)} ms</span>
      <span>{p("bytes", { n: bytes })}</span>
      <time dateTime={new Date(at).toISOString()}>{exactTime(at)}</time>
    </p>
  );
}

function Body(
  { entry, outcome }: { entry: CommandEntry; outcome: Outcome },
) {
  const { data, error, call } = outcome;
  return (
    <>
      {error !== undefined && (
        <div class="call-error">
          <p>{explainCode(error.code, entry.name)}</p>
          <p lang="en" dir="auto" class="hint">{error.message}</p>
          <p class="hint">
            {p(error.isRetriable ? "retriable" : "notRetriable")}
            {error.retryAfterMs !== undefined &&
              ` ${p("retryAfter", { ms: error.retryAfterMs })}`}
          </p>
        </div>
      )}
      {error === undefined && (
        // A new token is shown, as this is the only time that it is returned.
        <JsonView name={p("result")} value={data ?? {}} />
      )}
      {call.key !== undefined && (
        <p class="hint">
          {p("calledWithKey")} <code>{call.key}</code>
        </p>
      )}
      <Wire entry={entry} outcome={outcome} />
    </>
  );
}

function Wire(
  { entry, outcome: { call, data, error } }: {
    entry: CommandEntry;
    outcome: Outcome;
  },
) {
  const texts = wireOf({
    account: call.account ?? "",
    command: entry.name,
    params: maskSecrets(call.params) as Record<string, unknown>,
    ...(error === undefined ? { data: data ?? {} } : { error }),
  });
  return (
    <details class="call-wire">
      <summary>{t("wire")}</summary>
      {texts === undefined ? <p class="hint">{t("wireOwn")}</p> : (
        <>
          {texts.map(({ kind, text }, at) => (
            <figure key={at}>
              <figcaption>
                {t(kind === "request" ? "wireRequest" : "wireReply")}
              </figcaption>
              {text === null
                ? <p>{t("wireNull")}</p>
                : <Code text={text} name={t("wire")} />}
            </figure>
          ))}
          <p class="hint">{t("wireHint")}</p>
        </>
      )}
    </details>
  );
}

function wireOf(
  exchange: Parameters<typeof reconstructCommand>[0],
): WireText[] | undefined {
  try {
    return reconstructCommand(exchange);
  } catch {
    // The codec cannot encode the parameters of a command that the bridge refused.
    return undefined;
  }
}

/** Everything that is known about one target, and the configuration of the other side. @module */

import type { TargetInfo } from "../../../../../lib/frames/targets.ts";
import { wholeTime } from "../../texts/times.ts";
import { Code } from "../../ui/code.tsx";
import { type ReceiverOf, receiversOf } from "./receivers.ts";
import { tt } from "./texts.ts";

export function TargetFacts({ target }: { target: TargetInfo }) {
  const { id, since, position, events, segments, self, confirmAfter } = target;
  const facts = [
    [tt("id"), id],
    [tt("since"), wholeTime(since)],
    [tt("events"), events?.join(", ") ?? tt("allEvents")],
    ...(position === undefined ? [] : [[tt("position"), position] as const]),
    ...(target.kind === "hook" ? [] : [
      [
        tt("segments"),
        tt(segments === "strict" ? "segmentsStrict" : "segmentsText"),
      ],
      [tt("selfOf"), tt(self === true ? "yes" : "no")],
    ] as const),
    ...(target.kind !== "onebot-reverse"
      ? []
      : [[tt("confirmAfter"), confirmAfter ?? 0] as const]),
  ] as const;
  return (
    <>
      <dl class="facts card" aria-label={tt("facts")}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <section class="card">
        <h2>{tt("otherSide")}</h2>
        <Receivers of={target} />
      </section>
    </>
  );
}

/** Configurations to paste at the other side. */
export function Receivers({ of }: { of: ReceiverOf }) {
  const base = new URL(".", location.href.split("#")[0]).href
    .replace(/\/$/, "");
  return (
    <div class="receivers">
      <p class="hint">
        {tt(of.kind === "onebot-reverse" ? "pasteToken" : "pasteSecret")}
      </p>
      {receiversOf(of, base).map(({ name, code }) => (
        <div key={name}>
          <h3>{name}</h3>
          <Code name={tt("receiver", { name })} text={code} />
        </div>
      ))}
    </div>
  );
}

/** Page of the documents: how to begin, commands, events, errors, close codes, limits. @module */

import { useEffect, useRef, useState } from "../../deps.ts";
import { formatLink, type PageProps } from "../../app/router.ts";
import {
  type Documents,
  documents,
  loadDocuments,
} from "../../app/documents.ts";
import { accountUins } from "../../store/accounts.ts";
import { Code } from "../../ui/code.tsx";
import { Failed, Loading } from "../../ui/states.tsx";
import { addStyle } from "../../ui/style.ts";
import css from "./docs.css" with { type: "text" };
import { examplesFor } from "./examples.ts";
import { CloseCodes, Commands, Errors, Events, Limits } from "./reference.tsx";
import { d } from "./texts.ts";

addStyle(css);

const SECTIONS = [
  "begin",
  "commands",
  "events",
  "errors",
  "closeCodes",
  "limits",
] as const;
type Section = typeof SECTIONS[number];

export function DocsPage({ params }: PageProps) {
  const section = SECTIONS.find((one) => one === params.section) ?? "begin";
  const [failure, setFailure] = useState<string>();
  const load = () => {
    setFailure(undefined);
    loadDocuments().catch((error) => setFailure(String(error)));
  };
  useEffect(load, []);
  const found = documents.value;
  return (
    <div class="docs">
      <nav class="docs-sections" aria-label={d("sections")}>
        <ul>
          {SECTIONS.map((one) => (
            <li key={one}>
              <a
                href={formatLink("docs", [one])}
                aria-current={one === section ? "page" : undefined}
              >
                {d(one)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="docs-text">
        <h1>{d("docs")}</h1>
        <h2>{d(section)}</h2>
        {section === "begin"
          ? <Begin />
          : found !== undefined
          ? <Reference section={section} found={found} name={params.name} />
          : failure === undefined
          ? <Loading onRetry={load} />
          : <Failed text={d("noDocuments")} details={failure} onRetry={load} />}
      </div>
    </div>
  );
}

function Begin() {
  const base = new URL(".", location.href).href.replace(/\/$/, "");
  const account = accountUins.value[0] ?? "10001";
  return (
    <>
      <p>{d("beginText")}</p>
      <p>{d("beginToken")}</p>
      {examplesFor(base, account).map(({ name, hint, code }) => (
        <section key={name} aria-label={name}>
          <h3>{name}</h3>
          <p class="hint">{d(hint, { base })}</p>
          <Code name={name} text={code} />
        </section>
      ))}
    </>
  );
}

function Reference(
  { section, found, name }: {
    section: Exclude<Section, "begin">;
    found: Documents;
    name: string | undefined;
  },
) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (name === undefined) return;
    const row = box.current?.querySelector<HTMLElement>(
      `[id="${CSS.escape(`${section}-${name}`)}"]`,
    );
    row?.scrollIntoView({ block: "start" });
    row?.focus({ preventScroll: true });
  }, [section, name, found]);
  return (
    <div ref={box}>
      {section === "commands" && <Commands found={found} />}
      {section === "events" && <Events found={found} />}
      {section === "errors" && <Errors found={found} />}
      {section === "closeCodes" && <CloseCodes found={found} />}
      {section === "limits" && <Limits found={found} />}
    </div>
  );
}

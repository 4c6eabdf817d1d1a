/** Tables of what the bridge offers, from its documents. @module */

import type { ComponentChildren } from "../../deps.ts";
import { formatLink } from "../../app/router.ts";
import type { CommandEntry, Documents } from "../../app/documents.ts";
import type { Schema, Schemas } from "../../ui/form/schema.ts";
import { propertiesOf } from "./schema_text.ts";
import { d, meaningOf } from "./texts.ts";

/** An entry that an address leads to. */
function Entry(
  { section, name, children }: {
    section: string;
    name: string;
    children: ComponentChildren;
  },
) {
  return (
    <section
      id={`${section}-${name}`}
      class="docs-entry"
      aria-label={name}
      tabIndex={-1}
    >
      {children}
    </section>
  );
}

function Anchor({ section, name }: { section: string; name: string }) {
  return (
    <a href={formatLink("docs", [section, name])}>
      <code>{name}</code>
    </a>
  );
}

function Meaning(
  { text, lang }: { text: string; lang: string | undefined },
) {
  return <p lang={lang}>{text}</p>;
}

export function Commands({ found }: { found: Documents }) {
  return (
    <>
      <p>{d("commandsText")}</p>
      {found.commands.map((command) => (
        <Command key={command.name} command={command} schemas={found.schemas} />
      ))}
    </>
  );
}

function Command(
  { command, schemas }: { command: CommandEntry; schemas: Schemas },
) {
  const { name, scope, summary, account, params, result } = command;
  return (
    <Entry section="commands" name={name}>
      <header>
        <h3>
          <Anchor section="commands" name={name} />
        </h3>
        <span class="chip">{d("scope", { scope })}</span>
        {account !== "none" && (
          <span class="chip">
            {d(account === "required" ? "needsAccount" : "takesAccount")}
          </span>
        )}
        <a class="docs-try" href={formatLink("playground", [name])}>
          {d("tryIt")}
        </a>
      </header>
      <Meaning {...meaningOf("COMMANDS", name, summary)} />
      <Properties title={d("params")} schema={params} schemas={schemas} />
      <Properties title={d("result")} schema={result} schemas={schemas} />
    </Entry>
  );
}

function Properties(
  { title, schema, schemas }: {
    title: string;
    schema: Schema;
    schemas: Schemas;
  },
) {
  const all = propertiesOf(schema, schemas);
  if (all.length === 0) return null;
  return (
    <dl>
      <dt>{title}</dt>
      <dd>
        <ul>
          {all.map(({ name, type, isRequired }) => (
            <li key={name}>
              <code>{isRequired ? name : `${name}?`}</code>{" "}
              <span class="hint">{type}</span>
            </li>
          ))}
        </ul>
      </dd>
    </dl>
  );
}

export function Events({ found }: { found: Documents }) {
  return (
    <>
      <p>{d("eventsText")}</p>
      {found.events.map(({ name, data }) => (
        <Entry key={name} section="events" name={name}>
          <header>
            <h3>
              <Anchor section="events" name={name} />
            </h3>
            <a
              class="docs-try"
              href={formatLink("events", [], { events: name })}
            >
              {d("showEvents")}
            </a>
          </header>
          <Meaning {...meaningOf("EVENTS", name)} />
          <Properties title="data" schema={data} schemas={found.schemas} />
        </Entry>
      ))}
    </>
  );
}

export function Errors({ found }: { found: Documents }) {
  return (
    <>
      <p>{d("errorsText")}</p>
      {found.errors.map(({ code, isRetriable, status }) => (
        <Entry key={code} section="errors" name={code}>
          <header>
            <h3>
              <Anchor section="errors" name={code} />
            </h3>
            {status !== undefined && <span class="chip">HTTP {status}</span>}
            <span class="chip">
              {d(isRetriable ? "retriable" : "notRetriable")}
            </span>
          </header>
          <Meaning {...meaningOf("ERRORS", code)} />
        </Entry>
      ))}
    </>
  );
}

export function CloseCodes({ found }: { found: Documents }) {
  return (
    <>
      <p>{d("closeCodesText")}</p>
      {found.closeCodes.map(({ code, meaning, isReconnectable }) => (
        <Entry key={code} section="closeCodes" name={code}>
          <header>
            <h3>
              <Anchor section="closeCodes" name={code} />
            </h3>
            <span class="chip">
              {d(isReconnectable ? "reconnect" : "noReconnect")}
            </span>
          </header>
          <Meaning {...meaningOf("CLOSES", code, meaning)} />
        </Entry>
      ))}
    </>
  );
}

/** Texts of the limits that this page knows. */
const LIMIT_TEXTS = {
  frameBytes: "limitFrameBytes",
  fragments: "limitFragments",
  jsonDepth: "limitJsonDepth",
  commandsPerMinute: "limitCommandsPerMinute",
  helloMs: "limitHelloMs",
  pingMs: "limitPingMs",
  pongMs: "limitPongMs",
  bufferedBytes: "limitBufferedBytes",
  unacked: "limitUnacked",
  stallMs: "limitStallMs",
  headMs: "limitHeadMs",
  connections: "limitConnections",
  connectionsPerToken: "limitConnectionsPerToken",
} as const;

export function Limits({ found }: { found: Documents }) {
  return (
    <>
      <p>{d("limitsText")}</p>
      {Object.entries(found.limits).map(([name, value]) => {
        const text = LIMIT_TEXTS[name as keyof typeof LIMIT_TEXTS];
        return (
          <Entry key={name} section="limits" name={name}>
            <header>
              <h3>
                <Anchor section="limits" name={name} />
              </h3>
              <span class="chip">{value.toLocaleString("en")}</span>
            </header>
            {text !== undefined && <p>{d(text)}</p>}
          </Entry>
        );
      })}
    </>
  );
}

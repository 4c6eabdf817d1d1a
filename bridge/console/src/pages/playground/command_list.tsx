/** Commands by scope, with a search. @module */

import { useState } from "../../deps.ts";
import { type CommandEntry, type Scope } from "../../app/documents.ts";
import { Icon } from "../../ui/icon.tsx";
import { RAW_FRAME } from "./playground_page.tsx";
import { p } from "./texts.ts";

const SCOPES: readonly Scope[] = ["read", "send", "manage"];

const HEADINGS = {
  read: "scopeRead",
  send: "scopeSend",
  manage: "scopeManage",
} as const;

export function CommandList(
  { commands, current, scopes }: {
    commands: readonly CommandEntry[];
    current: string | undefined;
    /** Scopes of the token. */
    scopes: readonly string[];
  },
) {
  const [typed, setTyped] = useState("");
  const words = typed.toLowerCase().split(/\s+/).filter((one) => one !== "");
  const matches = commands.filter(({ name, summary }) => {
    const text = `${name} ${summary}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      <h1>{p("playground")}</h1>
      <input
        type="search"
        class="filter"
        aria-label={p("searchCommands")}
        placeholder={p("searchCommands")}
        value={typed}
        onInput={({ currentTarget: { value } }) => setTyped(value)}
        onKeyDown={(event) => {
          const first = matches.find(({ scope }) => scopes.includes(scope));
          if (event.key !== "Enter" || event.isComposing) return;
          if (first !== undefined) location.hash = `#/playground/${first.name}`;
        }}
      />
      <nav aria-label={p("commands")}>
        {SCOPES.map((scope) => {
          const own = matches.filter((one) => one.scope === scope);
          if (own.length === 0) return null;
          const isAllowed = scopes.includes(scope);
          return (
            <div key={scope}>
              <h2>{p(HEADINGS[scope])}</h2>
              {!isAllowed && <p class="hint">{p("lacksScope", { scope })}</p>}
              <ul>
                {own.map(({ name, summary }) => (
                  <li key={name}>
                    <a
                      href={`#/playground/${name}`}
                      aria-current={name === current ? "page" : undefined}
                      class={isAllowed ? undefined : "lacking"}
                      title={summary}
                    >
                      <code>{name}</code>
                    </a>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
        {matches.length === 0 && <p class="hint">{p("noSuchCommand")}</p>}
        <ul class="playground-raw">
          <li>
            <a
              href={`#/playground/${RAW_FRAME}`}
              aria-current={current === RAW_FRAME ? "page" : undefined}
            >
              <Icon name="terminal" size={16} />
              {p("rawFrame")}
            </a>
          </li>
        </ul>
      </nav>
    </>
  );
}

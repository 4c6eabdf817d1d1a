/** Frames of any kind, over a connection of their own. @module */

import { useEffect, useRef, useState } from "../../deps.ts";
import { Action } from "../../app/task.tsx";
import { maskSecrets } from "../../link/mask.ts";
import { readProof } from "../../link/session.ts";
import { exactTime } from "../../texts/times.ts";
import { LabelledField } from "../../ui/form/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { JsonView } from "../../ui/json/json_view.tsx";
import { p } from "./texts.ts";

/** Maximum number of frames shown; the oldest is dropped. */
const MAX_SHOWN = 50;

interface Line {
  number: number;
  at: number;
  kind: "in" | "out" | "note";
  value: unknown;
}

/** A frame that ends the connection does not end the console's. */
export function RawFrame() {
  const [text, setText] = useState(
    '{"type":"command","id":1,"command":"ping"}',
  );
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [isOpen, setOpen] = useState(false);
  const socket = useRef<WebSocket>(undefined);
  const count = useRef(0);

  const add = (kind: Line["kind"], value: unknown) =>
    setLines((all) =>
      [
        { number: ++count.current, at: Date.now(), kind, value },
        ...all,
      ].slice(0, MAX_SHOWN)
    );

  useEffect(() => () => socket.current?.close(), []);

  const connect = (): WebSocket => {
    const url = new URL("ws", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    // Without events: the answers are what one looks for here.
    url.searchParams.set("events", "unknown");
    const own = new WebSocket(url);
    socket.current = own;
    own.onopen = () => {
      own.send(JSON.stringify({ type: "hello", proof: readProof() ?? "none" }));
      setOpen(true);
    };
    own.onmessage = ({ data }) => add("in", parse(String(data)));
    own.onclose = ({ code, reason }) => {
      if (socket.current !== own) return;
      socket.current = undefined;
      setOpen(false);
      add("note", p("rawClosed", { code, reason }));
    };
    return own;
  };
  const send = () => {
    const own = socket.current ?? connect();
    const now = () => {
      own.send(text);
      add("out", parse(text));
    };
    if (own.readyState === WebSocket.OPEN) now();
    else own.addEventListener("open", now, { once: true });
  };

  return (
    <div class="call raw-frame">
      <header>
        <h2>{p("rawFrame")}</h2>
        <p class="hint">{p("rawFrameHint")}</p>
      </header>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <LabelledField
          name={p("frame")}
          render={(attributes) => (
            <textarea
              {...attributes}
              class="mono"
              rows={5}
              spellcheck={false}
              value={text}
              onInput={({ currentTarget: { value } }) => setText(value)}
            />
          )}
        />
        <div class="actions">
          <Action type="submit" class="primary">
            <Icon name="send" size={16} />
            {p("sendFrame")}
          </Action>
          <button
            type="button"
            disabled={!isOpen}
            onClick={() => socket.current?.close()}
          >
            {p("disconnect")}
          </button>
          <span class="hint" role="status">
            {p(isOpen ? "rawConnected" : "rawNotConnected")}
          </span>
        </div>
      </form>
      <ol class="raw-lines" reversed aria-label={p("rawFrames")}>
        {lines.map(({ number, at, kind, value }) => (
          <li key={number}>
            <p class="hint">
              {kind !== "note" && (
                <>
                  <Icon name={kind === "in" ? "down" : "up"} size={16} />
                  {p(kind === "in" ? "received" : "sent")}
                </>
              )}{" "}
              <time dateTime={new Date(at).toISOString()}>{exactTime(at)}</time>
            </p>
            {kind === "note"
              ? <p>{String(value)}</p>
              : <JsonView name={p("frame")} value={value} />}
          </li>
        ))}
      </ol>
    </div>
  );
}

function parse(text: string): unknown {
  try {
    return maskSecrets(JSON.parse(text));
  } catch {
    return text;
  }
}

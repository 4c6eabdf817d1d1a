/** Requests of the fuzzer: HTTP, the QQ protocol, the control endpoint. @module */

import type { Mutations } from "../property/mutations.ts";
import { type RawHead, RawSocket } from "../support/raw_socket.ts";
import type { Exchange, FuzzPlace } from "./fuzz.ts";
import {
  HEADERS,
  LENGTHS,
  METHODS_OF_HTTP,
  PATHS,
  QUERY_VALUES,
  TYPES,
} from "./fuzz_words.ts";
import {
  ACTIONS,
  COMMANDS,
  METHODS,
  ORDERS,
  QQ_BODIES,
  USER_TEXT,
} from "./grammar.ts";

type Request = [method: string, target: string, body?: string];

/** How long to wait for an answer to a request that is damaged and may be incomplete. */
const DAMAGED_MS = 100;

/** Sends one request of HTTP, and reads the head of the answer. */
export function httpRequest(surface: "http" | "onebot" | "satori"): Exchange {
  const toRequest = REQUESTS[surface];
  return async (place, make, count) => {
    const [head, isWhole] = formatHead(place, make, toRequest(make));
    using socket = await RawSocket.connect(place.port);
    await socket.write(head).catch(() => {});
    const found = isWhole
      ? await socket.head()
      : await headWithin(socket, DAMAGED_MS);
    if (found === undefined) return count("left");
    const { status, head: answer } = found;
    count(`${status}`);
    if (status === 500 || status > 504) {
      throw new Error(`${answer.slice(0, 200)} <- ${shown(head)}`);
    }
  };
}

/** Sends one request to the embedded QQ server. */
export const qqRequest: Exchange = async ({ qqPort }, make, count) => {
  const body = make.chance(70)
    ? make.damaged(make.oneOf(QQ_BODIES))
    : make.oneOf(QQ_BODIES);
  const bytes = new TextEncoder().encode(body).length;
  const length = make.chance(95) ? bytes : make.oneOf(LENGTHS);
  let head = `POST / HTTP/1.${
    make.below(2)
  }\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n${body}`;
  let isWhole = length === bytes;
  if (make.chance(10)) {
    head = make.damaged(head);
    isWhole = false;
  }
  const noise = make.chance(3) ? make.bytes(5000) : undefined;
  using socket = await RawSocket.connect(qqPort);
  await socket.write(noise ?? head).catch(() => {});
  if (make.chance(10)) return count("left");
  // The server closes without a reply if it does not understand: status 0.
  const answer = isWhole && noise === undefined
    ? await socket.head()
    : await headWithin(socket, DAMAGED_MS);
  count(`${answer?.status ?? "left"}`);
  if (answer !== undefined && answer.status >= 500) {
    throw new Error(`status ${answer.status} <- ${shown(head)}`);
  }
};

/** Sends one order to the control endpoint. Orders with these numbers and names change nothing that other surfaces use. */
export const controlOrder: Exchange = async ({ controlPath }, make, count) => {
  const [name, params] = make.oneOf(Object.entries(ORDERS));
  const body = make.json(params);
  const bytes = new TextEncoder().encode(body).length;
  const path = make.chance(90) ? name : make.oneOf(["", "x", "__proto__"]);
  let head = `${
    make.chance(95) ? "POST" : make.oneOf(METHODS_OF_HTTP)
  } /control/${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n${body}`;
  const isWhole = !make.chance(10);
  if (!isWhole) head = make.damaged(head);
  using socket = await RawSocket.connectPath(controlPath);
  await socket.write(head).catch(() => {});
  const found = isWhole
    ? await socket.head()
    : await headWithin(socket, DAMAGED_MS);
  if (found === undefined) return count("left");
  const { status, head: answer } = found;
  count(`${status}`);
  if (status >= 500) {
    throw new Error(`${answer.slice(0, 200)} <- ${shown(head)}`);
  }
};

const REQUESTS: Readonly<
  Record<"http" | "onebot" | "satori", (make: Mutations) => Request>
> = {
  http(make) {
    switch (make.below(5)) {
      case 0:
      case 1: {
        const [name, params] = make.oneOf(Object.entries(COMMANDS));
        const body = make.json({ account: "10001", ...params });
        return ["POST", `/api/${name}`, body];
      }
      case 2:
        return ["POST", "/console/session", make.json({ token: USER_TEXT })];
      case 3:
        return [make.oneOf(METHODS_OF_HTTP), make.oneOf(PATHS)];
      default: {
        const query = ["accounts", "events", "after", "consumer", "before"]
          .map((name) =>
            `${name}=${encodeURIComponent(String(make.oneOf(QUERY_VALUES)))}`
          );
        return ["HEAD", `/events?${make.oneOf(query)}&${make.oneOf(query)}`];
      }
    }
  },
  onebot(make) {
    const [name, params] = make.oneOf(Object.entries(ACTIONS));
    const path = `/onebot/v11${make.oneOf(["", "/10001"])}/${name}`;
    if (!make.chance(30)) return ["POST", path, make.json(params)];
    const query = new URLSearchParams(
      Object.entries(make.changed(params)).map(([key, value]) => [
        key,
        String(JSON.stringify(value)).slice(0, 4000),
      ]),
    );
    return ["GET", `${path}?${query}`];
  },
  satori(make) {
    const [name, body] = make.oneOf(Object.entries(METHODS));
    return ["POST", `/satori/v1/${name}`, make.json(body)];
  },
};

function formatHead(
  { port, tokens }: FuzzPlace,
  make: Mutations,
  [method, path, body]: Request,
): [head: string, isWhole: boolean] {
  const token = make.oneOf(tokens);
  const headers: [string, string][] = [
    ["Host", `127.0.0.1:${port}`],
    ["Connection", "close"],
  ];
  let target = path;
  let authorization = "";
  switch (make.below(100)) {
    case 0:
      target += `${path.includes("?") ? "&" : "?"}access_token=${token}`;
      break;
    case 1:
      headers.push(["Cookie", `tqq_session_${port}=${token}; a=%; b=%FF`]);
      headers.push(["Origin", `http://127.0.0.1:${port}`]);
      break;
    default:
      authorization = `Authorization: Bearer ${token}\r\n`;
  }
  if (body !== undefined) {
    const { length } = new TextEncoder().encode(body);
    headers.push(["Content-Type", make.oneOf(TYPES)]);
    headers.push(["Content-Length", `${length}`]);
  }
  const added = make.chance(30) ? make.oneOf(HEADERS) : undefined;
  if (added !== undefined) headers.push(added);
  let head = [
    `${method} ${target} HTTP/1.1\r\n`,
    ...headers.map(([name, value]) => `${name}: ${value}\r\n`),
    "\r\n",
  ].join("");
  const isDamaged = !target.includes("access_token=") && make.chance(15);
  if (isDamaged) head = make.damaged(head);
  else if (make.chance(5)) head = head.repeat(3);
  // Not damaged, because wrong tokens are answered slowly.
  return [
    `${head.replace("\r\n", `\r\n${authorization}`)}${body ?? ""}`,
    !isDamaged &&
    !/^(Content-Length|Transfer-Encoding|Expect)$/.test(added?.[0] ?? ""),
  ];
}

async function headWithin(
  socket: RawSocket,
  timeoutMs: number,
): Promise<RawHead | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([socket.head(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function shown(head: string): string {
  return JSON.stringify(head.replace(/Bearer \S+/, "Bearer ...").slice(0, 600));
}

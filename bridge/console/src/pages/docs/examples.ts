/** Programs to copy, with the address of this bridge. The token is never part of them. @module */

export interface Example {
  name: string;
  /** Ways to begin: which text says how to run it. */
  hint:
    | "runDeno"
    | "runNode"
    | "runBrowser"
    | "runCurl"
    | "runStream"
    | "runKoishi"
    | "runNoneBot"
    | "runSatori";
  code: string;
}

/** @param base Address of the bridge, without a slash at the end. */
export function examplesFor(base: string, account: string): Example[] {
  const socket = base.replace(/^http/, "ws");
  return [
    {
      name: "Deno",
      hint: "runDeno",
      code: `import { BridgeClient } from ${JSON.stringify(`${base}/mod.ts`)};

await using bridge = new BridgeClient({
  url: "${socket}/ws",
  token: Deno.env.get("TQQ_TOKEN") ?? "",
  accounts: ["${account}"],
  events: ["message"],
});
for await (const frame of bridge) {
  if (frame.type !== "event" || frame.event !== "message") continue;
  console.log(frame.account, frame.data.from, frame.data.text);
  await bridge.send(frame.account, frame.data.from, "thank you");
}
`,
    },
    {
      name: "Node",
      hint: "runNode",
      code: `const socket = new WebSocket(
  "${socket}/ws?accounts=${account}&events=message",
);
socket.onopen = () => {
  const token = process.env.TQQ_TOKEN;
  socket.send(JSON.stringify({ type: "hello", token }));
};
socket.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  if (frame.event !== "message") return;
  console.log(frame.account, frame.data.from, frame.data.text);
  socket.send(JSON.stringify({
    type: "command",
    id: frame.seq,
    account: frame.account,
    command: "send",
    params: { to: frame.data.from, text: "thank you" },
  }));
};
`,
    },
    {
      name: "Browser",
      hint: "runBrowser",
      code: `import { BridgeClient } from ${JSON.stringify(`${base}/mod.js`)};

const bridge = new BridgeClient({
  url: "${socket}/ws",
  token: prompt("Token") ?? "",
});
for await (const frame of bridge) {
  if (frame.type === "event") console.log(frame.event, frame.data);
}
`,
    },
    {
      name: "curl",
      hint: "runCurl",
      code: `curl -sS '${base}/api/friends' \\
  -H "Authorization: Bearer $TQQ_TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{"account":"${account}"}'`,
    },
    {
      name: "curl, events",
      hint: "runStream",
      code: `curl -sSN '${base}/events?events=message' \\
  -H "Authorization: Bearer $TQQ_TOKEN"`,
    },
    {
      name: "Koishi",
      hint: "runKoishi",
      code: `plugins:
  http: {}
  adapter-satori:
    endpoint: ${base}/satori
    token: TOKEN`,
    },
    {
      name: "NoneBot",
      hint: "runNoneBot",
      code: `DRIVER=~websockets
ONEBOT_WS_URLS=["${socket}/onebot/v11/${account}?consumer=nonebot"]
ONEBOT_ACCESS_TOKEN=TOKEN`,
    },
    {
      name: "Satori",
      hint: "runSatori",
      code: `curl -sS -X POST '${base}/satori/v1/login.get' \\
  -H "Authorization: Bearer $TQQ_TOKEN" \\
  -H 'Satori-Platform: qq' -H 'Satori-User-ID: ${account}' \\
  -H 'Content-Type: application/json' -d '{}'`,
    },
  ];
}

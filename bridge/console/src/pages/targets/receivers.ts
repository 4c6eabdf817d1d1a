/** What the other side of a target needs: configurations and programs to copy. Secrets are never part of them. @module */

import type { TargetInfo } from "../../../../../lib/frames/targets.ts";

/** What the text depends on. */
export type ReceiverOf = Pick<TargetInfo, "kind" | "url" | "account">;

export interface Receiver {
  readonly name: string;
  readonly code: string;
}

const PATHS: Readonly<Record<ReceiverOf["kind"], string>> = {
  "onebot-reverse": "/onebot",
  "onebot-post": "/onebot",
  hook: "/events",
};

/**
 * Receivers for the address of a target, or for one that is not there yet.
 *
 * @param base Address of the bridge, without a slash at the end.
 */
export function receiversOf(
  { kind, url, account = "10001" }: ReceiverOf,
  base: string,
): Receiver[] {
  const { hostname, port, path } = parts(kind, url);
  const listen = `{ hostname: "${hostname}", port: ${port} }`;
  switch (kind) {
    case "onebot-reverse":
      return [
        {
          name: "Koishi",
          code: `plugins:
  http: {}
  server:
    host: ${hostname}
    port: ${port}
  adapter-onebot:
    protocol: ws-reverse
    path: ${path}
    selfId: "${account}"`,
        },
        {
          name: "NoneBot",
          code: `DRIVER=~fastapi
HOST=${hostname}
PORT=${port}
ONEBOT_ACCESS_TOKEN=ACCESS_TOKEN`,
        },
        {
          name: "Deno",
          code: `const accessToken = Deno.env.get("ACCESS_TOKEN");

Deno.serve(${listen}, (request) => {
  const { headers } = request;
  if (
    accessToken !== undefined &&
    headers.get("authorization") !== \`Bearer \${accessToken}\`
  ) return new Response(null, { status: 403 });
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.post_type !== "message") return;
    console.log(event.self_id, event.user_id, event.raw_message);
    socket.send(JSON.stringify({
      action: "send_private_msg",
      params: { user_id: event.user_id, message: "thank you" },
      echo: event.message_id,
    }));
  };
  return response;
});
`,
        },
      ];
    case "onebot-post":
      return [
        {
          name: "Koishi",
          code: `plugins:
  http: {}
  server:
    host: ${hostname}
    port: ${port}
  adapter-onebot:
    protocol: http
    path: ${path}
    selfId: "${account}"
    endpoint: ${base}/onebot/v11/${account}
    token: TOKEN
    secret: SECRET`,
        },
        {
          name: "NoneBot",
          code: `DRIVER=~fastapi+~httpx
HOST=${hostname}
PORT=${port}
ONEBOT_API_ROOTS={"${account}": "${base}/onebot/v11/${account}/"}
ONEBOT_ACCESS_TOKEN=TOKEN
ONEBOT_SECRET=SECRET`,
        },
        {
          name: "Deno",
          code: program(
            listen,
            `const given = headers.get("x-signature") ?? "";
  const expected = \`sha1=\${
    createHmac("sha1", secret).update(body).digest("hex")
  }\`;`,
            `const event = JSON.parse(body);
  if (event.post_type !== "message") {
    return new Response(null, { status: 204 });
  }
  console.log(event.self_id, event.user_id, event.raw_message);
  return Response.json({ reply: "thank you" });`,
          ),
        },
      ];
    case "hook":
      return [{
        name: "Deno",
        code: program(
          listen,
          `const timestamp = headers.get("tqq-timestamp") ?? "";
  const given = headers.get("tqq-signature") ?? "";
  const expected = \`sha256=\${
    createHmac("sha256", secret).update(\`\${timestamp}.\${body}\`).digest("hex")
  }\`;`,
          `// An old request that somebody has recorded has an old timestamp.
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) {
    return new Response(null, { status: 403 });
  }
  const frame = JSON.parse(body);
  if (frame.type === "event") {
    console.log(frame.account, frame.event, JSON.stringify(frame.data));
  }
  return new Response(null, { status: 204 });`,
        ),
      }];
  }
}

/** A server of Deno that checks a signature before it uses what was posted. */
function program(listen: string, signature: string, use: string): string {
  // The names of the modules stand apart from the text, which imports nothing here.
  return `import { createHmac, timingSafeEqual } from ${'"'}node:crypto";
import { Buffer } from ${'"'}node:buffer";

const secret = Deno.env.get("SECRET") ?? "";

Deno.serve(${listen}, async (request) => {
  const { headers } = request;
  const body = await request.text();
  ${signature}
  if (
    given.length !== expected.length ||
    !timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  ) return new Response(null, { status: 403 });
  ${use}
});
`;
}

/** An address that is not complete yet gives an example. */
function parts(
  kind: ReceiverOf["kind"],
  url: string,
): { hostname: string; port: number; path: string } {
  if (!URL.canParse(url)) {
    return { hostname: "127.0.0.1", port: 5140, path: PATHS[kind] };
  }
  const { hostname, port, protocol, pathname } = new URL(url);
  const usual = protocol === "wss:" || protocol === "https:" ? 443 : 80;
  return {
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? usual : Number(port),
    path: pathname,
  };
}

/** A call as code to copy. The token is never part of it: it comes from the environment. @module */

import { SECRET_NAME } from "../../ui/form/schema.ts";

/** A call of a command. */
export interface Call {
  command: string;
  params: Readonly<Record<string, unknown>>;
  account?: string | undefined;
  key?: string | undefined;
}

export type SnippetKind = "curl" | "fetch" | "client" | "frame";

export const SNIPPET_KINDS: readonly SnippetKind[] = [
  "curl",
  "fetch",
  "client",
  "frame",
];

/** Replaces secrets, also the password hash `PS` of raw commands, by their names, as they are in no snippet and in no history. */
export function withoutSecrets<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets) as T;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      (SECRET_NAME.test(name) || name === "PS") && typeof one === "string"
        ? `<${name}>`
        : withoutSecrets(one),
    ]),
  ) as T;
}

/** Body of the HTTP request of a call. */
export function toBody(
  { params, account, key }: Call,
): Record<string, unknown> {
  return {
    ...(account === undefined ? {} : { account }),
    ...params,
    ...(key === undefined ? {} : { key }),
  };
}

/** Frame of a call. */
export function toFrame(
  { command, params, account, key }: Call,
): Record<string, unknown> {
  return {
    type: "command",
    id: 1,
    ...(account === undefined ? {} : { account }),
    command,
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(key === undefined ? {} : { key }),
  };
}

/**
 * Code that makes a call. `base` is the bridge's address without a slash at the
 * end.
 */
export function formatSnippet(
  kind: SnippetKind,
  given: Call,
  base: string,
): string {
  const call = withoutSecrets(given);
  switch (kind) {
    case "curl":
      return [
        `curl -sS '${base}/api/${call.command}'`,
        `-H "Authorization: Bearer $TQQ_TOKEN"`,
        `-H 'Content-Type: application/json'`,
        `-d ${quoteForShell(JSON.stringify(toBody(call)))}`,
      ].join(" \\\n  ");
    case "fetch":
      return `const response = await fetch(${
        JSON.stringify(`${base}/api/${call.command}`)
      }, {
  method: "POST",
  headers: {
    "authorization": \`Bearer \${process.env.TQQ_TOKEN}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify(${indent(formatJson(toBody(call)))}),
});
console.log(response.status, await response.json());
`;
    case "client":
      return formatClient(call, base);
    case "frame":
      return JSON.stringify(toFrame(call));
  }
}

function formatClient(
  { command, params, account, key }: Call,
  base: string,
): string {
  const options = {
    ...(account === undefined ? {} : { account }),
    ...(key === undefined ? {} : { key }),
  };
  const args = [JSON.stringify(command), indent(formatJson(params))];
  if (Object.keys(options).length > 0) args.push(indent(formatJson(options)));
  return `import { BridgeClient } from ${JSON.stringify(`${base}/mod.ts`)};

await using bridge = new BridgeClient({
  url: ${JSON.stringify(`${base.replace(/^http/, "ws")}/ws`)},
  token: process.env.TQQ_TOKEN ?? "",
});
console.log(await bridge.command(${args.join(", ")}));
`;
}

/** JSON with names that need no quotes left without them, as people write it. */
function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replace(/^(\s*)"([A-Za-z_]\w*)":/gm, "$1$2:");
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

/** Quotes a text for POSIX shells. */
function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

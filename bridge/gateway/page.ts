/** The page at `/`: that the bridge runs, and where to connect. @module */

/** What the page tells. */
export interface StartPageOptions {
  /** The program's version. */
  version: string;
  /** Where the bridge was asked: `http://127.0.0.1:8080`. */
  http: string;
}

/** The page's HTML: no script, no style, no secret. */
export function startPage({ version, http }: StartPageOptions): string {
  const base = escapeHtml(http);
  const ws = base.replace(/^http/, "ws");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tqq</title>
<h1>tqq ${escapeHtml(version)}</h1>
<p>The bridge is running. Each of these needs a token, but the last two:</p>
<dl>
<dt>WebSocket</dt><dd><code>${ws}/ws</code></dd>
<dt>Server-sent events</dt><dd><code>${base}/events</code></dd>
<dt>Commands</dt><dd><code>POST ${base}/api/{command}</code></dd>
<dt>Documents</dt><dd><code>${base}/asyncapi.json</code>, <code>${base}/openapi.json</code></dd>
<dt>Metrics</dt><dd><code>${base}/metrics</code></dd>
<dt>Health</dt><dd><a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a></dd>
<dt>Client</dt><dd><code>import { BridgeClient } from "${base}/mod.ts";</code></dd>
</dl>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

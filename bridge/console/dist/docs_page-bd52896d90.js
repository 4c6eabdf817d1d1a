import{a as _,b as B,d as T}from"./chunk-c624a3363b.js";import{c as M}from"./chunk-f70c6f7bef.js";import"./chunk-ab5a35c585.js";import{c as $}from"./chunk-5ea57c0536.js";import{a as N,c as C}from"./chunk-d2620b2114.js";import{a as l}from"./chunk-42e248aa20.js";import"./chunk-570872fef3.js";import"./chunk-ff4ab8e738.js";import"./chunk-d5ac9a946b.js";import{a as e,f as y,k as E,o as O}from"./chunk-9587a19931.js";import"./chunk-984849db8b.js";import{c as d,e as S,f as b,h as k}from"./chunk-f76a2ab3ff.js";var A=`/* Documents: sections beside the text. */

.docs {
  display: grid;
  grid-template-columns: 12rem minmax(0, 1fr);
  flex: 1;
  min-height: 0;
}

.docs-sections {
  padding: 1.25rem 0.75rem;
  border-inline-end: 1px solid var(--line);
}

.docs-sections a {
  display: block;
  padding: 0.3rem 0.65rem;
  border-radius: 6px;
  color: var(--muted);
  text-decoration: none;
}

.docs-sections a:hover {
  background: var(--sunken);
}

.docs-sections [aria-current] {
  background: color-mix(in srgb, var(--accent) 14%, transparent);
  color: var(--accent);
}

.docs-text {
  padding: 1.25rem 2rem 3rem;
  overflow: auto;
}

.docs-text > *,
.docs-text > div > * {
  max-width: 75ch;
}

.docs-text h2 {
  margin: 0.5rem 0 0.75rem;
}

.docs-text > p {
  margin-bottom: 0.75rem;
}

.docs-text > section {
  margin-top: 1.5rem;
}

.docs-text section .hint {
  margin: 0.15rem 0 0.4rem;
}

.docs code {
  font-family: var(--mono);
  font-size: 0.875em;
}

.docs-entry {
  padding: 0.9rem 0;
  border-top: 1px solid var(--line);
  scroll-margin-top: 1rem;
}

.docs-text > div > p {
  margin-bottom: 1rem;
}

.docs-entry header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.4rem 0.6rem;
}

.docs .chip {
  padding: 0.05rem 0.55rem;
  border-radius: 1rem;
  background: var(--sunken);
  color: var(--muted);
  font-size: 0.75rem;
  font-weight: 500;
}

.docs-try {
  margin-inline-start: auto;
  font-size: 0.875rem;
}

.docs-entry dl {
  display: grid;
  grid-template-columns: 4.5rem minmax(0, 1fr);
  gap: 0.25rem 0.75rem;
  margin-top: 0.4rem;
  font-size: 0.875rem;
}

.docs-entry dt {
  color: var(--muted);
}

.docs-entry dd .hint {
  margin: 0;
}

@media (max-width: 64rem) {
  .docs {
    display: block;
    overflow: auto;
  }

  .docs-sections {
    padding: 0.75rem 1rem 0;
    border: 0;
  }

  .docs-sections ul {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem;
  }

  .docs-text {
    padding: 0.75rem 1rem 2rem;
    overflow: visible;
  }

  .docs-entry dl {
    grid-template-columns: minmax(0, 1fr);
  }
}

@media (pointer: coarse) {
  .docs-sections a {
    min-height: 2.75rem;
    align-content: center;
  }
}
`;function R(t,n){let o=t.replace(/^http/,"ws");return[{name:"Deno",hint:"runDeno",code:`import { BridgeClient } from ${JSON.stringify(`${t}/mod.ts`)};

await using bridge = new BridgeClient({
  url: "${o}/ws",
  token: Deno.env.get("TQQ_TOKEN") ?? "",
  accounts: ["${n}"],
  events: ["message"],
});
for await (const frame of bridge) {
  if (frame.type !== "event" || frame.event !== "message") continue;
  console.log(frame.account, frame.data.from, frame.data.text);
  await bridge.send(frame.account, frame.data.from, "thank you");
}
`},{name:"Node",hint:"runNode",code:`const socket = new WebSocket(
  "${o}/ws?accounts=${n}&events=message",
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
`},{name:"Browser",hint:"runBrowser",code:`import { BridgeClient } from ${JSON.stringify(`${t}/mod.js`)};

const bridge = new BridgeClient({
  url: "${o}/ws",
  token: prompt("Token") ?? "",
});
for await (const frame of bridge) {
  if (frame.type === "event") console.log(frame.event, frame.data);
}
`},{name:"curl",hint:"runCurl",code:`curl -sS '${t}/api/friends' \\
  -H "Authorization: Bearer $TQQ_TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{"account":"${n}"}'`},{name:"curl, events",hint:"runStream",code:`curl -sSN '${t}/events?events=message' \\
  -H "Authorization: Bearer $TQQ_TOKEN"`},{name:"Koishi",hint:"runKoishi",code:`plugins:
  http: {}
  adapter-satori:
    endpoint: ${t}/satori
    token: TOKEN`},{name:"NoneBot",hint:"runNoneBot",code:`DRIVER=~websockets
ONEBOT_WS_URLS=["${o}/onebot/v11/${n}?consumer=nonebot"]
ONEBOT_ACCESS_TOKEN=TOKEN`},{name:"Satori",hint:"runSatori",code:`curl -sS -X POST '${t}/satori/v1/login.get' \\
  -H "Authorization: Bearer $TQQ_TOKEN" \\
  -H 'Satori-Platform: qq' -H 'Satori-User-ID: ${n}' \\
  -H 'Content-Type: application/json' -d '{}'`}]}function g(t,n){let o=T(t,n),r=o.anyOf??o.oneOf;if(r!==void 0){let i=r.flatMap(c=>g(c,n));return i.filter(({name:c},a)=>i.findIndex(m=>m.name===c)===a)}return Object.entries(o.properties??{}).map(([i,c])=>({name:i,type:p(c,n),isRequired:o.required?.includes(i)===!0}))}function p(t,n){let o=t.$ref?.split("/").at(-1),r=T(t,n),i=r.anyOf??r.oneOf;return i!==void 0?i.map(a=>p(a,n)).join(" | "):r.const!==void 0?JSON.stringify(r.const):r.enum!==void 0?r.enum.map(a=>JSON.stringify(a)).join(" | "):o==="QqNumber"?o:((typeof r.type=="string"?[r.type]:r.type)??["any"]).map(a=>{switch(a){case"string":return r.format==="date-time"?"time":`string${j(r.minLength,r.maxLength)}`;case"integer":case"number":return`${a}${j(r.minimum,r.maximum)}`;case"array":return`list of ${p(r.items??{},n)}`;case"object":{let{additionalProperties:m}=r;return r.properties===void 0&&typeof m=="object"?`map of ${p(m,n)}`:`{ ${g(r,n).map(({name:w,isRequired:z})=>z?w:`${w}?`).join(", ")} }`}default:return a}}).join(" | ")}function j(t,n){let o=n!==void 0&&n<Number.MAX_SAFE_INTEGER,r=t!==void 0&&t>Number.MIN_SAFE_INTEGER;return r&&o?` ${t} to ${n}`:o?` up to ${n}`:r&&t!==0?` from ${t}`:""}var Q={docs:"Docs",sections:"Sections",begin:"Begin",commands:"Commands",events:"Events",errors:"Errors",closeCodes:"Close codes",limits:"Limits",noDocuments:"The documents of the bridge cannot be loaded.",beginText:"Programs use the bridge over a WebSocket, over HTTP, or as a bot framework does. The addresses below are those of this bridge.",beginToken:"Create a token on the page Tokens and put it into the environment variable TQQ_TOKEN, or in place of TOKEN.",runDeno:"Save it as bot.ts, then: deno run --allow-net --allow-env --allow-import bot.ts",runNode:"Node 22 or later. Save it as bot.mjs, then: node bot.mjs",runBrowser:"A module of a page. If the page has another origin, start the bridge with --allow-origin and that origin.",runCurl:"Each command is a POST request to {base}/api/NAME.",runStream:"Events as server-sent events. Send the last id as Last-Event-ID to continue.",runKoishi:"In koishi.yml, with the adapter installed by: npm install @koishijs/plugin-adapter-satori@npm:@satorijs/adapter-satori",runNoneBot:"OneBot 11, in .env. One address for each account.",runSatori:"Each method is a POST request to {base}/satori/v1/NAME.",commandsText:"Each command is a frame over the WebSocket, a POST request, and a method of BridgeClient. A name with ? may be left out.",scope:"scope {scope}",needsAccount:"for one account",takesAccount:"for one account or all",tryIt:"Try it",params:"params",result:"result",eventsText:"Each event has seq, at, account, event and data. A subscription names events, or what precedes their dot.",showEvents:"Show these events",errorsText:"A failed command returns a code, a message for people, and whether the same command can succeed later. Branch on the code.",retriable:"retriable",notRetriable:"not retriable",closeCodesText:"The bridge closes a WebSocket with one of these codes. BridgeClient connects again where that can help.",reconnect:"connect again",noReconnect:"do not connect again",limitsText:"The limits of this bridge.",limitFrameBytes:"Bytes of a frame.",limitFragments:"Fragments of a frame.",limitJsonDepth:"Depth of the JSON of a frame.",limitCommandsPerMinute:"Commands a minute, of a connection or a token.",limitHelloMs:"Time for the first frame, in milliseconds.",limitPingMs:"Time between two pings of the bridge, in milliseconds.",limitPongMs:"Time for the answer to a ping, in milliseconds.",limitBufferedBytes:"Bytes that wait for a client; beyond them nothing more is sent until it reads.",limitUnacked:"Events that a consumer may have without acknowledging them.",limitStallMs:"Time without progress after which a reader is closed, in milliseconds.",limitHeadMs:"Time for the head of a request, in milliseconds.",limitConnections:"Open connections, streams of events included.",limitConnectionsPerToken:"Open connections with one token."};var P={message:"A friend sent a message.","message.stranger":"A stranger sent a message.","message.sent":"The account sent a message through the bridge.",presence:"A friend's presence changed.","friend.request":"Somebody asks to be added; the text is the reason.","friend.accepted":"A request of the account was accepted.","friend.refused":"A request of the account was refused; the text is the reason.","friend.added":"Somebody added the account as a friend.","account.state":"The account's own state changed; action says what you can do.","account.removed":"The account was removed from the bridge; its events stay.",unknown:"Mail that the bridge does not recognise, passed through unchanged."},D={not_logged_in:"The account is not online.",login_refused:"The QQ server refused the password.",invalid_uin:"The QQ server does not accept the number.",penalised:"Too fast (retryAfterMs says how long to wait), or impossible, as a message to a number that does not exist.",rejected:"The QQ server refused the command, or closed the connection without a reply (a command that changes something is asked three times).",malformed_reply:"The QQ server's reply cannot be read.",unreachable:"The QQ server cannot be reached.",timeout:"A command that only reads got no reply in time.",outcome_unknown:"The command was sent and not answered; check history, or use a key.",bad_frame:"Not a valid frame, or not a valid body.",unknown_command:"There is no such command.",bad_params:"A parameter is invalid; the message names it.",forbidden:"The token does not have the scope.",unknown_account:"The account is not one of the token's.",already_exists:"It is there already; for createToken with a key: the token was created, and its text is no longer known.",overloaded:"A limit is reached; wait retryAfterMs.",internal:"The bridge failed."};var s=E(Q,async()=>{let[{ZH:t},n]=await Promise.all([import("./docs-98062a858d.js"),import("./documents-71c05d0be2.js")]);return I=n,t}),I,V={EVENTS:P,ERRORS:D};function h(t,n,o=""){let r=y.value==="zh"?I?.[t][n]:void 0;return r!==void 0?{text:r,lang:void 0}:{text:V[t]?.[n]??o,lang:y.value==="zh"?"en":void 0}}function u({section:t,name:n,children:o}){return e("section",{id:`${t}-${n}`,class:"docs-entry","aria-label":n,tabIndex:-1,children:o})}function f({section:t,name:n}){return e("a",{href:l("docs",[t,n]),children:e("code",{children:n})})}function v({text:t,lang:n}){return e("p",{lang:n,children:t})}function q({found:t}){return e(d,{children:[e("p",{children:s("commandsText")}),t.commands.map(n=>e(W,{command:n,schemas:t.schemas},n.name))]})}function W({command:t,schemas:n}){let{name:o,scope:r,summary:i,account:c,params:a,result:m}=t;return e(u,{section:"commands",name:o,children:[e("header",{children:[e("h3",{children:e(f,{section:"commands",name:o})}),e("span",{class:"chip",children:s("scope",{scope:r})}),c!=="none"&&e("span",{class:"chip",children:s(c==="required"?"needsAccount":"takesAccount")}),e("a",{class:"docs-try",href:l("playground",[o]),children:s("tryIt")})]}),e(v,{...h("COMMANDS",o,i)}),e(x,{title:s("params"),schema:a,schemas:n}),e(x,{title:s("result"),schema:m,schemas:n})]})}function x({title:t,schema:n,schemas:o}){let r=g(n,o);return r.length===0?null:e("dl",{children:[e("dt",{children:t}),e("dd",{children:e("ul",{children:r.map(({name:i,type:c,isRequired:a})=>e("li",{children:[e("code",{children:a?i:`${i}?`})," ",e("span",{class:"hint",children:c})]},i))})})]})}function F({found:t}){return e(d,{children:[e("p",{children:s("eventsText")}),t.events.map(({name:n,data:o})=>e(u,{section:"events",name:n,children:[e("header",{children:[e("h3",{children:e(f,{section:"events",name:n})}),e("a",{class:"docs-try",href:l("events",[],{events:n}),children:s("showEvents")})]}),e(v,{...h("EVENTS",n)}),e(x,{title:"data",schema:o,schemas:t.schemas})]},n))]})}function H({found:t}){return e(d,{children:[e("p",{children:s("errorsText")}),t.errors.map(({code:n,isRetriable:o,status:r})=>e(u,{section:"errors",name:n,children:[e("header",{children:[e("h3",{children:e(f,{section:"errors",name:n})}),r!==void 0&&e("span",{class:"chip",children:["HTTP ",r]}),e("span",{class:"chip",children:s(o?"retriable":"notRetriable")})]}),e(v,{...h("ERRORS",n)})]},n))]})}function L({found:t}){return e(d,{children:[e("p",{children:s("closeCodesText")}),t.closeCodes.map(({code:n,meaning:o,isReconnectable:r})=>e(u,{section:"closeCodes",name:n,children:[e("header",{children:[e("h3",{children:e(f,{section:"closeCodes",name:n})}),e("span",{class:"chip",children:s(r?"reconnect":"noReconnect")})]}),e(v,{...h("CLOSES",n,o)})]},n))]})}var G={frameBytes:"limitFrameBytes",fragments:"limitFragments",jsonDepth:"limitJsonDepth",commandsPerMinute:"limitCommandsPerMinute",helloMs:"limitHelloMs",pingMs:"limitPingMs",pongMs:"limitPongMs",bufferedBytes:"limitBufferedBytes",unacked:"limitUnacked",stallMs:"limitStallMs",headMs:"limitHeadMs",connections:"limitConnections",connectionsPerToken:"limitConnectionsPerToken"};function K({found:t}){return e(d,{children:[e("p",{children:s("limitsText")}),Object.entries(t.limits).map(([n,o])=>{let r=G[n];return e(u,{section:"limits",name:n,children:[e("header",{children:[e("h3",{children:e(f,{section:"limits",name:n})}),e("span",{class:"chip",children:o.toLocaleString("en")})]}),r!==void 0&&e("p",{children:s(r)})]},n)})]})}O(A);var J=["begin","commands","events","errors","closeCodes","limits"];function Ce({params:t}){let n=J.find(a=>a===t.section)??"begin",[o,r]=S(),i=()=>{r(void 0),B().catch(a=>r(String(a)))};b(i,[]);let c=_.value;return e("div",{class:"docs",children:[e("nav",{class:"docs-sections","aria-label":s("sections"),children:e("ul",{children:J.map(a=>e("li",{children:e("a",{href:l("docs",[a]),"aria-current":a===n?"page":void 0,children:s(a)})},a))})}),e("div",{class:"docs-text",children:[e("h1",{children:s("docs")}),e("h2",{children:s(n)}),n==="begin"?e(X,{}):c!==void 0?e(Z,{section:n,found:c,name:t.name}):o===void 0?e(N,{onRetry:i}):e(C,{text:s("noDocuments"),details:o,onRetry:i})]})]})}function X(){let t=new URL(".",location.href).href.replace(/\/$/,""),n=$.value[0]??"10001";return e(d,{children:[e("p",{children:s("beginText")}),e("p",{children:s("beginToken")}),R(t,n).map(({name:o,hint:r,code:i})=>e("section",{"aria-label":o,children:[e("h3",{children:o}),e("p",{class:"hint",children:s(r,{base:t})}),e(M,{name:o,text:i})]},o))]})}function Z({section:t,found:n,name:o}){let r=k(null);return b(()=>{if(o===void 0)return;let i=r.current?.querySelector(`[id="${CSS.escape(`${t}-${o}`)}"]`);i?.scrollIntoView({block:"start"}),i?.focus({preventScroll:!0})},[t,o,n]),e("div",{ref:r,children:[t==="commands"&&e(q,{found:n}),t==="events"&&e(F,{found:n}),t==="errors"&&e(H,{found:n}),t==="closeCodes"&&e(L,{found:n}),t==="limits"&&e(K,{found:n})]})}export{Ce as DocsPage};

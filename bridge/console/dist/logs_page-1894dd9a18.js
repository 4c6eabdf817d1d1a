import{a as D}from"./chunk-3311d8015c.js";import{a as F}from"./chunk-277c894be7.js";import"./chunk-5d2e8f1a93.js";import{a as P}from"./chunk-4af76ce4bc.js";import"./chunk-f70c6f7bef.js";import"./chunk-f79c9d1716.js";import{b as I}from"./chunk-d2620b2114.js";import{a as L}from"./chunk-42e248aa20.js";import"./chunk-ff4ab8e738.js";import{c as $,f as k}from"./chunk-d490d1e7a1.js";import{a as _,b as z}from"./chunk-3a72daabe9.js";import"./chunk-6c4968ad0d.js";import{e as C}from"./chunk-d5ac9a946b.js";import{a as e,k as O,o as M}from"./chunk-9587a19931.js";import{p as E}from"./chunk-984849db8b.js";import{e as b,f as T,h as N,i as j,v as R}from"./chunk-f76a2ab3ff.js";var S=class{#o;#n="";#i="";#t="";#e=[];constructor(o){this.#o=o}push(o){let n=(this.#n+o).split(/\r\n|\n/);if(this.#n=n.pop(),this.#n.length>1048576)throw new RangeError("Cannot read the stream: a line has at most 1048576 characters.");for(let i of n)this.#l(i)}#l(o){if(o===""){if(this.#e.length>0){let s=this.#e.join(`
`);this.#o({id:this.#i,event:this.#t,data:s})}this.#t="",this.#e=[];return}let[,n,i=""]=/^([^:]*):? ?(.*)$/s.exec(o);n==="id"?this.#i=i:n==="event"?this.#t=i:n==="data"&&this.#e.push(i)}};var J=[500,1e3,2e3,5e3];async function U(t,o){let{signal:n}=o,i="";for(let s=0;!n.aborted;s++){try{let c=await R(t,{signal:n,...i===""?{}:{headers:{"last-event-id":i}}});c.ok&&c.body!==null?(s=0,o.onOpen?.(),await W(c.body,r=>{n.aborted||(r.id!==""&&(i=r.id),o.onEvent(r))})):await c.body?.cancel()}catch{}if(n.aborted)return;o.onLost?.(),await Z(J[Math.min(s,J.length-1)],n)}}async function W(t,o){let n=new S(o),i=t.pipeThrough(new TextDecoderStream).getReader();for(;;){let{done:s,value:c}=await i.read();if(s)return;n.push(c)}}function Z(t,o){return new Promise(n=>{let i=setTimeout(n,t);o.addEventListener("abort",()=>{clearTimeout(i),n()},{once:!0})})}var v=["debug","info","warn","error"];function X(t,o){let{time:n,level:i,message:s,...c}=JSON.parse(t);return{number:o,time:String(n),level:v.find(r=>r===i)??"info",message:String(s),fields:c}}function A(t){return Object.entries(t).map(([o,n])=>`${o}=${typeof n=="string"&&!/\s/.test(n)?n:JSON.stringify(n)}`).join(" ")}function B(t,o){if(t.level==="gap")return!0;let n=`${t.message} ${A(t.fields)}`.toLowerCase();return o.toLowerCase().split(/\s+/).every(i=>n.includes(i))}function H(t){return t.filter(({level:o})=>o!=="gap").map(({time:o,level:n,message:i,fields:s})=>`${JSON.stringify({time:o,level:n,message:i,...s})}
`).join("")}var V=`/* Log: filters, lines, the line in full. */

.logs {
  display: flex;
  flex-direction: column;
  flex: 1;
  min-height: 0;
  background: var(--surface);
}

.logs-head {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5rem 1rem;
  padding: 0.75rem 1rem 0.25rem;
}

.logs-actions {
  display: flex;
  gap: 0.35rem;
  margin-inline-start: auto;
}

.logs-actions [aria-pressed="true"] {
  border-color: var(--accent);
  color: var(--accent);
}

.logs-filters {
  display: flex;
  flex-wrap: wrap;
  align-items: end;
  gap: 0.5rem 0.6rem;
  padding: 0.4rem 1rem;
}

.logs-filters label {
  display: grid;
  gap: 0.1rem;
  width: 8rem;
}

.logs-filters label.wide {
  width: 13rem;
}

.logs-filters label > span {
  color: var(--muted);
  font-size: 0.75rem;
}

.logs-filters input,
.logs-filters select {
  min-width: 0;
  min-height: 2rem;
  padding: 0.15rem 0.6rem;
  border-radius: 6px;
  font-size: 0.875rem;
}

.logs-level {
  display: flex;
  flex-wrap: wrap;
  align-items: end;
  gap: 0.5rem;
}

.logs-level label {
  width: 10rem;
}

.logs-note {
  min-height: 1.75rem;
  padding: 0 1rem;
}

.logs-body {
  display: flex;
  flex: 1;
  min-height: 0;
  border-top: 1px solid var(--line);
}

.logs-body:not(.chosen) .ui-split-second,
.logs-body:not(.chosen) .ui-split-bar {
  display: none;
}

.logs-body:not(.chosen) .ui-split-first {
  flex: 1;
}

.log-line .of-fields {
  color: var(--muted);
  font-family: var(--mono);
  font-size: 0.8125rem;
}

.log-line.of-warn .of-level {
  color: var(--warn);
}

.log-line.of-error .of-level,
.log-line.of-gap .of-message {
  color: var(--bad);
}

.log-detail {
  display: grid;
  gap: 0.5rem;
  align-content: start;
  padding: 0.75rem 1rem 1.5rem;
}

.log-detail header {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 0.5rem;
}

@media (max-width: 37.5rem) {
  .logs-filters label,
  .logs-filters label.wide {
    flex: 1 1 7rem;
    width: auto;
  }

  .logs .ui-table-head {
    display: none;
  }

  .logs .ui-table-body > .ui-row {
    display: flex;
    flex-wrap: wrap;
    gap: 0 0.5rem;
    padding: 0.35rem 0.75rem;
  }

  .logs .ui-table-body .ui-cell {
    padding: 0;
    font-size: 0.8125rem;
  }

  .logs .ui-table-body .of-fields {
    flex: 1 0 100%;
  }

  .logs-body.chosen .ui-split-first,
  .logs-body.chosen .ui-split-bar {
    display: none;
  }

  .logs-body.chosen {
    position: fixed;
    z-index: 15;
    inset: 0;
    background: var(--surface);
  }
}
`;var q={logs:"Logs",connected:"Live",notConnected:"Not connected",pause:"Pause",resume:"Resume",download:"Download",filters:"Filters",level:"Level",account:"Account",connection:"Connection",text:"Text",time:"Time",message:"Message",fields:"Fields",line:"Line",close:"Close the detail",shown:"{n} lines.",dropped:"{n} older ones were dropped: this page keeps {most}.",paused:"Paused: {n} new ones.",gap:"\u2026 {n} lines were dropped",nothing:"Nothing at the level {level}",nothingHint:"Choose a lower level, or clear the filters.",showAccount:"Account {account}",onlyConnection:"Only connection {connection}",bridgeLevel:"Level of the bridge",levelChanged:"The bridge writes from {level} on, until its next start."};var l=O(q,async()=>(await import("./logs-094d636ca9.js")).ZH);M(V);var Q=1e3,Y={lines:[],dropped:0,isConnected:!1};function Oe({query:t}){let o=v.find(a=>a===t.get("level"))??"info",n=/^\d{1,20}$/.exec(t.get("account")??"")?.[0]??"",i=t.get("connection")??"",[s,c]=b(""),[r,d]=b(),[f,w]=b(),m=ee(o,n,i),{lines:u,dropped:g}=f??m,p=j(()=>s.trim()===""?u:u.filter(a=>B(a,s.trim())),[u,s]),h=a=>{let x={level:o,account:n,connection:i,...a};location.hash=L("logs",[],{level:x.level==="info"?void 0:x.level,account:x.account||void 0,connection:x.connection||void 0})};return e("div",{class:"logs",children:[e("header",{class:"logs-head",children:[e("h1",{children:l("logs")}),e("span",{class:"hint",role:"status",children:l(m.isConnected?"connected":"notConnected")}),e("div",{class:"logs-actions",children:[e("button",{type:"button",class:"small","aria-pressed":f!==void 0,onClick:()=>w(f===void 0?m:void 0),children:[e(C,{name:f===void 0?"pause":"run",size:16}),l(f===void 0?"pause":"resume")]}),e("button",{type:"button",class:"small",onClick:()=>ie(p),children:[e(C,{name:"download",size:16}),l("download")]})]})]}),e("div",{class:"logs-filters",role:"search","aria-label":l("filters"),children:[e("label",{children:[e("span",{children:l("level")}),e("select",{value:o,onChange:({currentTarget:{value:a}})=>h({level:a}),children:v.map(a=>e("option",{children:a},a))})]}),e(K,{name:l("account"),value:n,onApply:a=>h({account:a})}),e(K,{name:l("connection"),value:i,onApply:a=>h({connection:a})}),e("label",{class:"wide",children:[e("span",{children:l("text")}),e("input",{type:"search",value:s,onInput:({currentTarget:{value:a}})=>c(a)})]}),e(oe,{})]}),e("p",{class:"hint logs-note",role:"status",children:[l("shown",{n:p.length})," ",g>0&&l("dropped",{n:g,most:5e3})," ",f!==void 0&&l("paused",{n:m.dropped+m.lines.length-g-u.length})]}),e("div",{class:r===void 0?"logs-body":"logs-body chosen",children:e(D,{first:e(F,{name:l("logs"),columns:ne(),rows:p,keyOf:({number:a})=>a,chosen:r?.number,onChoose:a=>d(a.level==="gap"?void 0:a),anchor:"end",rowClass:({level:a})=>`log-line of-${a}`,empty:e(I,{title:l("nothing",{level:o}),hint:l("nothingHint")})}),second:r!==void 0&&e(te,{line:r,onClose:()=>d(void 0)})})})]})}function ee(t,o,n){let[i,s]=b(Y);return T(()=>{let c=new AbortController,r=[],d=0,f=0,w=!1,m,u=()=>m??=requestAnimationFrame(()=>{m=void 0;let p=r.length-5e3;p>0&&(d+=p,r=r.slice(p)),s({lines:[...r],dropped:d,isConnected:w})}),g=new URLSearchParams({level:t,tail:String(Q)});return o!==""&&g.set("account",o),n!==""&&g.set("connection",n),s(Y),U(`logs?${g}`,{signal:c.signal,onOpen:()=>{w=!0,u()},onLost:()=>{w=!1,u()},onEvent:({event:p,data:h})=>{r.push(p==="gap"?{number:++f,time:"",level:"gap",message:l("gap",{n:JSON.parse(h).dropped}),fields:{}}:X(h,++f)),r.length>=2*5e3&&(d+=5e3,r=r.slice(5e3)),u()}}),()=>{c.abort(),m!==void 0&&cancelAnimationFrame(m)}},[t,o,n]),i}var ne=()=>[{key:"time",title:l("time"),width:"7.5rem",render:({time:t})=>t===""?"":e("time",{dateTime:t,title:k(t),children:$(t)})},{key:"level",title:l("level"),width:"4rem",render:({level:t})=>t==="gap"?"":t},{key:"message",title:l("message"),width:"minmax(10rem, 1fr)",render:({message:t})=>e("span",{lang:"en",children:t})},{key:"fields",title:l("fields"),width:"minmax(10rem, 2fr)",render:({fields:t})=>e("bdi",{children:A(t)})}];function te({line:t,onClose:o}){let{time:n,level:i,message:s,fields:c}=t,{account:r,connection:d}=c;return e("section",{class:"log-detail","aria-label":l("line"),children:[e("header",{children:[e("h2",{lang:"en",children:s}),e("button",{type:"button",class:"quiet ui-square","aria-label":l("close"),onClick:o,children:e(C,{name:"close"})})]}),e("p",{class:"hint",children:[e("time",{dateTime:n,children:k(n)})," \xB7 ",i]}),e("div",{class:"actions",children:[typeof r=="string"&&e("a",{class:"button small",href:L("accounts",[r]),children:l("showAccount",{account:r})}),typeof d=="string"&&e("a",{class:"button small",href:L("logs",[],{level:"debug",connection:d}),children:l("onlyConnection",{connection:d})})]}),e(P,{name:l("line"),value:{time:n,level:i,message:s,...c}})]})}function oe(){let t=_(),[o,n]=b();return T(()=>{E("settings",{}).then(({settings:i})=>n(i.find(({name:s})=>s==="logLevel")?.value),()=>{})},[]),o===void 0?null:e("div",{class:"logs-level",children:[e("label",{children:[e("span",{children:l("bridgeLevel")}),e("select",{value:o,disabled:t.busy,onChange:({currentTarget:{value:i}})=>void t.run(async()=>(await E("setSetting",{name:"logLevel",value:i}),n(i),l("levelChanged",{level:i})),"setSetting"),children:v.map(i=>e("option",{children:i},i))})]}),e(z,{task:t})]})}function K({name:t,value:o,onApply:n}){let i=N(null),s=()=>{let c=i.current.value.trim();c!==o&&n(c)};return e("label",{children:[e("span",{children:t}),e("input",{ref:i,type:"text",autocomplete:"off",value:o,onBlur:s,onKeyDown:c=>{c.key==="Enter"&&!c.isComposing&&s()}})]})}function ie(t){let o=new Blob([H(t)],{type:"application/jsonl"}),n=document.createElement("a");n.href=URL.createObjectURL(o),n.download=`log-${new Date().toISOString().slice(0,19)}.jsonl`.replaceAll(":","-"),n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),1e4)}export{Oe as LogsPage};

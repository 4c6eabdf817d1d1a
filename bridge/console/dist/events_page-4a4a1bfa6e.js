import{a as U}from"./chunk-56604ca634.js";import{a as Me,b as Ae,c as V,d as B}from"./chunk-2d3fbae628.js";import{b as De,c as Pe}from"./chunk-b6a526cc76.js";import{b as de,c as xe}from"./chunk-0235c4fe36.js";import"./chunk-7bca911dbd.js";import{a as je}from"./chunk-730b44ea8d.js";import"./chunk-49a978413e.js";import"./chunk-cd11ed7832.js";import{a as Ne}from"./chunk-b58e638f48.js";import{a as Oe}from"./chunk-9d96b8ce7e.js";import"./chunk-dde41f9667.js";import"./chunk-1a2a94d394.js";import"./chunk-b1b42fc319.js";import{a as q}from"./chunk-fcc6ba3b6b.js";import{a as Te,b as H,c as J}from"./chunk-1605b4fc47.js";import{c as I,d as Ce,f as O}from"./chunk-aeff71c2c6.js";import{a as $}from"./chunk-42e248aa20.js";import{e as b,g as W}from"./chunk-0f7694d061.js";import{B as y,D as ye,L as ke,S as Se,T as z,U as ce,V as Ee,W as M,aa as D,c as x,da as Fe,e as t,f as v,g as w,i as S,j,l as we,m as le,y as be}from"./chunk-cb640ebe8d.js";var _e=`/* Events: filters, rows, detail. */

.events {
  display: flex;
  flex-direction: column;
  flex: 1;
  min-height: 0;
  background: var(--surface);
}

.events-head {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5rem 1rem;
  padding: 0.75rem 1rem 0.25rem;
}

.events .segments {
  display: flex;
  padding: 2px;
  border-radius: 8px;
  background: var(--sunken);
}

.events .segments a {
  padding: 0.2rem 0.75rem;
  border-radius: 6px;
  color: var(--muted);
  font-size: 0.875rem;
  font-weight: 500;
  text-decoration: none;
}

.events .segments [aria-current] {
  background: var(--surface);
  color: var(--text);
}

.events code {
  font-family: var(--mono);
  font-size: 0.8125rem;
}

.events-filters {
  display: flex;
  flex-wrap: wrap;
  align-items: end;
  gap: 0.5rem 0.6rem;
  padding: 0.4rem 1rem;
}

.events-filter {
  display: grid;
  gap: 0.1rem;
  width: 9.5rem;
}

.events-filter.wide {
  width: 13rem;
}

.events-filter.of-since,
.events-filter.of-until {
  width: 13.5rem;
}

.events-filter > input {
  width: 100%;
  min-width: 0;
}

.events-toggle {
  display: none;
}

.events .of-direction {
  text-overflow: clip;
}

.events-filter > span,
.events-names summary > span {
  color: var(--muted);
  font-size: 0.75rem;
}

.events-filters input:not([type="checkbox"]),
.events-filters select,
.events-names summary {
  min-height: 2rem;
  padding: 0.15rem 0.6rem;
  border-radius: 6px;
  font-size: 0.875rem;
}

.events-names {
  position: relative;
}

.events-names summary {
  display: grid;
  gap: 0.1rem;
  padding: 0;
  cursor: pointer;
  list-style: none;
}

.events-names summary strong {
  display: flex;
  align-items: center;
  min-width: 7rem;
  min-height: 2rem;
  padding: 0.15rem 0.6rem;
  border: 1px solid color-mix(in srgb, var(--muted) 62%, transparent);
  border-radius: 6px;
  font-weight: 400;
}

.events-names-list {
  position: absolute;
  z-index: 10;
  top: calc(100% + 4px);
  display: grid;
  width: 14rem;
  padding: 0.5rem 0.75rem;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
  box-shadow: var(--shadow);
}

.events-names-list .check {
  min-height: 2rem;
}

.events-actions {
  display: flex;
  flex-wrap: wrap;
  gap: 0.35rem;
  margin-inline-start: auto;
}

.events-actions [aria-pressed="true"] {
  border-color: var(--accent);
  color: var(--accent);
}

.events-note {
  min-height: 2rem;
  padding: 0 1rem;
}

.events-note .hint {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0 0.5rem;
  min-height: 2rem;
}

.events-day {
  margin-inline-start: auto;
}

.events > .ui-failed {
  margin: 0 1rem 0.5rem;
}

.events-body {
  display: flex;
  flex: 1;
  min-height: 0;
  border-top: 1px solid var(--line);
}

.events .ui-row.pair {
  box-shadow: inset 3px 0 0 var(--accent);
  background: color-mix(in srgb, var(--accent) 7%, transparent);
}

.events time {
  font-variant-numeric: tabular-nums;
}

/* The column scrolls, so its panels keep the height of their contents. */
.event-detail {
  display: grid;
  gap: 0.75rem;
  align-content: start;
  padding: 0.75rem 1rem 1.5rem;
}

.event-detail header {
  display: grid;
  grid-template-columns: 1fr auto;
  align-items: center;
  gap: 0 0.5rem;
}

.event-detail header .hint {
  grid-row: 2;
}

.event-close {
  grid-column: 2;
  grid-row: 1;
}

.event-detail h2 {
  overflow-wrap: anywhere;
}

.wire-texts {
  display: grid;
  gap: 0.5rem;
}

.wire-texts figcaption {
  margin-bottom: 0.2rem;
  color: var(--muted);
  font-size: 0.8125rem;
}

progress {
  width: 100%;
  accent-color: var(--accent);
}

/* The list has the whole page until an event is chosen. */
.events-body:not(.chosen) .ui-split-second,
.events-body:not(.chosen) .ui-split-bar {
  display: none;
}

.events-body:not(.chosen) .ui-split-first {
  flex: 1;
}

/* Rows of two lines, detail over the whole page. */
@media (max-width: 37.5rem) {
  .events-head {
    padding: 0.5rem 0.75rem 0;
  }

  .events-filters {
    padding: 0.35rem 0.75rem;
  }

  .events-filters.folded {
    display: none;
  }

  .events-toggle {
    display: inline-flex;
  }

  .events-filter,
  .events-filter.wide {
    flex: 1 1 8rem;
    width: auto;
  }

  .events .ui-table-head {
    display: none;
  }

  .events .ui-table-body > .ui-row {
    display: flex;
    flex-wrap: wrap;
    gap: 0 0.5rem;
    padding: 0.35rem 0.75rem;
  }

  .events .ui-table-body .ui-cell {
    padding: 0;
    font-size: 0.8125rem;
  }

  .events .ui-table-body .of-excerpt {
    flex: 1 0 100%;
    order: 9;
    font-size: 0.9375rem;
  }

  .events .of-size {
    display: none;
  }

  .events-body.chosen .ui-split-first,
  .events-body.chosen .ui-split-bar {
    display: none;
  }

  .events-body.chosen {
    position: fixed;
    z-index: 15;
    inset: 0;
    background: var(--surface);
  }
}
`;var[ue,fe]=[25,75],K=5,st={ArrowLeft:e=>e-K,ArrowUp:e=>e-K,ArrowRight:e=>e+K,ArrowDown:e=>e+K,Home:()=>ue,End:()=>fe};function X({first:e,second:n,share:r=45}){let[s,i]=v(r),o=S(null),[a,d]=v(!1);w(()=>{let u=o.current,m=()=>d(getComputedStyle(u).flexDirection==="column"),p=new ResizeObserver(m);return p.observe(u),()=>p.disconnect()},[]);let c=u=>i(Math.round(Math.max(ue,Math.min(fe,u))));return t("div",{ref:o,class:"ui-split",style:{"--share":`${s}%`},children:[t("div",{class:"ui-split-first",children:e}),t("div",{class:"ui-split-bar",role:"separator",tabIndex:0,"aria-label":W("uiResize"),"aria-orientation":a?"horizontal":"vertical","aria-valuenow":s,"aria-valuemin":ue,"aria-valuemax":fe,onKeyDown:u=>{let m=st[u.key]?.(s);m!==void 0&&(u.preventDefault(),c(m))},onPointerDown:u=>{u.preventDefault(),u.currentTarget.setPointerCapture(u.pointerId)},onPointerMove:u=>{if(!u.currentTarget.hasPointerCapture(u.pointerId))return;let m=o.current.getBoundingClientRect();c(a?(u.clientY-m.top)/m.height*100:(u.clientX-m.left)/m.width*100)}}),t("div",{class:"ui-split-second",children:n})]})}function Y(e){let[n]=v(()=>matchMedia(e)),[r,s]=v(n.matches);return w(()=>{let i=()=>s(n.matches);return n.addEventListener("change",i),()=>n.removeEventListener("change",i)},[]),r}var G="(min-width: 96rem)";var Re={events:"Events",views:"Views of the events",journal:"Journal",frames:"Frames",frame:"Frame",filters:"Filters",account:"Account",allAccounts:"All accounts",event:"Event",eventNames:"Events",allEvents:"all",someEvents:"{n} kinds",peer:"Other number",text:"Text",since:"From",until:"Before",afterPosition:"After position",position:"Position",time:"Time",excerpt:"Excerpt",badNumber:"1 to 20 digits.",badPosition:"A whole number.",tail:"Live",tailConnecting:"Live: connecting\u2026",export:"Export",clearFilters:"Clear the filters",historyFailed:"The journal cannot be read.",nothing:"No event matches",nothingYet:"What has been searched so far has no match.",nothingHint:"Change or clear the filters.",shown:"{n} events, positions {from} to {to}.",searchedBack:"Searched back to position {from}.",searchedNothing:"Searched back to position {from}, nothing yet.",searchedUpTo:"Searched up to position {to}.",notKept:"Events before position {oldest} are no longer kept.",reading:"Reading\u2026",continueSearch:"Continue the search",loadOlder:"Load older events",loadNewer:"Load newer events",copyPosition:"Copy position",openConversation:"Open conversation here",closeDetail:"Close the detail",exportTitle:"Export events",exportText:"Saves the events that pass the filters, oldest first, at most {most}.",exportStart:"Export",exportProgress:"Part of the journal that has been read",exportFound:"{n} events found",exportNothing:"No event passes the filters.",exportDone:"Saved {n} events.",exportCut:"There are more than {most}: narrow the filters to save the others.",exportFailed:"The export has failed.",stop:"Stop",format:"Format",jsonl:"JSONL: one event a line, as the API returns it",csv:"CSV: for spreadsheets",show:"Show",allFrames:"All frames",onlyCommands:"Commands and results",onlyEvents:"Events",onlyFailed:"Failures",hidePings:"Hide pings",pause:"Pause",resume:"Resume",clear:"Clear",framesShown:"{n} frames of this page's connection.",framesDropped:"{n} older ones were dropped: {most} are kept.",framesWaiting:"Paused: {n} new ones are recorded.",noFrames:"No frames yet",noFramesHint:"What this page sends and receives appears here.",received:"received",sent:"sent",direction:"Direction",type:"Type",name:"Name",size:"Size",answer:"Answer",showResult:"Show the result",showCommand:"Show the command",characters:"{n} characters"};var l=be(Re,async()=>(await import("./events-7205cc47c2.js")).ZH);var ot=[{link:"#/events",view:"journal"},{link:"#/events/frames",view:"frames"}];function Q({view:e,children:n}){return t("header",{class:"events-head",children:[t("h1",{children:l("events")}),t("nav",{class:"segments","aria-label":l("views"),children:ot.map(r=>t("a",{href:r.link,"aria-current":r.view===e?"page":void 0,children:l(r.view)},r.view))}),t("div",{class:"events-actions",children:n})]})}var at=/^\d{1,20}$/;function Le(e){let n=o=>{let a=e.get(o);return a!==null&&at.test(a)?a:void 0},r=o=>{let a=e.get(o);return a!==null&&!Number.isNaN(Date.parse(a))?new Date(a).toISOString():void 0},s=e.get("events")?.split(",").filter(o=>o!==""),i=n("after");return me({account:n("account"),events:s===void 0||s.length===0?void 0:s,peer:n("peer"),since:r("since"),until:r("until"),after:i===void 0?void 0:Number(i)})}function $e({account:e,events:n,peer:r,since:s,until:i,after:o}){return{account:e,events:n?.join(","),peer:r,since:s,until:i,after:o}}function me(e){return Object.fromEntries(Object.entries(e).filter(([,n])=>n!==void 0))}function qe({events:e,peer:n,since:r,until:s,after:i,text:o}){return{...e===void 0?{}:{events:[...e]},...n===void 0?{}:{with:n},...r===void 0?{}:{since:r},...s===void 0?{}:{until:s},...i===void 0?{}:{after:i},...o===void 0||o===""?{}:{text:o}}}function Z({after:e,since:n,until:r}){return(e!==void 0||n!==void 0)&&r===void 0}function ee({account:e,events:n}){return{...e===void 0?{}:{accounts:[e]},...n===void 0?{}:{events:n}}}function P(e,n){let{account:r,events:s,peer:i,since:o,until:a,after:d,text:c}=n;if(r!==void 0&&e.account!==r||s?.some(m=>xe(e.event,m))===!1||i!==void 0&&E(e)!==i)return!1;let u=Date.parse(e.at);return o!==void 0&&u<Date.parse(o)||a!==void 0&&u>=Date.parse(a)||d!==void 0&&e.seq<=d?!1:c===void 0||c===""||ze(e)?.toLowerCase().includes(c.toLowerCase())===!0}function E({data:e}){let{from:n,to:r}=e;return n??r}function ze({data:e}){return"text"in e?e.text:void 0}function N(e){let{data:n}=e;switch(e.event){case"presence":return"status"in n?n.status:"";case"account.state":return"state"in n?n.reason===void 0?n.state:`${n.state}: ${n.reason}`:"";default:return ze(e)??("raw"in n?n.raw:"")}}function We(e){let n=new Map,r=new Map;for(let s of e){let{type:i,id:o}=s.value;(i==="command"||i==="subscribe")&&n.set(o,s),i==="result"&&r.set(o,s)}return e.map(s=>lt(s,n.get(s.value.id),r.get(s.value.id)))}function lt(e,n,r){let{value:s}=e,i=String(s.type),o={frame:e,type:i,pair:void 0,answerMs:void 0},a=n===void 0||r===void 0?void 0:r.at-n.at;switch(i){case"command":case"result":{let d=n?.value,c=d?.params??{},u=s.error;return{...o,name:i==="result"&&d===void 0&&s.id==="alive"?"ping":String(d?.command??d?.type??""),account:String(d?.account??""),peer:String(c.to??c.uin??c.with??""),excerpt:i==="command"?Ie(c):u===void 0?ct(s.data):`${u.code}: ${u.message}`,pair:(i==="command"?r:n)?.number,answerMs:a,isFailed:i==="result"?s.ok===!1:r?.value.ok===!1}}case"event":{let d=s;return{...o,name:String(s.event),account:String(s.account),peer:E(d)??"",excerpt:N(d),isFailed:!1}}default:return{...o,name:"",account:"",peer:"",excerpt:Ie(dt(s)),isFailed:i==="gap"||i==="error"}}}function dt(e){let{type:n,...r}=e;return r}function Ie(e){return typeof e.text=="string"?e.text:Object.entries(e).map(([n,r])=>`${n}: ${JSON.stringify(r)}`).join(", ").slice(0,300)}function ct(e){return typeof e!="object"||e===null?"":Object.entries(e).map(([n,r])=>Array.isArray(r)?`${n}: ${r.length}`:typeof r=="object"?n:`${n}: ${r}`).join(", ").slice(0,300)}function He({frame:e,pair:n},r){let s=r.find(({number:a})=>a===n)?.value,i=e.value.type==="command"?e.value:s,o=e.value.type==="result"?e.value:s;if(i?.type==="command")return{account:String(i.account??""),command:String(i.command),params:i.params??{},...o?.ok===!0?{data:o.data??{}}:{},...o?.ok===!1?{error:o.error}:{}}}function te({texts:e,absent:n="wireNone",isWaiting:r=!1}){return t("section",{class:"wire-texts","aria-label":y("wire"),children:[t("h3",{children:y("wire")}),e===void 0?t("p",{class:"hint",children:y(n)}):t(x,{children:[e.map(({kind:s,source:i,text:o},a)=>t("figure",{children:[t("figcaption",{children:[y(s==="request"?"wireRequest":"wireReply")," \xB7 ",y(i==="reported"?"wireReported":"wireReconstructed")]}),o===null?t("p",{children:y("wireNull")}):t(Pe,{text:o,name:y("wire")})]},a)),r&&t("p",{class:"hint",children:y("wireWaiting")}),t("p",{class:"hint",children:y("wireHint")})]})]})}var ut=["allFrames","onlyCommands","onlyEvents","onlyFailed"],ft=new Set(["account","peer","size"]);function Ue(){let[e,n]=v("allFrames"),[r,s]=v(!1),[i,o]=v(),[a,d]=v(),c=i??z.value,u=j(()=>We(c),[c]),m=j(()=>u.filter(h=>ht(h,e)&&(r||h.name!=="ping")),[u,e,r]),p=Y(G),g=u.find(({frame:h})=>h.number===a),F=i===void 0?0:(z.value.at(-1)?.number??0)-(i.at(-1)?.number??0);return t(x,{children:[t(Q,{view:"frames",children:[t("button",{type:"button",class:"small","aria-pressed":i!==void 0,onClick:()=>o(i===void 0?z.value:void 0),children:[t(b,{name:i===void 0?"pause":"run",size:16}),l(i===void 0?"pause":"resume")]}),t("button",{type:"button",class:"quiet small",onClick:()=>{Ee(),o(void 0),d(void 0)},children:l("clear")})]}),t("div",{class:"events-filters",role:"search","aria-label":l("filters"),children:[t("label",{class:"events-filter",children:[t("span",{children:l("show")}),t("select",{value:e,onChange:({currentTarget:{value:h}})=>n(h),children:ut.map(h=>t("option",{value:h,children:l(h)},h))})]}),t("label",{class:"check",children:[t("input",{type:"checkbox",checked:!r,onChange:({currentTarget:{checked:h}})=>s(!h)}),l("hidePings")]})]}),t("div",{class:"events-note",role:"status",children:t("p",{class:"hint",children:[l("framesShown",{n:m.length})," ",ce.value>0&&l("framesDropped",{n:ce.value,most:Se})," ",i!==void 0&&l("framesWaiting",{n:F})]})}),t("div",{class:g===void 0?"events-body":"events-body chosen",children:t(X,{first:t(U,{name:l("frames"),columns:g===void 0||p?Je():Je().filter(({key:h})=>!ft.has(h)),rows:m,keyOf:({frame:h})=>h.number,chosen:a,onChoose:({frame:h})=>d(h.number),anchor:"end",rowClass:h=>`frame-row ${h.isFailed?"failed":""} ${g!==void 0&&h.frame.number===g.pair?"pair":""}`,empty:t(H,{title:l("noFrames"),hint:l("noFramesHint")})}),second:g!==void 0&&t(mt,{row:g,recorded:c,onChoose:d,onClose:()=>d(void 0)})})})]})}var Je=()=>[{key:"direction",title:l("direction"),isTitleHidden:!0,width:"2.25rem",render:({frame:{direction:e}})=>t(x,{children:[t(b,{name:e==="in"?"down":"up",size:16}),t("span",{class:"visually-hidden",children:l(e==="in"?"received":"sent")})]})},{key:"at",title:l("time"),width:"7.5rem",render:({frame:{at:e}})=>t("time",{dateTime:new Date(e).toISOString(),children:I(e)})},{key:"type",title:l("type"),width:"6rem",render:({type:e})=>e},{key:"name",title:l("name"),width:"8.5rem",render:({name:e})=>t("code",{children:e})},{key:"account",title:l("account"),width:"6rem",render:({account:e})=>e},{key:"peer",title:l("peer"),width:"6rem",render:({peer:e})=>e},{key:"excerpt",title:l("excerpt"),width:"minmax(8rem, 1fr)",render:({excerpt:e})=>t("bdi",{children:e})},{key:"size",title:l("size"),width:"4.5rem",isNumber:!0,render:({frame:{size:e}})=>e},{key:"answer",title:l("answer"),width:"5rem",isNumber:!0,render:({answerMs:e})=>e===void 0?"":`${e} ms`}];function mt({row:e,recorded:n,onChoose:r,onClose:s}){let{frame:i,type:o,name:a,pair:d}=e,c=pt(e,n);return t("section",{class:"event-detail","aria-label":l("frame"),children:[t("header",{children:[t("button",{type:"button",class:"quiet ui-square event-close","aria-label":l("closeDetail"),onClick:s,children:t(b,{name:"close"})}),t("h2",{children:[o," ",t("code",{children:a})]}),t("time",{dateTime:new Date(i.at).toISOString(),class:"hint",children:O(i.at)})]}),d!==void 0&&t("div",{class:"actions",children:t("button",{type:"button",class:"small",onClick:()=>r(d),children:l(o==="command"?"showResult":"showCommand")})}),t(B,{name:l("frame"),value:i.value,size:l("characters",{n:i.size})}),t(te,{...c})]})}function pt(e,n){let r={texts:void 0,absent:"wireNone"};try{if(e.type==="event")return{texts:V(e.frame.value)};let s=He(e,n);if(s===void 0)return r;let i=Ae(s);return i===void 0?{...r,absent:"wireOwn"}:{texts:i,isWaiting:s.data===void 0&&s.error===void 0}}catch{return r}}function ht({type:e,isFailed:n},r){switch(r){case"allFrames":return!0;case"onlyCommands":return e==="command"||e==="result";case"onlyEvents":return e==="event"||e==="gap";case"onlyFailed":return n}}function Ve({frame:e,onClose:n}){let{event:r,account:s,seq:i,at:o}=e,a=E(e),d=M.value,c=d.state==="open"?d.welcome.epoch:void 0;return t("section",{class:"event-detail","aria-label":l("event"),children:[t("header",{children:[t("button",{type:"button",class:"quiet ui-square event-close","aria-label":l("closeDetail"),onClick:n,children:t(b,{name:"close"})}),t("h2",{children:t("code",{children:r})}),t("time",{dateTime:o,class:"hint",children:O(o)})]}),t("div",{class:"actions",children:[c!==void 0&&t(De,{text:`${c}:${i}`,name:l("copyPosition")}),a!==void 0&&t("a",{class:"button quiet small",href:$("chats",[s,a],{at:i}),children:[t(b,{name:"chats",size:16}),l("openConversation")]})]}),t(B,{name:l("event"),value:e}),t(te,{texts:vt(e)})]})}function vt(e){try{return V({...e})}catch{return}}var pe=class extends WebSocket{send(n){super.send(n.startsWith('{"type":"hello"')?JSON.stringify({type:"hello",proof:ke()??"none"}):n)}};async function ne(e){let{accounts:n,events:r,after:s,maxQueued:i,signal:o}=e,a=new URL("ws",location.href);a.protocol=location.protocol==="https:"?"wss:":"ws:";let d=new ye({url:a,token:"in the session",WebSocket:pe,backoff:{maxMs:5e3},maxQueued:i,signal:o,...n===void 0?{}:{accounts:[...n]},...r===void 0?{}:{events:[...r]},...s===void 0?{}:{after:s},onStatus:({state:c})=>{o.aborted||(c==="open"&&e.onOpen?.(),c==="waiting"&&e.onLost?.())}});try{for await(let c of d){if(o.aborted)return;c.type==="event"?e.onEvent(c):e.onGap?.(c)}}catch(c){if(!o.aborted)throw c}finally{await d.close()}}var A=1e5;async function Be({filters:e,epoch:n,signal:r,onProgress:s}){let i=[],o=await wt(e,r);if(o===void 0)return{events:i,isCut:!1};let a=await gt(e)-1;if(a>=o)return{events:i,isCut:!1};let d=new AbortController,c=!1;return await ne({...ee(e),after:{epoch:n,seq:a},maxQueued:A,signal:AbortSignal.any([r,d.signal]),onEvent:u=>{if(!d.signal.aborted){if(P(u,e)){if(i.length===A){c=!0,d.abort();return}u.seq<=o&&i.push(u)}s({found:i.length,part:(u.seq-a)/(o-a)}),u.seq>=o&&d.abort()}}}),{events:i,isCut:c}}async function gt(e){let{account:n,since:r,after:s}=e,i=r!==void 0||s!==void 0,{oldest:o,searched:a}=await D("history",{limit:1,...r===void 0?{}:{since:r},...s===void 0?{}:{after:s}},n===void 0?{}:{account:n});return i?Math.max(o,a.from):o}async function wt({account:e,events:n,until:r},s){let i;for(;!s.aborted;){let o=await D("history",{limit:1,...n===void 0?{}:{events:[...n]},...r===void 0?{}:{until:r},...i===void 0?{}:{before:i}},e===void 0?{}:{account:e}),[a]=o.events;if(a!==void 0)return a.seq;if(!o.more)return;i=o.searched.from}}function Ke(e,n,r){let s=URL.createObjectURL(new Blob([r],{type:n})),i=document.createElement("a");i.href=s,i.download=e,i.click(),setTimeout(()=>URL.revokeObjectURL(s),1e4)}function Xe(e,n){return n==="jsonl"?e.map(r=>`${JSON.stringify(r)}
`).join(""):[["seq","at","account","event","peer","text","data"],...e.map(r=>[String(r.seq),r.at,r.account,r.event,E(r)??"",N(r),JSON.stringify(r.data)])].map(r=>`${r.map(xt).join(",")}\r
`).join("")}function xt(e){let n=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(n)?`"${n.replaceAll('"','""')}"`:n}var bt={jsonl:"application/jsonl",csv:"text/csv"};function Ye({filters:e,epoch:n,onClose:r}){let[s,i]=v("jsonl"),[o,a]=v(),[d,c]=v(),[u,m]=v(),p=S(void 0);w(()=>()=>p.current?.abort(),[]);let g=o!==void 0&&d===void 0&&u===void 0,F=async h=>{let C=p.current=new AbortController;c(void 0),m(void 0),a({found:0,part:0});let _=0;try{let{events:k,isCut:oe}=await Be({filters:e,epoch:h,signal:C.signal,onProgress:R=>{performance.now()-_<100||(_=performance.now(),a(R))}});if(C.signal.aborted){a(void 0);return}let T=`events-${new Date().toISOString().slice(0,19)}`.replaceAll(":","-");k.length>0&&Ke(`${T}.${s}`,bt[s],Xe(k,s)),c({count:k.length,isCut:oe})}catch(k){m(q(k))}};return t(Oe,{title:l("exportTitle"),onClose:r,actions:t(x,{children:[t("button",{type:"button",onClick:r,children:W(d===void 0?"uiCancel":"uiClose")}),g?t("button",{type:"button",class:"primary",onClick:()=>p.current?.abort(),children:l("stop")}):t("button",{type:"button",class:"primary",disabled:n===void 0,onClick:()=>void F(n),children:l("exportStart")})]}),children:[t("p",{children:l("exportText",{most:A})}),t(Ne,{name:l("format"),render:h=>t("select",{...h,value:s,onChange:({currentTarget:{value:C}})=>i(C),children:[t("option",{value:"jsonl",children:l("jsonl")}),t("option",{value:"csv",children:l("csv")})]})}),g&&t("div",{children:[t("progress",{value:o.part,"aria-label":l("exportProgress")}),t("p",{class:"hint",children:l("exportFound",{n:o.found})})]}),t("div",{role:"status",children:d!==void 0&&t("p",{children:[d.count===0?l("exportNothing"):l("exportDone",{n:d.count}),d.isCut&&` ${l("exportCut",{most:A})}`]})}),u!==void 0&&t(J,{text:`${l("exportFailed")} ${u.text}`,details:u.details})]})}var yt=400;function Ge({filters:e,isFolded:n,onChange:r}){let s=S(e),i=S(e);s.current!==e&&(s.current=i.current=e);let o=a=>{i.current=me({...i.current,...a}),r(i.current)};return t("div",{class:n?"events-filters folded":"events-filters",role:"search","aria-label":l("filters"),children:[t("div",{class:"events-filter wide",children:[t("span",{"aria-hidden":"true",children:l("text")}),t(re,{name:l("text"),type:"search",value:e.text??"",onChange:a=>o({text:a===""?void 0:a})})]}),t("div",{class:"events-filter",children:[t("span",{"aria-hidden":"true",children:l("account")}),t(je,{name:l("account"),options:[{value:"",text:l("allAccounts")},...Me.value],value:e.account??"",onChoose:a=>o({account:a===""?void 0:a})})]}),t(kt,{chosen:e.events??[],onChange:a=>o({events:a.length===0?void 0:a})}),t("div",{class:"events-filter",children:[t("span",{"aria-hidden":"true",children:l("peer")}),t(re,{name:l("peer"),type:"text",inputMode:"numeric",pattern:/^\d{1,20}$/,problem:l("badNumber"),value:e.peer??"",onChange:a=>o({peer:a===""?void 0:a})})]}),["since","until"].map(a=>t("div",{class:`events-filter of-${a}`,children:[t("span",{"aria-hidden":"true",children:l(a)}),t(re,{name:l(a),type:"datetime-local",value:St(e[a]),onChange:d=>o({[a]:d===""?void 0:new Date(d).toISOString()})})]},a)),t("div",{class:"events-filter",children:[t("span",{"aria-hidden":"true",children:l("afterPosition")}),t(re,{name:l("afterPosition"),type:"text",inputMode:"numeric",pattern:/^\d{1,15}$/,problem:l("badPosition"),value:e.after===void 0?"":String(e.after),onChange:a=>o({after:a===""?void 0:Number(a)})})]}),Object.keys(e).length>0&&t("button",{type:"button",class:"quiet small",onClick:()=>r({}),children:l("clearFilters")})]})}function re({name:e,value:n,onChange:r,pattern:s,problem:i,...o}){let[a,d]=v(n),c=S(void 0);w(()=>d(n),[n]),w(()=>()=>clearTimeout(c.current),[]);let u=a===""||s?.test(a)!==!1,m=p=>{clearTimeout(c.current),!(p!==""&&s?.test(p)===!1)&&p!==n&&r(p)};return t(x,{children:[t("input",{...o,"aria-label":e,"aria-invalid":!u,autocomplete:"off",value:a,onInput:({currentTarget:p})=>{let g=p.value.trim();d(p.value),clearTimeout(c.current),c.current=setTimeout(()=>m(g),yt)},onKeyDown:p=>{p.key==="Enter"&&!p.isComposing&&m(p.currentTarget.value.trim())}}),!u&&t("small",{class:"hint bad",role:"alert",children:i})]})}function kt({chosen:e,onChange:n}){let r=S(null);return t("details",{ref:r,class:"events-names",onFocusOut:s=>{let i=s.relatedTarget;i!==null&&!s.currentTarget.contains(i)&&(s.currentTarget.open=!1)},onKeyDown:s=>{s.key!=="Escape"||r.current?.open!==!0||(s.stopPropagation(),r.current.open=!1,r.current.querySelector("summary")?.focus())},children:[t("summary",{children:[t("span",{children:l("eventNames")}),t("strong",{children:e.length===0?l("allEvents"):e.length===1?e[0]:l("someEvents",{n:e.length})})]}),t("div",{class:"events-names-list",role:"group","aria-label":l("eventNames"),children:de.map(s=>t("label",{class:"check",children:[t("input",{type:"checkbox",checked:e.includes(s),onChange:({currentTarget:{checked:i}})=>n(de.filter(o=>o===s?i:e.includes(o)))}),t("code",{children:s})]},s))})]})}function St(e){if(e===void 0)return"";let n=new Date(e);return new Date(n.getTime()-n.getTimezoneOffset()*6e4).toISOString().slice(0,16)}var ie=1e4,Et=5,Ct=50,Qe={rows:[],hasOlder:!1,hasNewer:!1,isLoading:!1,error:void 0,oldest:void 0,searched:void 0},se=class{state=le(Qe);tail=le("off");filters;#r=0;#t;#n=[];#i;constructor(n){this.filters=n}async load(){this.#r++,this.state.value={...Qe,isLoading:!0},await this.#o(Z(this.filters)?"newer":"older")}async loadMore(n){let{isLoading:r,hasOlder:s,hasNewer:i}=this.state.value;r||!(n==="older"?s:i)||(this.#e({isLoading:!0,error:void 0}),await this.#o(n))}follow(){this.stopTail();let n=this.#t=new AbortController;this.tail.value="connecting",ne({...ee(this.filters),maxQueued:ie,signal:n.signal,onOpen:()=>{this.#t===n&&(this.tail.value="on",this.#e({hasNewer:!0}),this.loadMore("newer"))},onLost:()=>{this.#t===n&&(this.tail.value="connecting")},onGap:()=>{this.#t===n&&this.load()},onEvent:r=>{this.#t===n&&P(r,this.filters)&&this.#l(r)}}).catch(()=>{this.#t===n&&this.stopTail()})}stopTail(){this.#t?.abort(),this.#t=void 0,this.tail.value="off"}close(){this.#r++,this.stopTail(),this.#i!==void 0&&cancelAnimationFrame(this.#i)}#l(n){this.#n.push(n),this.#n.length>ie&&(this.#n=[],this.#e({hasNewer:!0})),this.#i??=requestAnimationFrame(()=>{this.#i=void 0,this.#s()})}#s(){if(this.state.value.hasNewer){this.loadMore("newer");return}let n=this.#n;this.#n=[],this.#a(n,"newer");let r=n.at(-1),{searched:s}=this.state.value;r===void 0||s===void 0||this.#e({searched:{...s,to:Math.max(s.to,r.seq)}})}async#o(n){let r=this.#r;try{let s=0;for(let i=0;i<Et;i++){let o=await this.#d(n,r);if(o===void 0)return;if(s+=o.count,!o.more||s>=Ct)break}this.#e({isLoading:!1}),this.#n.length>0&&!this.state.value.hasNewer&&this.#s()}catch(s){r===this.#r&&this.#e({isLoading:!1,error:s})}}async#d(n,r){let{searched:s}=this.state.value,{account:i}=this.filters,o=qe(this.filters);s!==void 0&&n==="older"&&(o.before=s.from),s!==void 0&&n==="newer"&&(delete o.until,o.after=s.to);let a=await D("history",o,i===void 0?{}:{account:i});if(r!==this.#r)return;let{more:d,oldest:c}=a,u=a.events.filter(g=>P(g,this.filters)),m=this.state.value.searched??a.searched,p=s===void 0;return we(()=>{this.#a(u,n),this.#e({oldest:c,searched:n==="older"?{from:Math.min(a.searched.from,m.from),to:Math.max(m.to,p?a.searched.to:0)}:{from:Math.min(m.from,p?a.searched.from:1/0),to:Math.max(a.searched.to,m.to)},...n==="older"?{hasOlder:d}:{hasNewer:d}})}),{count:u.length,more:d}}#a(n,r){let{rows:s}=this.state.value,i=Ft(s,n);if(i.length===s.length)return;let o=i.length-ie,{searched:a}=this.state.value;if(o<=0)this.#e({rows:i});else if(r==="newer"){let d=i.slice(o);this.#e({rows:d,hasOlder:!0,...a===void 0?{}:{searched:{...a,from:d[0].seq}}})}else{let d=i.slice(0,ie);this.#e({rows:d,hasNewer:!0,...a===void 0?{}:{searched:{...a,to:d.at(-1).seq}}})}}#e(n){this.state.value={...this.state.value,...n}}};function Ft(e,n){let r=e.at(-1)?.seq??0;if(n.length===0||n[0].seq>r)return[...e,...n];let s=new Set(e.map(({seq:i})=>i));return[...e,...n.filter(({seq:i})=>!s.has(i))].sort((i,o)=>i.seq-o.seq)}var Ze=20,et;function tt({query:e}){let n=e.toString(),[r,s]=v(et),i=j(()=>{et=r;let f=Le(e);return r===void 0?f:{...f,text:r}},[n,r]),o=j(()=>new se(i),[i]),[a,d]=v(),[c,u]=v(!1),m=Y(G),[p,g]=v(!1),[F,h]=v(!1);w(()=>(o.load(),d(void 0),()=>o.close()),[o]),w(()=>{F?o.follow():o.stopTail()},[o,F]);let C=({text:f,...ae})=>{s(f===""?void 0:f);let ge=$("events",[],$e(ae));location.hash!==ge&&(location.hash=ge)},_=o.state.value,{rows:k,isLoading:oe,error:T,hasOlder:R,hasNewer:nt}=_,he=T===void 0?void 0:q(T,"history"),L=o.tail.value,ve=[{key:"seq",title:l("position"),width:"5.5rem",isNumber:!0,render:({seq:f})=>f},{key:"at",title:l("time"),width:"7.5rem",render:({at:f})=>t("time",{dateTime:f,title:O(f),children:I(f)})},{key:"account",title:l("account"),width:"6.5rem",render:({account:f})=>f},{key:"event",title:l("event"),width:"9.5rem",render:({event:f})=>t("code",{children:f})},{key:"peer",title:l("peer"),width:"7.5rem",render:f=>E(f)??""},{key:"excerpt",title:l("excerpt"),width:"minmax(8rem, 1fr)",render:f=>t("bdi",{children:N(f)})}],rt=a===void 0||m?ve:ve.filter(({key:f})=>f!=="account"&&f!=="peer");return t(x,{children:[t(Q,{view:"journal",children:[t("button",{type:"button",class:"small events-toggle","aria-expanded":p,onClick:()=>g(!p),children:[t(b,{name:"filter",size:16}),l("filters")]}),t("button",{type:"button",class:"small","aria-pressed":L!=="off",onClick:()=>h(L==="off"),children:[t(b,{name:L==="off"?"run":"pause",size:16}),l(L==="connecting"?"tailConnecting":"tail")]}),t("button",{type:"button",class:"small",onClick:()=>u(!0),children:[t(b,{name:"download",size:16}),l("export")]})]}),t(Ge,{filters:i,onChange:C,isFolded:!p}),t("div",{class:"events-note",role:"status",children:t(Tt,{reader:o})}),T!==void 0&&t(J,{text:`${l("historyFailed")} ${he?.text}`,details:he?.details,onRetry:()=>void(k.length===0?o.load():o.loadMore(R?"older":"newer"))}),t("div",{class:a===void 0?"events-body":"events-body chosen",children:t(X,{first:t(U,{name:l("journal"),columns:rt,rows:k,keyOf:({seq:f})=>f,chosen:a?.seq,onChoose:f=>d(f),anchor:"end",startsAt:Z(i)?"start":"end",rowClass:jt,onShow:(f,ae)=>{f<Ze&&o.loadMore("older"),ae>=k.length-Ze&&o.loadMore("newer")},empty:oe?t(Te,{onRetry:()=>void o.load()}):T!==void 0?void 0:t(H,{title:l("nothing"),hint:R||nt?l("nothingYet"):l("nothingHint"),children:Object.keys(i).length>0&&t("button",{type:"button",onClick:()=>C({}),children:l("clearFilters")})})}),second:a!==void 0&&t(Ve,{frame:a,onClose:()=>d(void 0)})})}),c&&t(Ye,{filters:i,epoch:M.value.state==="open"?M.value.welcome.epoch:void 0,onClose:()=>u(!1)})]})}function Tt({reader:e}){let{rows:n,hasOlder:r,hasNewer:s,isLoading:i,oldest:o,searched:a}=e.state.value;if(a===void 0)return null;let d=n[0],c=e.filters.text!==void 0;return t("p",{class:"hint",children:[n.length>0&&l("shown",{n:n.length,from:d.seq,to:n.at(-1).seq})," ",r?c&&!i?l(n.length===0?"searchedNothing":"searchedBack",{from:a.from}):"":s&&c&&!i?l("searchedUpTo",{to:a.to}):o!==void 0&&o>1?l("notKept",{oldest:o}):""," ",i&&t("span",{children:l("reading")}),!i&&r&&t("button",{type:"button",class:"quiet small",onClick:()=>void e.loadMore("older"),children:l(c?"continueSearch":"loadOlder")}),!i&&s&&t("button",{type:"button",class:"quiet small",onClick:()=>void e.loadMore("newer"),children:l(c?"continueSearch":"loadNewer")}),d!==void 0&&t("span",{class:"events-day",children:Ce(d.at)})]})}function jt(e){let{data:n}=e;return"state"in n&&(n.state==="refused"||n.state==="replaced")?"failed":`of-${e.event.split(".")[0]}`}Fe(_e);function Nr({params:e,query:n}){return t("div",{class:"events",children:e.view==="frames"?t(Ue,{}):t(tt,{query:n})})}export{Nr as EventsPage};

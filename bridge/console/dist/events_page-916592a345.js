import{a as B}from"./chunk-3311d8015c.js";import{a as J}from"./chunk-277c894be7.js";import"./chunk-5d2e8f1a93.js";import{a as Oe,b as Me,c as V}from"./chunk-670e7c767f.js";import{a as U}from"./chunk-4af76ce4bc.js";import{b as je,c as Ne}from"./chunk-f70c6f7bef.js";import{a as Se}from"./chunk-2e0a9e6d76.js";import"./chunk-cd11ed7832.js";import{a as Te}from"./chunk-5261a8dfcd.js";import"./chunk-f79c9d1716.js";import"./chunk-ab5a35c585.js";import"./chunk-5ea57c0536.js";import{b as ae,c as pe}from"./chunk-0235c4fe36.js";import{a as Ce,b as I,c as H}from"./chunk-d2620b2114.js";import{a as $}from"./chunk-42e248aa20.js";import"./chunk-03cb81ffd2.js";import{a as Fe}from"./chunk-b37d78cfe4.js";import"./chunk-570872fef3.js";import{b as Ee}from"./chunk-ff4ab8e738.js";import{c as W,d as ye,f as j}from"./chunk-d490d1e7a1.js";import{a as R}from"./chunk-6c4968ad0d.js";import{e as x}from"./chunk-d5ac9a946b.js";import{a as t,k as ve,n as y,o as ke}from"./chunk-9587a19931.js";import{c as ge,f as xe,g as z,h as le,i as be,j as M,p as D}from"./chunk-984849db8b.js";import{c as w,e as p,f as b,h as S,i as O,k as he,l as oe,u as we}from"./chunk-f76a2ab3ff.js";var De=`/* Events: filters, rows, detail. */

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
`;function K(e){let[n]=p(()=>matchMedia(e)),[r,s]=p(n.matches);return b(()=>{let i=()=>s(n.matches);return n.addEventListener("change",i),()=>n.removeEventListener("change",i)},[]),r}var X="(min-width: 96rem)";var _e={events:"Events",views:"Views of the events",journal:"Journal",frames:"Frames",frame:"Frame",filters:"Filters",account:"Account",allAccounts:"All accounts",event:"Event",eventNames:"Events",allEvents:"all",someEvents:"{n} kinds",peer:"Other number",text:"Text",since:"From",until:"Before",afterPosition:"After position",position:"Position",time:"Time",excerpt:"Excerpt",badNumber:"1 to 20 digits.",badPosition:"A whole number.",tail:"Live",tailConnecting:"Live: connecting\u2026",export:"Export",clearFilters:"Clear the filters",historyFailed:"The journal cannot be read.",nothing:"No event matches",nothingYet:"What has been searched so far has no match.",nothingHint:"Change or clear the filters.",shown:"{n} events, positions {from} to {to}.",searchedBack:"Searched back to position {from}.",searchedNothing:"Searched back to position {from}, nothing yet.",searchedUpTo:"Searched up to position {to}.",notKept:"Events before position {oldest} are no longer kept.",reading:"Reading\u2026",continueSearch:"Continue the search",loadOlder:"Load older events",loadNewer:"Load newer events",copyPosition:"Copy position",openConversation:"Open conversation here",closeDetail:"Close the detail",exportTitle:"Export events",exportText:"Saves the events that pass the filters, oldest first, at most {most}.",exportStart:"Export",exportProgress:"Part of the journal that has been read",exportFound:"{n} events found",exportNothing:"No event passes the filters.",exportDone:"Saved {n} events.",exportCut:"There are more than {most}: narrow the filters to save the others.",exportFailed:"The export has failed.",stop:"Stop",format:"Format",jsonl:"JSONL: one event a line, as the API returns it",csv:"CSV: for spreadsheets",show:"Show",allFrames:"All frames",onlyCommands:"Commands and results",onlyEvents:"Events",onlyFailed:"Failures",hidePings:"Hide pings",pause:"Pause",resume:"Resume",clear:"Clear",framesShown:"{n} frames of this page's connection.",framesDropped:"{n} older ones were dropped: {most} are kept.",framesWaiting:"Paused: {n} new ones are recorded.",noFrames:"No frames yet",noFramesHint:"What this page sends and receives appears here.",received:"received",sent:"sent",direction:"Direction",type:"Type",name:"Name",size:"Size",answer:"Answer",showResult:"Show the result",showCommand:"Show the command",characters:"{n} characters"};var a=ve(_e,async()=>(await import("./events-7205cc47c2.js")).ZH);var nt=[{link:"#/events",view:"journal"},{link:"#/events/frames",view:"frames"}];function Y({view:e,children:n}){return t("header",{class:"events-head",children:[t("h1",{children:a("events")}),t("nav",{class:"segments","aria-label":a("views"),children:nt.map(r=>t("a",{href:r.link,"aria-current":r.view===e?"page":void 0,children:a(r.view)},r.view))}),t("div",{class:"events-actions",children:n})]})}var rt=/^\d{1,20}$/;function Le(e){let n=o=>{let l=e.get(o);return l!==null&&rt.test(l)?l:void 0},r=o=>{let l=e.get(o);return l!==null&&!Number.isNaN(Date.parse(l))?new Date(l).toISOString():void 0},s=e.get("events")?.split(",").filter(o=>o!==""),i=n("after");return de({account:n("account"),events:s===void 0||s.length===0?void 0:s,peer:n("peer"),since:r("since"),until:r("until"),after:i===void 0?void 0:Number(i)})}function Pe({account:e,events:n,peer:r,since:s,until:i,after:o}){return{account:e,events:n?.join(","),peer:r,since:s,until:i,after:o}}function de(e){return Object.fromEntries(Object.entries(e).filter(([,n])=>n!==void 0))}function qe({events:e,peer:n,since:r,until:s,after:i,text:o}){return{...e===void 0?{}:{events:[...e]},...n===void 0?{}:{with:n},...r===void 0?{}:{since:r},...s===void 0?{}:{until:s},...i===void 0?{}:{after:i},...o===void 0||o===""?{}:{text:o}}}function G({after:e,since:n,until:r}){return(e!==void 0||n!==void 0)&&r===void 0}function Q({account:e,events:n}){return{...e===void 0?{}:{accounts:[e]},...n===void 0?{}:{events:n}}}function _(e,n){let{account:r,events:s,peer:i,since:o,until:l,after:d,text:c}=n;if(r!==void 0&&e.account!==r||s?.some(v=>pe(e.event,v))===!1||i!==void 0&&E(e)!==i)return!1;let u=Date.parse(e.at);return o!==void 0&&u<Date.parse(o)||l!==void 0&&u>=Date.parse(l)||d!==void 0&&e.seq<=d?!1:c===void 0||c===""||Ae(e)?.toLowerCase().includes(c.toLowerCase())===!0}function E({data:e}){let{from:n,to:r}=e;return n??r}function Ae({data:e}){return"text"in e?e.text:void 0}function N(e){let{data:n}=e;switch(e.event){case"presence":return"status"in n?n.status:"";case"account.state":return"state"in n?n.reason===void 0?n.state:`${n.state}: ${n.reason}`:"";default:return Ae(e)??("raw"in n?n.raw:"")}}function Re(e){let n=new Map,r=new Map;for(let s of e){let{type:i,id:o}=s.value;(i==="command"||i==="subscribe")&&n.set(o,s),i==="result"&&r.set(o,s)}return e.map(s=>it(s,n.get(s.value.id),r.get(s.value.id)))}function it(e,n,r){let{value:s}=e,i=String(s.type),o={frame:e,type:i,pair:void 0,answerMs:void 0},l=n===void 0||r===void 0?void 0:r.at-n.at;switch(i){case"command":case"result":{let d=n?.value,c=d?.params??{},u=s.error;return{...o,name:i==="result"&&d===void 0&&s.id==="alive"?"ping":String(d?.command??d?.type??""),account:String(d?.account??""),peer:String(c.to??c.uin??c.with??""),excerpt:i==="command"?$e(c):u===void 0?ot(s.data):`${u.code}: ${u.message}`,pair:(i==="command"?r:n)?.number,answerMs:l,isFailed:i==="result"?s.ok===!1:r?.value.ok===!1}}case"event":{let d=s;return{...o,name:String(s.event),account:String(s.account),peer:E(d)??"",excerpt:N(d),isFailed:!1}}default:return{...o,name:"",account:"",peer:"",excerpt:$e(st(s)),isFailed:i==="gap"||i==="error"}}}function st(e){let{type:n,...r}=e;return r}function $e(e){return typeof e.text=="string"?e.text:Object.entries(e).map(([n,r])=>`${n}: ${JSON.stringify(r)}`).join(", ").slice(0,300)}function ot(e){return typeof e!="object"||e===null?"":Object.entries(e).map(([n,r])=>Array.isArray(r)?`${n}: ${r.length}`:typeof r=="object"?n:`${n}: ${r}`).join(", ").slice(0,300)}function ze({frame:e,pair:n},r){let s=r.find(({number:l})=>l===n)?.value,i=e.value.type==="command"?e.value:s,o=e.value.type==="result"?e.value:s;if(i?.type==="command")return{account:String(i.account??""),command:String(i.command),params:i.params??{},...o?.ok===!0?{data:o.data??{}}:{},...o?.ok===!1?{error:o.error}:{}}}function Z({texts:e,absent:n="wireNone",isWaiting:r=!1}){return t("section",{class:"wire-texts","aria-label":y("wire"),children:[t("h3",{children:y("wire")}),e===void 0?t("p",{class:"hint",children:y(n)}):t(w,{children:[e.map(({kind:s,source:i,text:o},l)=>t("figure",{children:[t("figcaption",{children:[y(s==="request"?"wireRequest":"wireReply")," \xB7 ",y(i==="reported"?"wireReported":"wireReconstructed")]}),o===null?t("p",{children:y("wireNull")}):t(Ne,{text:o,name:y("wire")})]},l)),r&&t("p",{class:"hint",children:y("wireWaiting")}),t("p",{class:"hint",children:y("wireHint")})]})]})}var at=["allFrames","onlyCommands","onlyEvents","onlyFailed"],lt=new Set(["account","peer","size"]);function Ie(){let[e,n]=p("allFrames"),[r,s]=p(!1),[i,o]=p(),[l,d]=p(),c=i??z.value,u=O(()=>Re(c),[c]),v=O(()=>u.filter(m=>ut(m,e)&&(r||m.name!=="ping")),[u,e,r]),h=K(X),g=u.find(({frame:m})=>m.number===l),F=i===void 0?0:(z.value.at(-1)?.number??0)-(i.at(-1)?.number??0);return t(w,{children:[t(Y,{view:"frames",children:[t("button",{type:"button",class:"small","aria-pressed":i!==void 0,onClick:()=>o(i===void 0?z.value:void 0),children:[t(x,{name:i===void 0?"pause":"run",size:16}),a(i===void 0?"pause":"resume")]}),t("button",{type:"button",class:"quiet small",onClick:()=>{be(),o(void 0),d(void 0)},children:a("clear")})]}),t("div",{class:"events-filters",role:"search","aria-label":a("filters"),children:[t("label",{class:"events-filter",children:[t("span",{children:a("show")}),t("select",{value:e,onChange:({currentTarget:{value:m}})=>n(m),children:at.map(m=>t("option",{value:m,children:a(m)},m))})]}),t("label",{class:"check",children:[t("input",{type:"checkbox",checked:!r,onChange:({currentTarget:{checked:m}})=>s(!m)}),a("hidePings")]})]}),t("div",{class:"events-note",role:"status",children:t("p",{class:"hint",children:[a("framesShown",{n:v.length})," ",le.value>0&&a("framesDropped",{n:le.value,most:xe})," ",i!==void 0&&a("framesWaiting",{n:F})]})}),t("div",{class:g===void 0?"events-body":"events-body chosen",children:t(B,{first:t(J,{name:a("frames"),columns:g===void 0||h?We():We().filter(({key:m})=>!lt.has(m)),rows:v,keyOf:({frame:m})=>m.number,chosen:l,onChoose:({frame:m})=>d(m.number),anchor:"end",rowClass:m=>`frame-row ${m.isFailed?"failed":""} ${g!==void 0&&m.frame.number===g.pair?"pair":""}`,empty:t(I,{title:a("noFrames"),hint:a("noFramesHint")})}),second:g!==void 0&&t(dt,{row:g,recorded:c,onChoose:d,onClose:()=>d(void 0)})})})]})}var We=()=>[{key:"direction",title:a("direction"),isTitleHidden:!0,width:"2.25rem",render:({frame:{direction:e}})=>t(w,{children:[t(x,{name:e==="in"?"down":"up",size:16}),t("span",{class:"visually-hidden",children:a(e==="in"?"received":"sent")})]})},{key:"at",title:a("time"),width:"7.5rem",render:({frame:{at:e}})=>t("time",{dateTime:new Date(e).toISOString(),children:W(e)})},{key:"type",title:a("type"),width:"6rem",render:({type:e})=>e},{key:"name",title:a("name"),width:"8.5rem",render:({name:e})=>t("code",{children:e})},{key:"account",title:a("account"),width:"6rem",render:({account:e})=>e},{key:"peer",title:a("peer"),width:"6rem",render:({peer:e})=>e},{key:"excerpt",title:a("excerpt"),width:"minmax(8rem, 1fr)",render:({excerpt:e})=>t("bdi",{children:e})},{key:"size",title:a("size"),width:"4.5rem",isNumber:!0,render:({frame:{size:e}})=>e},{key:"answer",title:a("answer"),width:"5rem",isNumber:!0,render:({answerMs:e})=>e===void 0?"":`${e} ms`}];function dt({row:e,recorded:n,onChoose:r,onClose:s}){let{frame:i,type:o,name:l,pair:d}=e,c=ct(e,n);return t("section",{class:"event-detail","aria-label":a("frame"),children:[t("header",{children:[t("button",{type:"button",class:"quiet ui-square event-close","aria-label":a("closeDetail"),onClick:s,children:t(x,{name:"close"})}),t("h2",{children:[o," ",t("code",{children:l})]}),t("time",{dateTime:new Date(i.at).toISOString(),class:"hint",children:j(i.at)})]}),d!==void 0&&t("div",{class:"actions",children:t("button",{type:"button",class:"small",onClick:()=>r(d),children:a(o==="command"?"showResult":"showCommand")})}),t(U,{name:a("frame"),value:i.value,size:a("characters",{n:i.size})}),t(Z,{...c})]})}function ct(e,n){let r={texts:void 0,absent:"wireNone"};try{if(e.type==="event")return{texts:V(e.frame.value)};let s=ze(e,n);if(s===void 0)return r;let i=Me(s);return i===void 0?{...r,absent:"wireOwn"}:{texts:i,isWaiting:s.data===void 0&&s.error===void 0}}catch{return r}}function ut({type:e,isFailed:n},r){switch(r){case"allFrames":return!0;case"onlyCommands":return e==="command"||e==="result";case"onlyEvents":return e==="event"||e==="gap";case"onlyFailed":return n}}function He({frame:e,onClose:n}){let{event:r,account:s,seq:i,at:o}=e,l=E(e),d=M.value,c=d.state==="open"?d.welcome.epoch:void 0;return t("section",{class:"event-detail","aria-label":a("event"),children:[t("header",{children:[t("button",{type:"button",class:"quiet ui-square event-close","aria-label":a("closeDetail"),onClick:n,children:t(x,{name:"close"})}),t("h2",{children:t("code",{children:r})}),t("time",{dateTime:o,class:"hint",children:j(o)})]}),t("div",{class:"actions",children:[c!==void 0&&t(je,{text:`${c}:${i}`,name:a("copyPosition")}),l!==void 0&&t("a",{class:"button quiet small",href:$("chats",[s,l],{at:i}),children:[t(x,{name:"chats",size:16}),a("openConversation")]})]}),t(U,{name:a("event"),value:e}),t(Z,{texts:ft(e)})]})}function ft(e){try{return V({...e})}catch{return}}var ce=class extends WebSocket{send(n){super.send(n.startsWith('{"type":"hello"')?JSON.stringify({type:"hello",proof:we()??"none"}):n)}};async function ee(e){let{accounts:n,events:r,after:s,maxQueued:i,signal:o}=e,l=new URL("ws",location.href);l.protocol=location.protocol==="https:"?"wss:":"ws:";let d=new ge({url:l,token:"in the session",WebSocket:ce,backoff:{maxMs:5e3},maxQueued:i,signal:o,...n===void 0?{}:{accounts:[...n]},...r===void 0?{}:{events:[...r]},...s===void 0?{}:{after:s},onStatus:({state:c})=>{o.aborted||(c==="open"&&e.onOpen?.(),c==="waiting"&&e.onLost?.())}});try{for await(let c of d){if(o.aborted)return;c.type==="event"?e.onEvent(c):e.onGap?.(c)}}catch(c){if(!o.aborted)throw c}finally{await d.close()}}var L=1e5;async function Je({filters:e,epoch:n,signal:r,onProgress:s}){let i=[],o=await ht(e,r);if(o===void 0)return{events:i,isCut:!1};let l=await mt(e)-1;if(l>=o)return{events:i,isCut:!1};let d=new AbortController,c=!1;return await ee({...Q(e),after:{epoch:n,seq:l},maxQueued:L,signal:AbortSignal.any([r,d.signal]),onEvent:u=>{if(!d.signal.aborted){if(_(u,e)){if(i.length===L){c=!0,d.abort();return}u.seq<=o&&i.push(u)}s({found:i.length,part:(u.seq-l)/(o-l)}),u.seq>=o&&d.abort()}}}),{events:i,isCut:c}}async function mt(e){let{account:n,since:r,after:s}=e,i=r!==void 0||s!==void 0,{oldest:o,searched:l}=await D("history",{limit:1,...r===void 0?{}:{since:r},...s===void 0?{}:{after:s}},n===void 0?{}:{account:n});return i?Math.max(o,l.from):o}async function ht({account:e,events:n,until:r},s){let i;for(;!s.aborted;){let o=await D("history",{limit:1,...n===void 0?{}:{events:[...n]},...r===void 0?{}:{until:r},...i===void 0?{}:{before:i}},e===void 0?{}:{account:e}),[l]=o.events;if(l!==void 0)return l.seq;if(!o.more)return;i=o.searched.from}}function Ve(e,n,r){let s=URL.createObjectURL(new Blob([r],{type:n})),i=document.createElement("a");i.href=s,i.download=e,i.click(),setTimeout(()=>URL.revokeObjectURL(s),1e4)}function Ue(e,n){return n==="jsonl"?e.map(r=>`${JSON.stringify(r)}
`).join(""):[["seq","at","account","event","peer","text","data"],...e.map(r=>[String(r.seq),r.at,r.account,r.event,E(r)??"",N(r),JSON.stringify(r.data)])].map(r=>`${r.map(pt).join(",")}\r
`).join("")}function pt(e){let n=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(n)?`"${n.replaceAll('"','""')}"`:n}var vt={jsonl:"application/jsonl",csv:"text/csv"};function Be({filters:e,epoch:n,onClose:r}){let[s,i]=p("jsonl"),[o,l]=p(),[d,c]=p(),[u,v]=p(),h=S(void 0);b(()=>()=>h.current?.abort(),[]);let g=o!==void 0&&d===void 0&&u===void 0,F=async m=>{let C=h.current=new AbortController;c(void 0),v(void 0),l({found:0,part:0});let P=0;try{let{events:k,isCut:ie}=await Je({filters:e,epoch:m,signal:C.signal,onProgress:q=>{performance.now()-P<100||(P=performance.now(),l(q))}});if(C.signal.aborted){l(void 0);return}let T=`events-${new Date().toISOString().slice(0,19)}`.replaceAll(":","-");k.length>0&&Ve(`${T}.${s}`,vt[s],Ue(k,s)),c({count:k.length,isCut:ie})}catch(k){v(R(k))}};return t(Fe,{title:a("exportTitle"),onClose:r,actions:t(w,{children:[t("button",{type:"button",onClick:r,children:Ee(d===void 0?"uiCancel":"uiClose")}),g?t("button",{type:"button",class:"primary",onClick:()=>h.current?.abort(),children:a("stop")}):t("button",{type:"button",class:"primary",disabled:n===void 0,onClick:()=>void F(n),children:a("exportStart")})]}),children:[t("p",{children:a("exportText",{most:L})}),t(Te,{name:a("format"),render:m=>t("select",{...m,value:s,onChange:({currentTarget:{value:C}})=>i(C),children:[t("option",{value:"jsonl",children:a("jsonl")}),t("option",{value:"csv",children:a("csv")})]})}),g&&t("div",{children:[t("progress",{value:o.part,"aria-label":a("exportProgress")}),t("p",{class:"hint",children:a("exportFound",{n:o.found})})]}),t("div",{role:"status",children:d!==void 0&&t("p",{children:[d.count===0?a("exportNothing"):a("exportDone",{n:d.count}),d.isCut&&` ${a("exportCut",{most:L})}`]})}),u!==void 0&&t(H,{text:`${a("exportFailed")} ${u.text}`,details:u.details})]})}var gt=400;function Ke({filters:e,isFolded:n,onChange:r}){let s=S(e),i=S(e);s.current!==e&&(s.current=i.current=e);let o=l=>{i.current=de({...i.current,...l}),r(i.current)};return t("div",{class:n?"events-filters folded":"events-filters",role:"search","aria-label":a("filters"),children:[t("div",{class:"events-filter wide",children:[t("span",{"aria-hidden":"true",children:a("text")}),t(te,{name:a("text"),type:"search",value:e.text??"",onChange:l=>o({text:l===""?void 0:l})})]}),t("div",{class:"events-filter",children:[t("span",{"aria-hidden":"true",children:a("account")}),t(Se,{name:a("account"),options:[{value:"",text:a("allAccounts")},...Oe.value],value:e.account??"",onChoose:l=>o({account:l===""?void 0:l})})]}),t(wt,{chosen:e.events??[],onChange:l=>o({events:l.length===0?void 0:l})}),t("div",{class:"events-filter",children:[t("span",{"aria-hidden":"true",children:a("peer")}),t(te,{name:a("peer"),type:"text",inputMode:"numeric",pattern:/^\d{1,20}$/,problem:a("badNumber"),value:e.peer??"",onChange:l=>o({peer:l===""?void 0:l})})]}),["since","until"].map(l=>t("div",{class:`events-filter of-${l}`,children:[t("span",{"aria-hidden":"true",children:a(l)}),t(te,{name:a(l),type:"datetime-local",value:xt(e[l]),onChange:d=>o({[l]:d===""?void 0:new Date(d).toISOString()})})]},l)),t("div",{class:"events-filter",children:[t("span",{"aria-hidden":"true",children:a("afterPosition")}),t(te,{name:a("afterPosition"),type:"text",inputMode:"numeric",pattern:/^\d{1,15}$/,problem:a("badPosition"),value:e.after===void 0?"":String(e.after),onChange:l=>o({after:l===""?void 0:Number(l)})})]}),Object.keys(e).length>0&&t("button",{type:"button",class:"quiet small",onClick:()=>r({}),children:a("clearFilters")})]})}function te({name:e,value:n,onChange:r,pattern:s,problem:i,...o}){let[l,d]=p(n),c=S(void 0);b(()=>d(n),[n]),b(()=>()=>clearTimeout(c.current),[]);let u=l===""||s?.test(l)!==!1,v=h=>{clearTimeout(c.current),!(h!==""&&s?.test(h)===!1)&&h!==n&&r(h)};return t(w,{children:[t("input",{...o,"aria-label":e,"aria-invalid":!u,autocomplete:"off",value:l,onInput:({currentTarget:h})=>{let g=h.value.trim();d(h.value),clearTimeout(c.current),c.current=setTimeout(()=>v(g),gt)},onKeyDown:h=>{h.key==="Enter"&&!h.isComposing&&v(h.currentTarget.value.trim())}}),!u&&t("small",{class:"hint bad",role:"alert",children:i})]})}function wt({chosen:e,onChange:n}){let r=S(null);return t("details",{ref:r,class:"events-names",onFocusOut:s=>{let i=s.relatedTarget;i!==null&&!s.currentTarget.contains(i)&&(s.currentTarget.open=!1)},onKeyDown:s=>{s.key!=="Escape"||r.current?.open!==!0||(s.stopPropagation(),r.current.open=!1,r.current.querySelector("summary")?.focus())},children:[t("summary",{children:[t("span",{children:a("eventNames")}),t("strong",{children:e.length===0?a("allEvents"):e.length===1?e[0]:a("someEvents",{n:e.length})})]}),t("div",{class:"events-names-list",role:"group","aria-label":a("eventNames"),children:ae.map(s=>t("label",{class:"check",children:[t("input",{type:"checkbox",checked:e.includes(s),onChange:({currentTarget:{checked:i}})=>n(ae.filter(o=>o===s?i:e.includes(o)))}),t("code",{children:s})]},s))})]})}function xt(e){if(e===void 0)return"";let n=new Date(e);return new Date(n.getTime()-n.getTimezoneOffset()*6e4).toISOString().slice(0,16)}var ne=1e4,bt=5,yt=50,Xe={rows:[],hasOlder:!1,hasNewer:!1,isLoading:!1,error:void 0,oldest:void 0,searched:void 0},re=class{state=oe(Xe);tail=oe("off");filters;#r=0;#t;#n=[];#i;constructor(n){this.filters=n}async load(){this.#r++,this.state.value={...Xe,isLoading:!0},await this.#o(G(this.filters)?"newer":"older")}async loadMore(n){let{isLoading:r,hasOlder:s,hasNewer:i}=this.state.value;r||!(n==="older"?s:i)||(this.#e({isLoading:!0,error:void 0}),await this.#o(n))}follow(){this.stopTail();let n=this.#t=new AbortController;this.tail.value="connecting",ee({...Q(this.filters),maxQueued:ne,signal:n.signal,onOpen:()=>{this.#t===n&&(this.tail.value="on",this.#e({hasNewer:!0}),this.loadMore("newer"))},onLost:()=>{this.#t===n&&(this.tail.value="connecting")},onGap:()=>{this.#t===n&&this.load()},onEvent:r=>{this.#t===n&&_(r,this.filters)&&this.#l(r)}}).catch(()=>{this.#t===n&&this.stopTail()})}stopTail(){this.#t?.abort(),this.#t=void 0,this.tail.value="off"}close(){this.#r++,this.stopTail(),this.#i!==void 0&&cancelAnimationFrame(this.#i)}#l(n){this.#n.push(n),this.#n.length>ne&&(this.#n=[],this.#e({hasNewer:!0})),this.#i??=requestAnimationFrame(()=>{this.#i=void 0,this.#s()})}#s(){if(this.state.value.hasNewer){this.loadMore("newer");return}let n=this.#n;this.#n=[],this.#a(n,"newer");let r=n.at(-1),{searched:s}=this.state.value;r===void 0||s===void 0||this.#e({searched:{...s,to:Math.max(s.to,r.seq)}})}async#o(n){let r=this.#r;try{let s=0;for(let i=0;i<bt;i++){let o=await this.#d(n,r);if(o===void 0)return;if(s+=o.count,!o.more||s>=yt)break}this.#e({isLoading:!1}),this.#n.length>0&&!this.state.value.hasNewer&&this.#s()}catch(s){r===this.#r&&this.#e({isLoading:!1,error:s})}}async#d(n,r){let{searched:s}=this.state.value,{account:i}=this.filters,o=qe(this.filters);s!==void 0&&n==="older"&&(o.before=s.from),s!==void 0&&n==="newer"&&(delete o.until,o.after=s.to);let l=await D("history",o,i===void 0?{}:{account:i});if(r!==this.#r)return;let{more:d,oldest:c}=l,u=l.events.filter(g=>_(g,this.filters)),v=this.state.value.searched??l.searched,h=s===void 0;return he(()=>{this.#a(u,n),this.#e({oldest:c,searched:n==="older"?{from:Math.min(l.searched.from,v.from),to:Math.max(v.to,h?l.searched.to:0)}:{from:Math.min(v.from,h?l.searched.from:1/0),to:Math.max(l.searched.to,v.to)},...n==="older"?{hasOlder:d}:{hasNewer:d}})}),{count:u.length,more:d}}#a(n,r){let{rows:s}=this.state.value,i=kt(s,n);if(i.length===s.length)return;let o=i.length-ne,{searched:l}=this.state.value;if(o<=0)this.#e({rows:i});else if(r==="newer"){let d=i.slice(o);this.#e({rows:d,hasOlder:!0,...l===void 0?{}:{searched:{...l,from:d[0].seq}}})}else{let d=i.slice(0,ne);this.#e({rows:d,hasNewer:!0,...l===void 0?{}:{searched:{...l,to:d.at(-1).seq}}})}}#e(n){this.state.value={...this.state.value,...n}}};function kt(e,n){let r=e.at(-1)?.seq??0;if(n.length===0||n[0].seq>r)return[...e,...n];let s=new Set(e.map(({seq:i})=>i));return[...e,...n.filter(({seq:i})=>!s.has(i))].sort((i,o)=>i.seq-o.seq)}var Ye=20,Ge;function Qe({query:e}){let n=e.toString(),[r,s]=p(Ge),i=O(()=>{Ge=r;let f=Le(e);return r===void 0?f:{...f,text:r}},[n,r]),o=O(()=>new re(i),[i]),[l,d]=p(),[c,u]=p(!1),v=K(X),[h,g]=p(!1),[F,m]=p(!1);b(()=>(o.load(),d(void 0),()=>o.close()),[o]),b(()=>{F?o.follow():o.stopTail()},[o,F]);let C=({text:f,...se})=>{s(f===""?void 0:f);let me=$("events",[],Pe(se));location.hash!==me&&(location.hash=me)},P=o.state.value,{rows:k,isLoading:ie,error:T,hasOlder:q,hasNewer:Ze}=P,ue=T===void 0?void 0:R(T,"history"),A=o.tail.value,fe=[{key:"seq",title:a("position"),width:"5.5rem",isNumber:!0,render:({seq:f})=>f},{key:"at",title:a("time"),width:"7.5rem",render:({at:f})=>t("time",{dateTime:f,title:j(f),children:W(f)})},{key:"account",title:a("account"),width:"6.5rem",render:({account:f})=>f},{key:"event",title:a("event"),width:"9.5rem",render:({event:f})=>t("code",{children:f})},{key:"peer",title:a("peer"),width:"7.5rem",render:f=>E(f)??""},{key:"excerpt",title:a("excerpt"),width:"minmax(8rem, 1fr)",render:f=>t("bdi",{children:N(f)})}],et=l===void 0||v?fe:fe.filter(({key:f})=>f!=="account"&&f!=="peer");return t(w,{children:[t(Y,{view:"journal",children:[t("button",{type:"button",class:"small events-toggle","aria-expanded":h,onClick:()=>g(!h),children:[t(x,{name:"filter",size:16}),a("filters")]}),t("button",{type:"button",class:"small","aria-pressed":A!=="off",onClick:()=>m(A==="off"),children:[t(x,{name:A==="off"?"run":"pause",size:16}),a(A==="connecting"?"tailConnecting":"tail")]}),t("button",{type:"button",class:"small",onClick:()=>u(!0),children:[t(x,{name:"download",size:16}),a("export")]})]}),t(Ke,{filters:i,onChange:C,isFolded:!h}),t("div",{class:"events-note",role:"status",children:t(Et,{reader:o})}),T!==void 0&&t(H,{text:`${a("historyFailed")} ${ue?.text}`,details:ue?.details,onRetry:()=>void(k.length===0?o.load():o.loadMore(q?"older":"newer"))}),t("div",{class:l===void 0?"events-body":"events-body chosen",children:t(B,{first:t(J,{name:a("journal"),columns:et,rows:k,keyOf:({seq:f})=>f,chosen:l?.seq,onChoose:f=>d(f),anchor:"end",startsAt:G(i)?"start":"end",rowClass:Ct,onShow:(f,se)=>{f<Ye&&o.loadMore("older"),se>=k.length-Ye&&o.loadMore("newer")},empty:ie?t(Ce,{onRetry:()=>void o.load()}):T!==void 0?void 0:t(I,{title:a("nothing"),hint:q||Ze?a("nothingYet"):a("nothingHint"),children:Object.keys(i).length>0&&t("button",{type:"button",onClick:()=>C({}),children:a("clearFilters")})})}),second:l!==void 0&&t(He,{frame:l,onClose:()=>d(void 0)})})}),c&&t(Be,{filters:i,epoch:M.value.state==="open"?M.value.welcome.epoch:void 0,onClose:()=>u(!1)})]})}function Et({reader:e}){let{rows:n,hasOlder:r,hasNewer:s,isLoading:i,oldest:o,searched:l}=e.state.value;if(l===void 0)return null;let d=n[0],c=e.filters.text!==void 0;return t("p",{class:"hint",children:[n.length>0&&a("shown",{n:n.length,from:d.seq,to:n.at(-1).seq})," ",r?c&&!i?a(n.length===0?"searchedNothing":"searchedBack",{from:l.from}):"":s&&c&&!i?a("searchedUpTo",{to:l.to}):o!==void 0&&o>1?a("notKept",{oldest:o}):""," ",i&&t("span",{children:a("reading")}),!i&&r&&t("button",{type:"button",class:"quiet small",onClick:()=>void e.loadMore("older"),children:a(c?"continueSearch":"loadOlder")}),!i&&s&&t("button",{type:"button",class:"quiet small",onClick:()=>void e.loadMore("newer"),children:a(c?"continueSearch":"loadNewer")}),d!==void 0&&t("span",{class:"events-day",children:ye(d.at)})]})}function Ct(e){let{data:n}=e;return"state"in n&&(n.state==="refused"||n.state==="replaced")?"failed":`of-${e.event.split(".")[0]}`}ke(De);function yr({params:e,query:n}){return t("div",{class:"events",children:e.view==="frames"?t(Ie,{}):t(Qe,{query:n})})}export{yr as EventsPage};

import{a as K}from"./chunk-d4da64ac53.js";import{a as _e,b as Y,c as G,d as Re,e as Pe,f as Le,g as $e,h as qe,i as Q,j as Ie,k as Z}from"./chunk-f56dc3ddb9.js";import{u as B,v as Oe,x as $}from"./chunk-31f36525f9.js";import{a as Te,d as je,e as Ne,f as Me,g as De,h as C,j as X,k as Ae}from"./chunk-c6f6d0800a.js";import{b as be,e as Ee,f as U,g as he,h as Se,i as z,m as W,o as J,p as Fe}from"./chunk-3d81bef68b.js";import{K as Ce,N as j,c as O,e as t,f as g,g as S,h as P,i as k,j as L,l as ye,m as me,u as ke}from"./chunk-b581a42b12.js";var ze=`/* Events: filters, rows, detail. */

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
`;var[pe,ve]=[25,75],ee=5,ut={ArrowLeft:e=>e-ee,ArrowUp:e=>e-ee,ArrowRight:e=>e+ee,ArrowDown:e=>e+ee,Home:()=>pe,End:()=>ve};function te({first:e,second:n,share:r=45}){let[s,i]=g(r),o=k(null),[d,a]=g(!1);S(()=>{let u=o.current,p=()=>a(getComputedStyle(u).flexDirection==="column"),m=new ResizeObserver(p);return m.observe(u),()=>m.disconnect()},[]);let c=u=>i(Math.round(Math.max(pe,Math.min(ve,u))));return t("div",{ref:o,class:"ui-split",style:{"--share":`${s}%`},children:[t("div",{class:"ui-split-first",children:e}),t("div",{class:"ui-split-bar",role:"separator",tabIndex:0,"aria-label":X("uiResize"),"aria-orientation":d?"horizontal":"vertical","aria-valuenow":s,"aria-valuemin":pe,"aria-valuemax":ve,onKeyDown:u=>{let p=ut[u.key]?.(s);p!==void 0&&(u.preventDefault(),c(p))},onPointerDown:u=>{u.preventDefault(),u.currentTarget.setPointerCapture(u.pointerId)},onPointerMove:u=>{if(!u.currentTarget.hasPointerCapture(u.pointerId))return;let p=o.current.getBoundingClientRect();c(d?(u.clientY-p.top)/p.height*100:(u.clientX-p.left)/p.width*100)}}),t("div",{class:"ui-split-second",children:n})]})}function We(e){let n=k(null),[,r]=g(0),s=k(void 0),i=e.keep,o={count:e.count,getScrollElement:()=>n.current,estimateSize:()=>e.estimate,getItemKey:e.keyOf,overscan:e.overscan??6,scrollToFn:Me,observeElementRect:je,observeElementOffset:Ne,anchorTo:e.anchor??"start",followOnAppend:e.anchor==="end",useAnimationFrameWithResizeObserver:!0,onChange:()=>r(a=>a+1),rangeExtractor:({startIndex:a,endIndex:c,overscan:u,count:p})=>{let m=Math.max(0,a-u),w=Math.min(p-1,c+u),E=Array.from({length:Math.max(0,w-m+1)},(v,F)=>m+F);return i===void 0||i<0||i>=p?E:i<m?[i,...E]:i>w?[...E,i]:E}},d=s.current??=new De(o);return d.setOptions(o),P(()=>d._didMount(),[]),P(()=>d._willUpdate()),{scroll:n,items:d.getVirtualItems(),height:d.getTotalSize(),measure:d.measureElement,scrollTo:(a,c="auto")=>d.scrollToIndex(a,{align:c}),scrollToEnd:()=>d.scrollToEnd(),isAtEnd:()=>d.isAtEnd(4)}}function ne(e){let{columns:n,rows:r,keyOf:s}=e,[i,o]=g(),[d,a]=g(),c=k(!1),u=i===void 0?-1:r.findIndex(f=>s(f)===i),p=e.chosen===void 0?-1:r.findIndex(f=>s(f)===e.chosen),m=u>=0?u:Math.max(0,p),w=We({count:r.length,estimate:e.rowHeight??36,keyOf:f=>s(r[f]),keep:m,...e.anchor===void 0?{}:{anchor:e.anchor}}),E=w.items[0]?.index??0,v=w.items.at(-1)?.index??-1;S(()=>{v>=0&&e.onShow?.(E,v)},[E,v,r.length]),P(()=>{if(!c.current)return;let f=d===void 0?`[data-index="${u}"]`:`[data-title="${d}"]`;w.scroll.current?.querySelector(f)?.focus({preventScroll:!0})},[i,d]);let F=(e.startsAt??e.anchor)==="end",D=k(!1);P(()=>{r.length===0?D.current=!1:D.current||(D.current=!0,F&&w.scrollToEnd())});let T=f=>{a(void 0),o(s(r[f])),w.scrollTo(f)},_=({key:f,isSortable:x})=>{x===!0&&e.onSort?.({column:f,isDescending:e.sort?.column===f&&!e.sort.isDescending})},A=f=>{if(f.altKey||f.ctrlKey||f.metaKey)return;let x=f.target,b=x.dataset.title!==void 0;if(!b&&x.dataset.index===void 0)return;if(b){let y=Number(x.dataset.title),I=f.key==="ArrowRight"?Math.min(n.length-1,y+1):f.key==="ArrowLeft"?Math.max(0,y-1):void 0;if(I!==void 0)a(I);else if(f.key==="ArrowDown"&&r.length>0)T(m);else if(f.key==="Enter"||f.key===" ")_(n[y]);else return;f.preventDefault();return}let N=r[m];if(N===void 0)return;if(f.key==="Enter"||f.key===" "){f.preventDefault(),e.onChoose?.(N);return}if(e.onMenu!==void 0&&(f.key==="ContextMenu"||f.key==="F10"&&f.shiftKey)){f.preventDefault(),e.onMenu(N,x);return}if(f.key==="ArrowUp"&&m===0){f.preventDefault(),a(0);return}let h=Ie(f.key,m,r.length);h!==void 0&&(f.preventDefault(),T(h))},R=n.map(({width:f})=>f??"minmax(0, 1fr)").join(" ");return t("div",{ref:w.scroll,class:"ui-table",style:{"--columns":R},onKeyDown:A,onFocusIn:()=>c.current=!0,onFocusOut:()=>c.current=!1,children:[t("div",{role:"grid","aria-label":e.name,"aria-rowcount":(e.total??r.length)+1,"aria-colcount":n.length,children:[t("div",{class:"ui-table-head",role:"rowgroup",children:t("div",{class:"ui-row",role:"row","aria-rowindex":1,children:n.map((f,x)=>{let b=e.sort?.column===f.key;return t("div",{class:f.isNumber===!0?"ui-cell number":"ui-cell",role:"columnheader","aria-sort":f.isSortable!==!0?void 0:b?e.sort.isDescending?"descending":"ascending":"none","data-title":x,tabIndex:d===x||r.length===0&&x===0?0:-1,onFocus:()=>a(x),onClick:()=>_(f),children:[t("span",{class:f.isTitleHidden===!0?"visually-hidden":void 0,children:f.title}),b&&t(C,{name:e.sort.isDescending?"down":"up",size:16})]},f.key)})})}),r.length>0&&t("div",{class:"ui-table-body",role:"rowgroup",style:{height:`${w.height}px`},children:w.items.map(({index:f,start:x})=>{let b=r[f];if(b===void 0)return null;let N=s(b),h=N===e.chosen;return t("div",{ref:w.measure,class:`ui-row ${e.rowClass?.(b)??""}`,role:"row","aria-rowindex":f+2,"aria-selected":e.onChoose===void 0?void 0:h,"data-index":f,tabIndex:d===void 0&&f===m?0:-1,style:{transform:`translateY(${x}px)`},onFocus:()=>{a(void 0),o(N)},onClick:()=>e.onChoose?.(b),onContextMenu:y=>{e.onMenu!==void 0&&(y.preventDefault(),e.onMenu(b,y.currentTarget))},children:n.map(y=>t("div",{class:`ui-cell of-${y.key}${y.isNumber===!0?" number":""}`,role:"gridcell","data-name":y.title,children:y.render(b,f)},y.key))},N)})})]}),r.length===0&&e.empty]})}function re(e){let[n]=g(()=>matchMedia(e)),[r,s]=g(n.matches);return S(()=>{let i=()=>s(n.matches);return n.addEventListener("change",i),()=>n.removeEventListener("change",i)},[]),r}var ie="(min-width: 96rem)";var He={events:"Events",views:"Views of the events",journal:"Journal",frames:"Frames",frame:"Frame",filters:"Filters",account:"Account",allAccounts:"All accounts",event:"Event",eventNames:"Events",allEvents:"all",someEvents:"{n} kinds",peer:"Other number",text:"Text",since:"From",until:"Before",afterPosition:"After position",position:"Position",time:"Time",excerpt:"Excerpt",badNumber:"1 to 20 digits.",badPosition:"A whole number.",tail:"Live",tailConnecting:"Live: connecting\u2026",export:"Export",clearFilters:"Clear the filters",historyFailed:"The journal cannot be read.",nothing:"No event matches",nothingYet:"What has been searched so far has no match.",nothingHint:"Change or clear the filters.",shown:"{n} events, positions {from} to {to}.",searchedBack:"Searched back to position {from}.",searchedNothing:"Searched back to position {from}, nothing yet.",searchedUpTo:"Searched up to position {to}.",notKept:"Events before position {oldest} are no longer kept.",reading:"Reading\u2026",continueSearch:"Continue the search",loadOlder:"Load older events",loadNewer:"Load newer events",copyPosition:"Copy position",openConversation:"Open conversation here",closeDetail:"Close the detail",exportTitle:"Export events",exportText:"Saves the events that pass the filters, oldest first, at most {most}.",exportStart:"Export",exportProgress:"Part of the journal that has been read",exportFound:"{n} events found",exportNothing:"No event passes the filters.",exportDone:"Saved {n} events.",exportCut:"There are more than {most}: narrow the filters to save the others.",exportFailed:"The export has failed.",stop:"Stop",format:"Format",jsonl:"JSONL: one event a line, as the API returns it",csv:"CSV: for spreadsheets",show:"Show",allFrames:"All frames",onlyCommands:"Commands and results",onlyEvents:"Events",onlyFailed:"Failures",hidePings:"Hide pings",pause:"Pause",resume:"Resume",clear:"Clear",framesShown:"{n} frames of this page's connection.",framesDropped:"{n} older ones were dropped: {most} are kept.",framesWaiting:"Paused: {n} new ones are recorded.",noFrames:"No frames yet",noFramesHint:"What this page sends and receives appears here.",received:"received",sent:"sent",direction:"Direction",type:"Type",name:"Name",size:"Size",answer:"Answer",showResult:"Show the result",showCommand:"Show the command",characters:"{n} characters"};var l=Ce(He,async()=>(await import("./events-7205cc47c2.js")).ZH);var ft=[{link:"#/events",view:"journal"},{link:"#/events/frames",view:"frames"}];function se({view:e,children:n}){return t("header",{class:"events-head",children:[t("h1",{children:l("events")}),t("nav",{class:"segments","aria-label":l("views"),children:ft.map(r=>t("a",{href:r.link,"aria-current":r.view===e?"page":void 0,children:l(r.view)},r.view))}),t("div",{class:"events-actions",children:n})]})}var mt={message:!0,"message.stranger":!0,"message.sent":!0,presence:!0,"friend.request":!0,"friend.accepted":!0,"friend.refused":!0,"friend.added":!0,"account.state":!0,"account.removed":!0,unknown:!0},ge=Object.keys(mt);function Ve(e,n){return e===n||e.startsWith(n+".")}var ht=/^\d{1,20}$/;function Ke(e){let n=o=>{let d=e.get(o);return d!==null&&ht.test(d)?d:void 0},r=o=>{let d=e.get(o);return d!==null&&!Number.isNaN(Date.parse(d))?new Date(d).toISOString():void 0},s=e.get("events")?.split(",").filter(o=>o!==""),i=n("after");return we({account:n("account"),events:s===void 0||s.length===0?void 0:s,peer:n("peer"),since:r("since"),until:r("until"),after:i===void 0?void 0:Number(i)})}function Ue({account:e,events:n,peer:r,since:s,until:i,after:o}){return{account:e,events:n?.join(","),peer:r,since:s,until:i,after:o}}function we(e){return Object.fromEntries(Object.entries(e).filter(([,n])=>n!==void 0))}function Je({events:e,peer:n,since:r,until:s,after:i,text:o}){return{...e===void 0?{}:{events:[...e]},...n===void 0?{}:{with:n},...r===void 0?{}:{since:r},...s===void 0?{}:{until:s},...i===void 0?{}:{after:i},...o===void 0||o===""?{}:{text:o}}}function oe({after:e,since:n,until:r}){return(e!==void 0||n!==void 0)&&r===void 0}function ae({account:e,events:n}){return{...e===void 0?{}:{accounts:[e]},...n===void 0?{}:{events:n}}}function H(e,n){let{account:r,events:s,peer:i,since:o,until:d,after:a,text:c}=n;if(r!==void 0&&e.account!==r||s?.some(p=>Ve(e.event,p))===!1||i!==void 0&&M(e)!==i)return!1;let u=Date.parse(e.at);return o!==void 0&&u<Date.parse(o)||d!==void 0&&u>=Date.parse(d)||a!==void 0&&e.seq<=a?!1:c===void 0||c===""||Be(e)?.toLowerCase().includes(c.toLowerCase())===!0}function M({data:e}){let{from:n,to:r}=e;return n??r}function Be({data:e}){return"text"in e?e.text:void 0}function q(e){let{data:n}=e;switch(e.event){case"presence":return"status"in n?n.status:"";case"account.state":return"state"in n?n.reason===void 0?n.state:`${n.state}: ${n.reason}`:"";default:return Be(e)??("raw"in n?n.raw:"")}}function Ye(e){let n=new Map,r=new Map;for(let s of e){let{type:i,id:o}=s.value;(i==="command"||i==="subscribe")&&n.set(o,s),i==="result"&&r.set(o,s)}return e.map(s=>pt(s,n.get(s.value.id),r.get(s.value.id)))}function pt(e,n,r){let{value:s}=e,i=String(s.type),o={frame:e,type:i,pair:void 0,answerMs:void 0},d=n===void 0||r===void 0?void 0:r.at-n.at;switch(i){case"command":case"result":{let a=n?.value,c=a?.params??{},u=s.error;return{...o,name:i==="result"&&a===void 0&&s.id==="alive"?"ping":String(a?.command??a?.type??""),account:String(a?.account??""),peer:String(c.to??c.uin??c.with??""),excerpt:i==="command"?Xe(c):u===void 0?gt(s.data):`${u.code}: ${u.message}`,pair:(i==="command"?r:n)?.number,answerMs:d,isFailed:i==="result"?s.ok===!1:r?.value.ok===!1}}case"event":{let a=s;return{...o,name:String(s.event),account:String(s.account),peer:M(a)??"",excerpt:q(a),isFailed:!1}}default:return{...o,name:"",account:"",peer:"",excerpt:Xe(vt(s)),isFailed:i==="gap"||i==="error"}}}function vt(e){let{type:n,...r}=e;return r}function Xe(e){return typeof e.text=="string"?e.text:Object.entries(e).map(([n,r])=>`${n}: ${JSON.stringify(r)}`).join(", ").slice(0,300)}function gt(e){return typeof e!="object"||e===null?"":Object.entries(e).map(([n,r])=>Array.isArray(r)?`${n}: ${r.length}`:typeof r=="object"?n:`${n}: ${r}`).join(", ").slice(0,300)}function Ge({frame:e,pair:n},r){let s=r.find(({number:d})=>d===n)?.value,i=e.value.type==="command"?e.value:s,o=e.value.type==="result"?e.value:s;if(i?.type==="command")return{account:String(i.account??""),command:String(i.command),params:i.params??{},...o?.ok===!0?{data:o.data??{}}:{},...o?.ok===!1?{error:o.error}:{}}}function le({texts:e,absent:n="wireNone",isWaiting:r=!1}){return t("section",{class:"wire-texts","aria-label":j("wire"),children:[t("h3",{children:j("wire")}),e===void 0?t("p",{class:"hint",children:j(n)}):t(O,{children:[e.map(({kind:s,source:i,text:o},d)=>t("figure",{children:[t("figcaption",{children:[j(s==="request"?"wireRequest":"wireReply")," \xB7 ",j(i==="reported"?"wireReported":"wireReconstructed")]}),o===null?t("p",{children:j("wireNull")}):t(Pe,{text:o,name:j("wire")})]},d)),r&&t("p",{class:"hint",children:j("wireWaiting")}),t("p",{class:"hint",children:j("wireHint")})]})]})}var wt=["allFrames","onlyCommands","onlyEvents","onlyFailed"],xt=new Set(["account","peer","size"]);function Ze(){let[e,n]=g("allFrames"),[r,s]=g(!1),[i,o]=g(),[d,a]=g(),c=i??U.value,u=L(()=>Ye(c),[c]),p=L(()=>u.filter(v=>kt(v,e)&&(r||v.name!=="ping")),[u,e,r]),m=re(ie),w=u.find(({frame:v})=>v.number===d),E=i===void 0?0:(U.value.at(-1)?.number??0)-(i.at(-1)?.number??0);return t(O,{children:[t(se,{view:"frames",children:[t("button",{type:"button",class:"small","aria-pressed":i!==void 0,onClick:()=>o(i===void 0?U.value:void 0),children:[t(C,{name:i===void 0?"pause":"run",size:16}),l(i===void 0?"pause":"resume")]}),t("button",{type:"button",class:"quiet small",onClick:()=>{Se(),o(void 0),a(void 0)},children:l("clear")})]}),t("div",{class:"events-filters",role:"search","aria-label":l("filters"),children:[t("label",{class:"events-filter",children:[t("span",{children:l("show")}),t("select",{value:e,onChange:({currentTarget:{value:v}})=>n(v),children:wt.map(v=>t("option",{value:v,children:l(v)},v))})]}),t("label",{class:"check",children:[t("input",{type:"checkbox",checked:!r,onChange:({currentTarget:{checked:v}})=>s(!v)}),l("hidePings")]})]}),t("div",{class:"events-note",role:"status",children:t("p",{class:"hint",children:[l("framesShown",{n:p.length})," ",he.value>0&&l("framesDropped",{n:he.value,most:Ee})," ",i!==void 0&&l("framesWaiting",{n:E})]})}),t("div",{class:w===void 0?"events-body":"events-body chosen",children:t(te,{first:t(ne,{name:l("frames"),columns:w===void 0||m?Qe():Qe().filter(({key:v})=>!xt.has(v)),rows:p,keyOf:({frame:v})=>v.number,chosen:d,onChoose:({frame:v})=>a(v.number),anchor:"end",rowClass:v=>`frame-row ${v.isFailed?"failed":""} ${w!==void 0&&v.frame.number===w.pair?"pair":""}`,empty:t(Y,{title:l("noFrames"),hint:l("noFramesHint")})}),second:w!==void 0&&t(yt,{row:w,recorded:c,onChoose:a,onClose:()=>a(void 0)})})})]})}var Qe=()=>[{key:"direction",title:l("direction"),isTitleHidden:!0,width:"2.25rem",render:({frame:{direction:e}})=>t(O,{children:[t(C,{name:e==="in"?"down":"up",size:16}),t("span",{class:"visually-hidden",children:l(e==="in"?"received":"sent")})]})},{key:"at",title:l("time"),width:"7.5rem",render:({frame:{at:e}})=>t("time",{dateTime:new Date(e).toISOString(),children:B(e)})},{key:"type",title:l("type"),width:"6rem",render:({type:e})=>e},{key:"name",title:l("name"),width:"8.5rem",render:({name:e})=>t("code",{children:e})},{key:"account",title:l("account"),width:"6rem",render:({account:e})=>e},{key:"peer",title:l("peer"),width:"6rem",render:({peer:e})=>e},{key:"excerpt",title:l("excerpt"),width:"minmax(8rem, 1fr)",render:({excerpt:e})=>t("bdi",{children:e})},{key:"size",title:l("size"),width:"4.5rem",isNumber:!0,render:({frame:{size:e}})=>e},{key:"answer",title:l("answer"),width:"5rem",isNumber:!0,render:({answerMs:e})=>e===void 0?"":`${e} ms`}];function yt({row:e,recorded:n,onChoose:r,onClose:s}){let{frame:i,type:o,name:d,pair:a}=e,c=bt(e,n);return t("section",{class:"event-detail","aria-label":l("frame"),children:[t("header",{children:[t("button",{type:"button",class:"quiet ui-square event-close","aria-label":l("closeDetail"),onClick:s,children:t(C,{name:"close"})}),t("h2",{children:[o," ",t("code",{children:d})]}),t("time",{dateTime:new Date(i.at).toISOString(),class:"hint",children:$(i.at)})]}),a!==void 0&&t("div",{class:"actions",children:t("button",{type:"button",class:"small",onClick:()=>r(a),children:l(o==="command"?"showResult":"showCommand")})}),t(Z,{name:l("frame"),value:i.value,size:l("characters",{n:i.size})}),t(le,{...c})]})}function bt(e,n){let r={texts:void 0,absent:"wireNone"};try{if(e.type==="event")return{texts:Q(e.frame.value)};let s=Ge(e,n);if(s===void 0)return r;let i=qe(s);return i===void 0?{...r,absent:"wireOwn"}:{texts:i,isWaiting:s.data===void 0&&s.error===void 0}}catch{return r}}function kt({type:e,isFailed:n},r){switch(r){case"allFrames":return!0;case"onlyCommands":return e==="command"||e==="result";case"onlyEvents":return e==="event"||e==="gap";case"onlyFailed":return n}}function et({frame:e,onClose:n}){let{event:r,account:s,seq:i,at:o}=e,d=M(e),a=z.value,c=a.state==="open"?a.welcome.epoch:void 0;return t("section",{class:"event-detail","aria-label":l("event"),children:[t("header",{children:[t("button",{type:"button",class:"quiet ui-square event-close","aria-label":l("closeDetail"),onClick:n,children:t(C,{name:"close"})}),t("h2",{children:t("code",{children:r})}),t("time",{dateTime:o,class:"hint",children:$(o)})]}),t("div",{class:"actions",children:[c!==void 0&&t(Re,{text:`${c}:${i}`,name:l("copyPosition")}),d!==void 0&&t("a",{class:"button quiet small",href:K("chats",[s,d],{at:i}),children:[t(C,{name:"chats",size:16}),l("openConversation")]})]}),t(Z,{name:l("event"),value:e}),t(le,{texts:Et(e)})]})}function Et(e){try{return Q({...e})}catch{return}}var xe=class extends WebSocket{send(n){super.send(n.startsWith('{"type":"hello"')?JSON.stringify({type:"hello",proof:ke()??"none"}):n)}};async function de(e){let{accounts:n,events:r,after:s,maxQueued:i,signal:o}=e,d=new URL("ws",location.href);d.protocol=location.protocol==="https:"?"wss:":"ws:";let a=new be({url:d,token:"in the session",WebSocket:xe,backoff:{maxMs:5e3},maxQueued:i,signal:o,...n===void 0?{}:{accounts:[...n]},...r===void 0?{}:{events:[...r]},...s===void 0?{}:{after:s},onStatus:({state:c})=>{o.aborted||(c==="open"&&e.onOpen?.(),c==="waiting"&&e.onLost?.())}});try{for await(let c of a){if(o.aborted)return;c.type==="event"?e.onEvent(c):e.onGap?.(c)}}catch(c){if(!o.aborted)throw c}finally{await a.close()}}var V=1e5;async function tt({filters:e,epoch:n,signal:r,onProgress:s}){let i=[],o=await Ct(e,r);if(o===void 0)return{events:i,isCut:!1};let d=await St(e)-1;if(d>=o)return{events:i,isCut:!1};let a=new AbortController,c=!1;return await de({...ae(e),after:{epoch:n,seq:d},maxQueued:V,signal:AbortSignal.any([r,a.signal]),onEvent:u=>{if(!a.signal.aborted){if(H(u,e)){if(i.length===V){c=!0,a.abort();return}u.seq<=o&&i.push(u)}s({found:i.length,part:(u.seq-d)/(o-d)}),u.seq>=o&&a.abort()}}}),{events:i,isCut:c}}async function St(e){let{account:n,since:r,after:s}=e,i=r!==void 0||s!==void 0,{oldest:o,searched:d}=await W("history",{limit:1,...r===void 0?{}:{since:r},...s===void 0?{}:{after:s}},n===void 0?{}:{account:n});return i?Math.max(o,d.from):o}async function Ct({account:e,events:n,until:r},s){let i;for(;!s.aborted;){let o=await W("history",{limit:1,...n===void 0?{}:{events:[...n]},...r===void 0?{}:{until:r},...i===void 0?{}:{before:i}},e===void 0?{}:{account:e}),[d]=o.events;if(d!==void 0)return d.seq;if(!o.more)return;i=o.searched.from}}function nt(e,n,r){let s=URL.createObjectURL(new Blob([r],{type:n})),i=document.createElement("a");i.href=s,i.download=e,i.click(),setTimeout(()=>URL.revokeObjectURL(s),1e4)}function rt(e,n){return n==="jsonl"?e.map(r=>`${JSON.stringify(r)}
`).join(""):[["seq","at","account","event","peer","text","data"],...e.map(r=>[String(r.seq),r.at,r.account,r.event,M(r)??"",q(r),JSON.stringify(r.data)])].map(r=>`${r.map(Tt).join(",")}\r
`).join("")}function Tt(e){let n=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(n)?`"${n.replaceAll('"','""')}"`:n}var Ft={jsonl:"application/jsonl",csv:"text/csv"};function it({filters:e,epoch:n,onClose:r}){let[s,i]=g("jsonl"),[o,d]=g(),[a,c]=g(),[u,p]=g(),m=k(void 0);S(()=>()=>m.current?.abort(),[]);let w=o!==void 0&&a===void 0&&u===void 0,E=async v=>{let F=m.current=new AbortController;c(void 0),p(void 0),d({found:0,part:0});let D=0;try{let{events:T,isCut:_}=await tt({filters:e,epoch:v,signal:F.signal,onProgress:R=>{performance.now()-D<100||(D=performance.now(),d(R))}});if(F.signal.aborted){d(void 0);return}let A=`events-${new Date().toISOString().slice(0,19)}`.replaceAll(":","-");T.length>0&&nt(`${A}.${s}`,Ft[s],rt(T,s)),c({count:T.length,isCut:_})}catch(T){p(J(T))}};return t(Ae,{title:l("exportTitle"),onClose:r,actions:t(O,{children:[t("button",{type:"button",onClick:r,children:X(a===void 0?"uiCancel":"uiClose")}),w?t("button",{type:"button",class:"primary",onClick:()=>m.current?.abort(),children:l("stop")}):t("button",{type:"button",class:"primary",disabled:n===void 0,onClick:()=>void E(n),children:l("exportStart")})]}),children:[t("p",{children:l("exportText",{most:V})}),t($e,{name:l("format"),render:v=>t("select",{...v,value:s,onChange:({currentTarget:{value:F}})=>i(F),children:[t("option",{value:"jsonl",children:l("jsonl")}),t("option",{value:"csv",children:l("csv")})]})}),w&&t("div",{children:[t("progress",{value:o.part,"aria-label":l("exportProgress")}),t("p",{class:"hint",children:l("exportFound",{n:o.found})})]}),t("div",{role:"status",children:a!==void 0&&t("p",{children:[a.count===0?l("exportNothing"):l("exportDone",{n:a.count}),a.isCut&&` ${l("exportCut",{most:V})}`]})}),u!==void 0&&t(G,{text:l("exportFailed"),details:u})]})}var Ot=400;function st({filters:e,isFolded:n,onChange:r}){let s=k(e),i=k(e);s.current!==e&&(s.current=i.current=e);let o=a=>{i.current=we({...i.current,...a}),r(i.current)},d=Te.value??[];return t("div",{class:n?"events-filters folded":"events-filters",role:"search","aria-label":l("filters"),children:[t("div",{class:"events-filter wide",children:[t("span",{"aria-hidden":"true",children:l("text")}),t(ce,{name:l("text"),type:"search",value:e.text??"",onChange:a=>o({text:a===""?void 0:a})})]}),t("div",{class:"events-filter",children:[t("span",{"aria-hidden":"true",children:l("account")}),t(Le,{name:l("account"),options:[{value:"",text:l("allAccounts")},...d.map(({uin:a,nickname:c})=>({value:a,text:a,hint:c}))],value:e.account??"",onChoose:a=>o({account:a===""?void 0:a})})]}),t(jt,{chosen:e.events??[],onChange:a=>o({events:a.length===0?void 0:a})}),t("div",{class:"events-filter",children:[t("span",{"aria-hidden":"true",children:l("peer")}),t(ce,{name:l("peer"),type:"text",inputMode:"numeric",pattern:/^\d{1,20}$/,problem:l("badNumber"),value:e.peer??"",onChange:a=>o({peer:a===""?void 0:a})})]}),["since","until"].map(a=>t("div",{class:`events-filter of-${a}`,children:[t("span",{"aria-hidden":"true",children:l(a)}),t(ce,{name:l(a),type:"datetime-local",value:Nt(e[a]),onChange:c=>o({[a]:c===""?void 0:new Date(c).toISOString()})})]},a)),t("div",{class:"events-filter",children:[t("span",{"aria-hidden":"true",children:l("afterPosition")}),t(ce,{name:l("afterPosition"),type:"text",inputMode:"numeric",pattern:/^\d{1,15}$/,problem:l("badPosition"),value:e.after===void 0?"":String(e.after),onChange:a=>o({after:a===""?void 0:Number(a)})})]}),Object.keys(e).length>0&&t("button",{type:"button",class:"quiet small",onClick:()=>r({}),children:l("clearFilters")})]})}function ce({name:e,value:n,onChange:r,pattern:s,problem:i,...o}){let[d,a]=g(n),c=k(void 0);S(()=>a(n),[n]),S(()=>()=>clearTimeout(c.current),[]);let u=d===""||s?.test(d)!==!1,p=m=>{clearTimeout(c.current),!(m!==""&&s?.test(m)===!1)&&m!==n&&r(m)};return t(O,{children:[t("input",{...o,"aria-label":e,"aria-invalid":!u,autocomplete:"off",value:d,onInput:({currentTarget:m})=>{let w=m.value.trim();a(m.value),clearTimeout(c.current),c.current=setTimeout(()=>p(w),Ot)},onKeyDown:m=>{m.key==="Enter"&&!m.isComposing&&p(m.currentTarget.value.trim())}}),!u&&t("small",{class:"hint bad",role:"alert",children:i})]})}function jt({chosen:e,onChange:n}){let r=k(null);return t("details",{ref:r,class:"events-names",onFocusOut:s=>{let i=s.relatedTarget;i!==null&&!s.currentTarget.contains(i)&&(s.currentTarget.open=!1)},onKeyDown:s=>{s.key!=="Escape"||r.current?.open!==!0||(s.stopPropagation(),r.current.open=!1,r.current.querySelector("summary")?.focus())},children:[t("summary",{children:[t("span",{children:l("eventNames")}),t("strong",{children:e.length===0?l("allEvents"):e.length===1?e[0]:l("someEvents",{n:e.length})})]}),t("div",{class:"events-names-list",role:"group","aria-label":l("eventNames"),children:ge.map(s=>t("label",{class:"check",children:[t("input",{type:"checkbox",checked:e.includes(s),onChange:({currentTarget:{checked:i}})=>n(ge.filter(o=>o===s?i:e.includes(o)))}),t("code",{children:s})]},s))})]})}function Nt(e){if(e===void 0)return"";let n=new Date(e);return new Date(n.getTime()-n.getTimezoneOffset()*6e4).toISOString().slice(0,16)}var ue=1e4,Mt=5,Dt=50,ot={rows:[],hasOlder:!1,hasNewer:!1,isLoading:!1,error:void 0,oldest:void 0,searched:void 0},fe=class{state=me(ot);tail=me("off");filters;#r=0;#t;#n=[];#i;constructor(n){this.filters=n}async load(){this.#r++,this.state.value={...ot,isLoading:!0},await this.#o(oe(this.filters)?"newer":"older")}async loadMore(n){let{isLoading:r,hasOlder:s,hasNewer:i}=this.state.value;r||!(n==="older"?s:i)||(this.#e({isLoading:!0,error:void 0}),await this.#o(n))}follow(){this.stopTail();let n=this.#t=new AbortController;this.tail.value="connecting",de({...ae(this.filters),maxQueued:ue,signal:n.signal,onOpen:()=>{this.#t===n&&(this.tail.value="on",this.#e({hasNewer:!0}),this.loadMore("newer"))},onLost:()=>{this.#t===n&&(this.tail.value="connecting")},onGap:()=>{this.#t===n&&this.load()},onEvent:r=>{this.#t===n&&H(r,this.filters)&&this.#l(r)}}).catch(()=>{this.#t===n&&this.stopTail()})}stopTail(){this.#t?.abort(),this.#t=void 0,this.tail.value="off"}close(){this.#r++,this.stopTail(),this.#i!==void 0&&cancelAnimationFrame(this.#i)}#l(n){this.#n.push(n),this.#n.length>ue&&(this.#n=[],this.#e({hasNewer:!0})),this.#i??=requestAnimationFrame(()=>{this.#i=void 0,this.#s()})}#s(){if(this.state.value.hasNewer){this.loadMore("newer");return}let n=this.#n;this.#n=[],this.#a(n,"newer");let r=n.at(-1),{searched:s}=this.state.value;r===void 0||s===void 0||this.#e({searched:{...s,to:Math.max(s.to,r.seq)}})}async#o(n){let r=this.#r;try{let s=0;for(let i=0;i<Mt;i++){let o=await this.#d(n,r);if(o===void 0)return;if(s+=o.count,!o.more||s>=Dt)break}this.#e({isLoading:!1}),this.#n.length>0&&!this.state.value.hasNewer&&this.#s()}catch(s){r===this.#r&&this.#e({isLoading:!1,error:s})}}async#d(n,r){let{searched:s}=this.state.value,{account:i}=this.filters,o=Je(this.filters);s!==void 0&&n==="older"&&(o.before=s.from),s!==void 0&&n==="newer"&&(delete o.until,o.after=s.to);let d=await W("history",o,i===void 0?{}:{account:i});if(r!==this.#r)return;let{more:a,oldest:c}=d,u=d.events.filter(w=>H(w,this.filters)),p=this.state.value.searched??d.searched,m=s===void 0;return ye(()=>{this.#a(u,n),this.#e({oldest:c,searched:n==="older"?{from:Math.min(d.searched.from,p.from),to:Math.max(p.to,m?d.searched.to:0)}:{from:Math.min(p.from,m?d.searched.from:1/0),to:Math.max(d.searched.to,p.to)},...n==="older"?{hasOlder:a}:{hasNewer:a}})}),{count:u.length,more:a}}#a(n,r){let{rows:s}=this.state.value,i=At(s,n);if(i.length===s.length)return;let o=i.length-ue,{searched:d}=this.state.value;if(o<=0)this.#e({rows:i});else if(r==="newer"){let a=i.slice(o);this.#e({rows:a,hasOlder:!0,...d===void 0?{}:{searched:{...d,from:a[0].seq}}})}else{let a=i.slice(0,ue);this.#e({rows:a,hasNewer:!0,...d===void 0?{}:{searched:{...d,to:a.at(-1).seq}}})}}#e(n){this.state.value={...this.state.value,...n}}};function At(e,n){let r=e.at(-1)?.seq??0;if(n.length===0||n[0].seq>r)return[...e,...n];let s=new Set(e.map(({seq:i})=>i));return[...e,...n.filter(({seq:i})=>!s.has(i))].sort((i,o)=>i.seq-o.seq)}var at=20,lt;function dt({query:e}){let n=e.toString(),[r,s]=g(lt),i=L(()=>{lt=r;let h=Ke(e);return r===void 0?h:{...h,text:r}},[n,r]),o=L(()=>new fe(i),[i]),[d,a]=g(),[c,u]=g(!1),p=re(ie),[m,w]=g(!1),[E,v]=g(!1);S(()=>(o.load(),a(void 0),()=>o.close()),[o]),S(()=>{E?o.follow():o.stopTail()},[o,E]);let F=({text:h,...y})=>{s(h===""?void 0:h);let I=K("events",[],Ue(y));location.hash!==I&&(location.hash=I)},D=o.state.value,{rows:T,isLoading:_,error:A,hasOlder:R,hasNewer:f}=D,x=o.tail.value,b=[{key:"seq",title:l("position"),width:"5.5rem",isNumber:!0,render:({seq:h})=>h},{key:"at",title:l("time"),width:"7.5rem",render:({at:h})=>t("time",{dateTime:h,title:$(h),children:B(h)})},{key:"account",title:l("account"),width:"6.5rem",render:({account:h})=>h},{key:"event",title:l("event"),width:"9.5rem",render:({event:h})=>t("code",{children:h})},{key:"peer",title:l("peer"),width:"6.5rem",render:h=>M(h)??""},{key:"excerpt",title:l("excerpt"),width:"minmax(8rem, 1fr)",render:h=>t("bdi",{children:q(h)})}],N=d===void 0||p?b:b.filter(({key:h})=>h!=="account"&&h!=="peer");return t(O,{children:[t(se,{view:"journal",children:[t("button",{type:"button",class:"small events-toggle","aria-expanded":m,onClick:()=>w(!m),children:[t(C,{name:"filter",size:16}),l("filters")]}),t("button",{type:"button",class:"small","aria-pressed":x!=="off",onClick:()=>v(x==="off"),children:[t(C,{name:x==="off"?"run":"pause",size:16}),l(x==="connecting"?"tailConnecting":"tail")]}),t("button",{type:"button",class:"small",onClick:()=>u(!0),children:[t(C,{name:"download",size:16}),l("export")]})]}),t(st,{filters:i,onChange:F,isFolded:!m}),t("div",{class:"events-note",role:"status",children:t(_t,{reader:o})}),A!==void 0&&t(G,{text:l("historyFailed"),details:J(A),onRetry:()=>void(T.length===0?o.load():o.loadMore(R?"older":"newer"))}),t("div",{class:d===void 0?"events-body":"events-body chosen",children:t(te,{first:t(ne,{name:l("journal"),columns:N,rows:T,keyOf:({seq:h})=>h,chosen:d?.seq,onChoose:h=>a(h),anchor:"end",startsAt:oe(i)?"start":"end",rowClass:Rt,onShow:(h,y)=>{h<at&&o.loadMore("older"),y>=T.length-at&&o.loadMore("newer")},empty:_?t(_e,{onRetry:()=>void o.load()}):A!==void 0?void 0:t(Y,{title:l("nothing"),hint:R||f?l("nothingYet"):l("nothingHint"),children:Object.keys(i).length>0&&t("button",{type:"button",onClick:()=>F({}),children:l("clearFilters")})})}),second:d!==void 0&&t(et,{frame:d,onClose:()=>a(void 0)})})}),c&&t(it,{filters:i,epoch:z.value.state==="open"?z.value.welcome.epoch:void 0,onClose:()=>u(!1)})]})}function _t({reader:e}){let{rows:n,hasOlder:r,hasNewer:s,isLoading:i,oldest:o,searched:d}=e.state.value;if(d===void 0)return null;let a=n[0],c=e.filters.text!==void 0;return t("p",{class:"hint",children:[n.length>0&&l("shown",{n:n.length,from:a.seq,to:n.at(-1).seq})," ",r?c&&!i?l(n.length===0?"searchedNothing":"searchedBack",{from:d.from}):"":s&&c&&!i?l("searchedUpTo",{to:d.to}):o!==void 0&&o>1?l("notKept",{oldest:o}):""," ",i&&t("span",{children:l("reading")}),!i&&r&&t("button",{type:"button",class:"quiet small",onClick:()=>void e.loadMore("older"),children:l(c?"continueSearch":"loadOlder")}),!i&&s&&t("button",{type:"button",class:"quiet small",onClick:()=>void e.loadMore("newer"),children:l(c?"continueSearch":"loadNewer")}),a!==void 0&&t("span",{class:"events-day",children:Oe(a.at)})]})}function Rt(e){let{data:n}=e;return"state"in n&&(n.state==="refused"||n.state==="replaced")?"failed":`of-${e.event.split(".")[0]}`}Fe(ze);function Br({params:e,query:n}){return t("div",{class:"events",children:e.view==="frames"?t(Ze,{}):t(dt,{query:n})})}export{Br as EventsPage};

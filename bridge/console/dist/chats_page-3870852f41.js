import{b as je}from"./chunk-c46854259f.js";import{A as bn,B as wn,C as Se,D as Ee,E as _e,F as vn,G as yn,H as Re,a as Xe,c as Je,d as ie,e as Ne,f as Ze,g as xe,i as be,j as we,k as ve,l as en,m as nn,o as tn,s as fn,u as pn,w as Oe,x as hn,y as gn,z as xn}from"./chunk-dfe24d33bd.js";import{a as me,b as Ke,c as dn,d as un,e as N,f as ke,g as D,h as mn,i as R}from"./chunk-5001f569cf.js";import{a as F,c as ue,f as L,g as fe,h as re,i as A,j as Ge,n as Z,o as te,p as On}from"./chunk-0e66535407.js";import{b as Qe,c as pe,d as q,e as Y,f as he,g as O,j as ge,k as se,l as Ye,n as G}from"./chunk-34c92d9368.js";import{a as Sn}from"./chunk-39302cb486.js";import{p as ae}from"./chunk-03cb81ffd2.js";import{a as on,b as rn,c as sn,d as an,e as P,f as Me,h as kn,i as Te,j as Ce}from"./chunk-af527bdfdd.js";import{a as ln,b as ye,c as W,d as ee}from"./chunk-306655d49f.js";import"./chunk-58933fb59d.js";import{a as We,h as B,j as Ve}from"./chunk-8e34d52bc6.js";import{a as cn}from"./chunk-56edc73042.js";import{A as u,G as H,c as T,e,f as b,g as v,h as U,i as C,j as Q,k as ne,m as He,t as Be,v as qe,x as ze}from"./chunk-3848f2550c.js";var ot=/[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]/g;function _(n){return n.replace(ot,t=>`[U+${t.codePointAt(0).toString(16).toUpperCase().padStart(4,"0")}]`)}function En(n,t){let r=t.toLowerCase().split(/\s+/).filter(a=>a!=="");if(r.length===0)return n;let o=r[0],s=n.filter(({text:a,hint:d,words:l})=>{let c=`${a} ${d??""} ${l??""}`.toLowerCase();return r.every(h=>c.includes(h))}),i=({text:a,hint:d})=>a.toLowerCase().startsWith(o)?0:d?.toLowerCase().startsWith(o)?1:2;return s.some(({group:a})=>a!==void 0)?s:s.toSorted((a,d)=>i(a)-i(d))}var rt=100;function Cn(n){let{options:t,value:r,isInline:o=!1}=n,[s,i]=b(),[a,d]=b(o),[l,c]=b(),h=C(null),m=C(null),f=ne(),g=t.find(x=>x.value===r),w=En(t,s??""),y=w.slice(0,rt),k=o||a,E=y.find(x=>x.value===l)??(s===void 0&&g!==void 0&&y.includes(g)?g:y[0]);v(()=>{k&&m.current?.querySelector("[aria-selected=true]")?.scrollIntoView({block:"nearest"})},[k,E?.value]),v(()=>{n.autoFocus===!0&&h.current?.focus()},[]);let $=()=>{d(!1),i(void 0),c(void 0)},I=x=>{x===void 0||x.disabledBecause!==void 0||($(),n.onChoose(x.value))},z=x=>{let j=E===void 0?-1:y.indexOf(E),de=x==="start"?0:x==="end"?y.length-1:Math.max(0,Math.min(y.length-1,j+x));c(y[de]?.value)},le=x=>{if(x.isComposing||x.keyCode===229)return;let j=k;switch(x.key){case"ArrowDown":case"ArrowUp":j?z(x.key==="ArrowDown"?1:-1):d(!0);break;case"PageDown":case"PageUp":if(!j)return;z(x.key==="PageDown"?10:-10);break;case"Enter":if(!j)return;I(E);break;case"Escape":if(!j||o)return;$();break;default:return}x.preventDefault(),x.stopPropagation()};return e("div",{class:o?"ui-combobox inline":"ui-combobox",onFocusOut:x=>{let j=x.relatedTarget;!o&&!x.currentTarget.contains(j)&&$()},children:[e("input",{ref:h,id:n.id,type:"text",role:"combobox","aria-label":n.name,"aria-expanded":k,"aria-controls":k?`${f}-list`:void 0,"aria-autocomplete":"list","aria-activedescendant":k&&E!==void 0?Tn(f,E):void 0,autocomplete:"off",spellcheck:!1,placeholder:n.placeholder,value:s??(o?"":g?.text??""),onInput:({currentTarget:x})=>{i(x.value),c(void 0),d(!0),n.onType?.(x.value)},onClick:()=>d(!0),onFocus:({currentTarget:x})=>x.select(),onKeyDown:le}),k&&e("div",{class:"ui-options",children:[e("div",{ref:m,id:`${f}-list`,role:"listbox","aria-label":n.name,children:y.map((x,j)=>e(st,{id:Tn(f,x),option:x,heading:x.group!==void 0&&x.group!==y[j-1]?.group?x.group:void 0,isCurrent:x===E,onChoose:()=>I(x),children:n.renderOption?.(x)},x.value))}),e("p",{class:"ui-options-note",role:"status",children:w.length===0?Z("uiNoMatch"):w.length>y.length?Z("uiMoreMatches",{n:w.length-y.length}):""})]})]})}function st({id:n,option:t,heading:r,isCurrent:o,onChoose:s,children:i}){let{text:a,hint:d,disabledBecause:l}=t;return e(T,{children:[r!==void 0&&e("div",{class:"ui-options-group",role:"presentation",children:r}),e("div",{id:n,class:"ui-option",role:"option","aria-selected":o,"aria-disabled":l!==void 0,onPointerDown:c=>c.preventDefault(),onClick:s,children:[i??e(T,{children:[e("span",{dir:"auto",children:a}),d!==void 0&&e("small",{dir:"auto",children:d})]}),l!==void 0&&e("small",{children:l})]})]})}function Tn(n,{value:t}){return`${n}-${t.replace(/[^\w-]/g,"_")}`}var jn=150,Fn=5e3;function X({rows:n=6,onRetry:t}){let[r,o]=b(0);return v(()=>{let s=[jn,Fn].map(i=>setTimeout(()=>o(i),i));return()=>s.forEach(clearTimeout)},[]),e("div",{class:"ui-loading",role:"status","aria-busy":"true",children:[r>=jn&&Array.from({length:n},(s,i)=>e("i",{"aria-hidden":!0},i)),r>=Fn?e("p",{children:[Z("uiStillLoading")," ",t!==void 0&&e("button",{type:"button",class:"small",onClick:t,children:Z("uiRetry")})]}):e("span",{class:"visually-hidden",children:Z("uiLoading")})]})}function J({title:n,hint:t,children:r}){return e("div",{class:"ui-nothing",children:[e("p",{class:"lead",children:n}),t!==void 0&&e("p",{children:t}),r]})}var Ln=`.chats {
  display: grid;
  grid-template-columns: 320px minmax(0, 1fr);
  flex: 1;
  min-height: 0;
}

.column,
.pane {
  display: flex;
  flex-direction: column;
  min-width: 0;
  min-height: 0;
}

.column {
  border-inline-end: 1px solid var(--line);
  background: var(--surface);
}

.column-head {
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 8px 12px;
}

.column-head .ui-combobox {
  flex: 1;
  min-width: 0;
}

.tabs {
  display: flex;
  gap: 4px;
  margin: 0 12px 8px;
  padding: 2px;
  border-radius: 6px;
  background: var(--sunken);
}

.tabs button {
  flex: auto;
  gap: 4px;
  min-width: 0;
  min-height: 32px;
  padding: 0 2px;
  border-color: transparent;
  border-radius: 4px;
  background: none;
  color: var(--muted);
  font-size: 12px;
  font-weight: 500;
  white-space: nowrap;
}

.tabs button[aria-pressed="true"] {
  background: var(--raised);
  color: var(--text);
}

.column > .filter {
  width: auto;
  margin: 0 12px 8px;
}

.column-note {
  padding: 0 12px 8px;
}

.column-more {
  margin: 8px 12px;
}

.column .ui-list {
  padding: 0 8px;
}

.column .ui-list a {
  display: block;
  border-radius: 6px;
  color: inherit;
  text-decoration: none;
}

.column .ui-list a:hover {
  background: var(--sunken);
}

.column .ui-list a[aria-current] {
  background: color-mix(in srgb, var(--accent) 14%, transparent);
}

.row {
  display: flex;
  align-items: center;
  gap: 12px;
  width: 100%;
  min-height: 56px;
  padding: 8px;
  border-radius: 6px;
  color: inherit;
  text-decoration: none;
}

.texts {
  flex: 1;
  min-width: 0;
}

.texts > * {
  display: block;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.preview {
  color: var(--muted);
  font-size: 13px;
  line-height: 18px;
}

.chip {
  color: var(--accent);
  font-size: 12px;
  line-height: 16px;
}

.marks {
  display: grid;
  gap: 2px;
  flex: none;
  justify-items: end;
  align-self: start;
  color: var(--muted);
  font-size: 12px;
  line-height: 16px;
  font-variant-numeric: tabular-nums;
}

.scroll {
  flex: 1;
  min-height: 0;
  padding: 0 12px 12px;
  overflow: auto;
}

.requests {
  display: grid;
  gap: 12px;
}

.requests .card {
  display: grid;
  gap: 8px;
  padding: 12px;
}

.scroll .note {
  margin-bottom: 12px;
}

blockquote {
  padding: 4px 12px;
  border-inline-start: 3px solid var(--accent);
  background: var(--sunken);
}

.find form {
  margin-bottom: 16px;
}

.three {
  display: grid;
  grid-template-columns: 4.6rem 1fr 1fr;
  gap: 8px;
  margin-bottom: 8px;
}

.contacts li {
  display: flex;
  align-items: center;
  gap: 12px;
  padding: 8px 0;
}

.pane-head {
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 8px 16px;
  border-bottom: 1px solid var(--line);
  background: var(--surface);
}

.pane-head h2 {
  font-size: 15px;
  line-height: 22px;
}

.back {
  display: none;
}

.bar {
  margin: 0;
  border-radius: 0;
}

.quiet-note {
  background: var(--sunken);
  color: var(--muted);
}

.read-only {
  padding: 12px 16px;
  border-top: 1px solid var(--line);
  background: var(--surface);
}

.nothing-open {
  display: grid;
  gap: 12px;
  justify-items: start;
  width: min(24rem, 100%);
  margin: auto;
  padding: 24px 16px;
}

.nothing-open ul {
  width: 100%;
}

.nothing-open .row:hover {
  background: var(--sunken);
}

.nothing-open .row .name {
  flex: 1;
}

.message-area {
  position: relative;
  display: flex;
  flex: 1;
  min-height: 0;
}

.messages {
  display: flex;
  flex: 1;
  flex-direction: column;
  min-width: 0;
  padding: 8px 0;
  overflow: hidden auto;
  overflow-anchor: none;
}

.messages:focus-visible {
  outline-offset: -2px;
}

.messages > ol {
  position: relative;
  flex: none;
  width: min(100%, 880px + 32px);
  margin: 0 auto;
}

/* A short conversation stands at the bottom. */
.messages > .top {
  flex: none;
  padding: 8px;
  margin-top: auto;
  text-align: center;
}

.messages > .older,
.messages > .note {
  margin: 8px auto;
}

.line {
  position: absolute;
  inset: 0 0 auto;
  display: flex;
  flex-direction: column;
  padding: 6px 16px;
}

.line.of-message:has(.in-run) {
  padding-bottom: 0;
}

.line.of-message {
  padding-top: 2px;
}

.day,
.event {
  align-self: center;
  padding: 2px 12px;
  border-radius: 10px;
  background: var(--sunken);
  color: var(--muted);
  font-size: 12px;
  line-height: 16px;
  text-align: center;
}

.event q {
  margin-inline-start: 0.4em;
  font-style: italic;
}

.unread-line {
  display: flex;
  align-items: center;
  gap: 12px;
  color: var(--accent);
  font-size: 12px;
  font-weight: 600;
  line-height: 16px;
}

.unread-line::before,
.unread-line::after {
  flex: 1;
  height: 1px;
  background: currentColor;
  content: "";
}

.bubble {
  align-self: flex-start;
  max-width: 70%;
  padding: 3px 12px;
  border: 1px solid var(--line);
  border-radius: 14px 14px 14px 4px;
  background: var(--surface);
  font-size: 15px;
  line-height: 22px;
}

.bubble p {
  white-space: pre-wrap;
}

.bubble.own {
  align-self: flex-end;
  border-color: transparent;
  border-radius: 14px 14px 4px 14px;
  background: var(--own);
}

.bubble.in-run {
  border-radius: 14px;
}

.bubble.waiting,
.bubble.sending {
  border: 1px dashed var(--away);
}

.bubble.failed,
.bubble.unknown {
  display: grid;
  gap: 4px;
  padding-bottom: 8px;
  border: 1px solid var(--bad);
  background: var(--bad-ground);
}

.bubble.unknown {
  border-color: var(--warn);
  background: var(--warn-ground);
}

.outcome {
  display: grid;
  color: var(--bad);
  font-size: 13px;
  line-height: 18px;
}

.unknown .outcome {
  color: var(--warn);
}

.meta {
  display: block;
  color: var(--muted);
  font-size: 12px;
  line-height: 16px;
  font-variant-numeric: tabular-nums;
  text-align: end;
}

.own .meta {
  color: light-dark(#3f5a66, #b3cad4);
}

.link {
  min-height: 24px;
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  text-decoration: underline;
}

.pill {
  position: absolute;
  bottom: 12px;
  left: 50%;
  min-height: 32px;
  padding: 2px 16px;
  border-radius: 16px;
  translate: -50%;
  box-shadow: var(--shadow);
  font-size: 13px;
}

.composer {
  display: grid;
  grid-template-columns: 1fr auto;
  gap: 4px 8px;
  align-items: end;
  padding: 8px 16px;
  border-top: 1px solid var(--line);
  background: var(--surface);
}

.composer textarea {
  max-height: calc(8 * 22px + 14px);
  min-height: 36px;
  padding: 6px 12px;
  font-size: 15px;
  line-height: 22px;
  resize: none;
}

.round {
  width: 36px;
  min-height: 36px;
  padding: 0;
}

.composer .hint {
  grid-column: 1 / -1;
  font-size: 12px;
  line-height: 16px;
}

.search-bar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px;
  padding: 8px 16px;
  border-bottom: 1px solid var(--line);
  background: var(--surface);
}

.search-bar form {
  display: flex;
  flex: 1;
  gap: 8px;
  min-width: 14rem;
}

.search-bar .found {
  flex: 1 0 100%;
  max-height: 12rem;
  overflow: auto;
}

.search-bar .found button {
  justify-content: space-between;
  width: 100%;
  text-align: start;
}

.search-bar .found bdi {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.search-bar .found time {
  flex: none;
  color: var(--muted);
  font-size: 12px;
  font-weight: 400;
}

@media (max-width: 64rem) {
  .chats {
    grid-template-columns: 264px minmax(0, 1fr);
  }
}

@media (max-width: 37.49rem) {
  .chats {
    grid-template-columns: minmax(0, 1fr);
  }

  .column {
    border: 0;
  }

  .nothing,
  .in-conversation .column {
    display: none;
  }

  .back {
    display: inline-flex;
    width: 44px;
    padding: 0;
    margin-inline-start: -8px;
  }

  .pane-head,
  .composer {
    padding-inline: 12px;
  }

  .composer .hint:not(.bad) {
    display: none;
  }
}
`;function M({person:n,uin:t}){let r=n!==void 0&&n.nickname!=="";return e("bdi",{class:r?"name":"name unknown-name",dir:"auto",children:_(O(n,t))})}var oe=8;function qn({name:n,items:t,children:r,tabIndex:o,class:s}){let[i,a]=b(!1),d=C(null),l=C(null),c=ne();U(()=>{!i||l.current===null||d.current===null||(ct(l.current,d.current),An(l.current)[0]?.focus())},[i]),v(()=>{if(!i)return;let m=f=>{let g=f.target;l.current?.contains(g)||d.current?.contains(g)||a(!1)};return addEventListener("pointerdown",m,!0),addEventListener("resize",m),addEventListener("scroll",m,!0),()=>{removeEventListener("pointerdown",m,!0),removeEventListener("resize",m),removeEventListener("scroll",m,!0)}},[i]);let h=()=>{a(!1),d.current?.focus()};return e(T,{children:[e("button",{ref:d,type:"button",class:s??"quiet ui-square",tabIndex:o,"aria-label":r===void 0?n:void 0,"aria-haspopup":"menu","aria-expanded":i,"aria-controls":i?c:void 0,onClick:m=>{m.stopPropagation(),a(!i)},onKeyDown:m=>{m.key!=="ArrowDown"&&m.key!=="ArrowUp"||(m.preventDefault(),m.stopPropagation(),a(!0))},children:r??e(P,{name:"more"})}),i&&e("div",{ref:l,id:c,class:"ui-menu",role:"menu","aria-label":n,onClick:m=>m.stopPropagation(),onKeyDown:m=>{if(m.stopPropagation(),m.key==="Escape"||m.key==="Tab"){m.preventDefault(),h();return}let f=An(m.currentTarget),g=at(m.key,f);g!==void 0&&(m.preventDefault(),g.focus())},children:t.map(m=>e("button",{type:"button",role:"menuitem",tabIndex:-1,class:m.isDanger===!0?"quiet danger":"quiet","aria-disabled":m.disabledBecause!==void 0,title:m.disabledBecause,onClick:()=>{m.disabledBecause===void 0&&(h(),m.onChoose())},children:[m.icon!==void 0&&e(P,{name:m.icon,size:16}),e("span",{children:[m.text,m.disabledBecause!==void 0&&e("small",{children:m.disabledBecause})]})]},m.text))})]})}function An(n){return[...n.querySelectorAll("[role=menuitem]")]}function at(n,t){let r=t.indexOf(document.activeElement);switch(n){case"ArrowDown":return t[(r+1)%t.length];case"ArrowUp":return t[(r-1+t.length)%t.length];case"Home":return t[0];case"End":return t.at(-1)}if([...n].length!==1||n===" ")return;let o=n.toLocaleLowerCase();return[...t.slice(r+1),...t.slice(0,r+1)].find(s=>s.innerText.trim().toLocaleLowerCase().startsWith(o))}function ct(n,t){let r=t.getBoundingClientRect(),{offsetWidth:o,offsetHeight:s}=n,i=r.bottom+s+oe<=innerHeight||r.top<innerHeight-r.bottom,a=i?r.bottom+4:Math.max(oe,r.top-s-4),d=Math.max(oe,Math.min(r.right-o,innerWidth-o-oe));n.style.top=`${a}px`,n.style.left=`${d}px`,n.style.maxHeight=`${i?innerHeight-a-oe:r.top-4-oe}px`}var Nn={allAccounts:"All accounts",accountHint:"{uin} \xB7 {state}",accountUnread:"{n} unread",accountRequests:"{n} requests",conversations:"Conversations",tabs:"What the list shows",filterNames:"Filter by name or number",noConversations:"No conversations yet. Choose a friend, or find people, and say hello.",noUnread:"Nothing unread.",noMatchHere:"Nothing matches the filter. Clear it to see all.",namesKnown:"{known} of {all} names are known; the others follow, and are found by number.",moreConversations:"Show older conversations",draft:"Draft: {text}",asAccount:"as {name}",noName:"Name not known",presenceUnknown:"presence not known",friendsUnknown:"The friends are not known while the account is not logged in.",newestUnread:"Newest unread conversations",findPeople:"Find people",openAccount:"Open the chats of an account",allRead:"Everything is read",more:"More actions",searchHere:"Search in this conversation",searchText:"Text to find",searchNone:"Nothing found.",searchSome:"{n} found",searchedBack:"Searched back to position {seq}. There may be more.",searchOn:"Search on",jumpTo:"Jump to a date",jump:"Jump",noneSince:"There is no message on or after this date.",exportJson:"Export as JSON lines",exportText:"Export as text",exporting:"{n} events exported",stop:"Stop",beginning:"Beginning of the conversation",notKept:"Older events are no longer kept.",loadingOlder:"Loading older messages\u2026",newMessages:"New messages",newBelow:"{n} new messages",oneBelow:"1 new message",toEnd:"To the end",saysAt:"{name}, {time}",waiting:"waiting to be sent\u2026",withdraw:"Withdraw",queueFull:"50 messages of this conversation wait. Send is possible again when one has left.",counter:"{n} of {most} characters",readOnly:"Read-only: this token lacks send.",accountOut:"{name} is {state}. Messages cannot be sent.",accountGone:"The account {uin} is not on the bridge any more. The conversation stays readable.",peerRemoved:"{name} is not a friend.",whyOut:"Why",stale:"As of {time}: not connected.",refuseTitle:"Refuse the request of {name}?",refuseText:"Reason (optional)",dismissRequest:"Remove from list",dismissed:"The request was removed from the list. Nothing was sent.",requestsMore:"{n} of {total} requests are shown.",numberWrong:"A QQ number has 5 to 20 digits and does not begin with 0.",ageWrong:"An age is a whole number from 0 to 255.",close:"Close",enterBreaks:"Enter starts a new line"};var p=ze(Nn,async()=>(await import("./chats-7e6cc1b665.js")).ZH);var dt=3500,ut=229;function _n({account:n,peer:t,name:r,blocked:o}){let s=C(null),i=Ee(n,t),a=Se(n,t).length>=50,d=i.length>4e3,l=matchMedia("(pointer: coarse)").matches,c=o??(d?u("tooLong",{n:i.length,most:4e3}):a?p("queueFull"):void 0);U(()=>mt(s.current),[i]);let h=()=>{let{value:m}=s.current;m.trim()!==""&&c===void 0&&vn(n,t,m)&&_e(n,t,""),s.current.focus()};return e("form",{class:"composer","data-region":!0,onSubmit:m=>{m.preventDefault(),h()},children:[e("textarea",{ref:s,rows:1,dir:"auto","aria-label":u("messageTo",{name:r}),"aria-describedby":"composer-hint","aria-invalid":d,placeholder:u("writeMessage"),value:i,onInput:({currentTarget:m})=>_e(n,t,m.value),onKeyDown:m=>{m.key!=="Enter"||m.shiftKey||l||m.isComposing||m.keyCode===ut||(m.preventDefault(),h())}}),e("button",{type:"submit",class:"primary round","aria-label":u("send"),"aria-describedby":"composer-hint",disabled:i.trim()===""||c!==void 0,children:e(P,{name:"send"})}),e("p",{id:"composer-hint",class:c===void 0?"hint":"hint bad",role:c===void 0?void 0:"status",children:c??(i.length>=dt?p("counter",{n:i.length,most:4e3}):l?p("enterBreaks"):u("sendHint"))})]})}function mt(n){n.style.height="auto";let t=n.offsetHeight-n.clientHeight;n.style.height=`${n.scrollHeight+t}px`}var ft=1e5;async function Rn({account:n,peer:t},r,o,s){let i=[],a=0;for(let h=!0;h&&i.length<ft&&!o.aborted;){let m=await B("history",{with:t,events:["message","friend"],after:a},{account:n,lane:"background"});for(let f of m.events)i.push(pt(f,r));a=m.searched.to,h=m.more,s(i.length)}let d=r==="jsonl"?"application/jsonl":"text/plain",l=new Blob([i.map(h=>`${h}
`).join("")],{type:`${d};charset=utf-8`}),c=document.createElement("a");c.href=URL.createObjectURL(l),c.download=`${n}-${t}.${r==="jsonl"?"jsonl":"txt"}`,c.click(),setTimeout(()=>URL.revokeObjectURL(c.href),6e4)}function pt(n,t){if(t==="jsonl")return JSON.stringify(n);let{from:r,text:o=""}=n.data,s=r===void 0?n.account:O(Y(n.account,r),r),i=n.event.startsWith("friend.")?`[${n.event}] `:"";return`${n.at} ${s}: ${i}${o.replaceAll(`
`,`
  `)}`}function Fe(n){let t=C(null),[,r]=b(0),o=C(void 0),s=n.keep,i={count:n.count,getScrollElement:()=>t.current,estimateSize:()=>n.estimate,getItemKey:n.keyOf,overscan:n.overscan??6,scrollToFn:sn,observeElementRect:on,observeElementOffset:rn,anchorTo:n.anchor??"start",followOnAppend:n.anchor==="end",useAnimationFrameWithResizeObserver:!0,onChange:()=>r(d=>d+1),rangeExtractor:({startIndex:d,endIndex:l,overscan:c,count:h})=>{let m=Math.max(0,d-c),f=Math.min(h-1,l+c),g=Array.from({length:Math.max(0,f-m+1)},(w,y)=>m+y);return s===void 0||s<0||s>=h?g:s<m?[s,...g]:s>f?[...g,s]:g}},a=o.current??=new an(i);return a.setOptions(i),U(()=>a._didMount(),[]),U(()=>a._willUpdate()),{scroll:t,items:a.getVirtualItems(),height:a.getTotalSize(),measure:a.measureElement,scrollTo:(d,l="auto")=>a.scrollToIndex(d,{align:l}),scrollToEnd:()=>a.scrollToEnd(),isAtEnd:()=>a.isAtEnd(4)}}var ht={"friend.request":"noteRequest","friend.accepted":"noteAccepted","friend.refused":"noteRefused","friend.added":"noteAdded"};function Mn({row:n,name:t}){switch(n.kind){case"day":return e("p",{class:"day",children:kn(n.at)});case"unread":return e("p",{class:"unread-line",children:p("newMessages")});case"note":return e(gt,{frame:n.frame,name:t});case"message":return e(xt,{...n,name:t});case"outgoing":return e(bt,{message:n.message})}}function gt({frame:n,name:t}){let{text:r=""}=n.data,o=ht[n.event];return e("p",{class:"event","data-seq":n.seq,children:[e("bdi",{children:o===void 0?n.event:u(o,{name:t})}),r!==""&&e("q",{dir:"auto",children:r})]})}function xt({frame:n,isInRun:t,isLastOwn:r,name:o}){let s=n.event==="message.sent",{text:i}=n.data;return e("div",{class:`bubble ${s?"own":""} ${t?"in-run":""}`,"data-seq":n.seq,title:Ce(n.at),children:[e("span",{class:"visually-hidden",children:p("saysAt",{name:s?u("you"):o,time:Me(n.at)})}),e("p",{dir:"auto",children:i}),!t&&e("span",{class:"meta",children:[r&&e(T,{children:[u("sent")," \xB7"," "]}),e("time",{dateTime:n.at,children:Me(n.at)})]})]})}function bt({message:n}){let{state:t,text:r,code:o,details:s}=n,i=t==="failed"||t==="unknown";return e("div",{class:`bubble own ${t}`,"data-key":n.key,children:[e("span",{class:"visually-hidden",children:[u("you"),":"]}),e("p",{dir:"auto",children:r}),t==="sending"&&e("span",{class:"meta",children:u("sending")}),t==="waiting"&&e("span",{class:"meta",children:[p("waiting")," ",e("button",{type:"button",class:"link",onClick:()=>Re(n),children:p("withdraw")})]}),i&&e(T,{children:[e("div",{class:"outcome",role:"alert",children:[e("strong",{children:u(t==="failed"?"notSent":"outcomeUnknown")}),o!==void 0&&e("span",{children:un(o,"send")}),s!==void 0&&e("details",{children:[e("summary",{children:u("details")}),e("span",{lang:"en",dir:"auto",children:s})]})]}),e("div",{class:"actions",children:[e("button",{type:"button",class:"small",onClick:()=>yn(n),children:u(t==="failed"?"retry":"askAgain")}),e("button",{type:"button",class:"small",onClick:()=>Re(n),children:u("discard")})]})]})]})}var wt=5*6e4;function Dn(n,t,r){let o=[],s="",i=r!==void 0,a=n.findLast(({event:l})=>l==="message.sent"),d=t.filter(l=>!l.isEchoed);for(let[l,c]of n.entries()){let h=new Date(c.at).toDateString();h!==s&&(s=h,o.push({kind:"day",key:`day ${h}`,at:c.at})),i&&c.seq>=r&&(i=!1,o.push({kind:"unread",key:"unread"}));let m=String(c.seq);if(!$n(c)){o.push({kind:"note",key:m,frame:c});continue}let f=n[l+1],g=f===void 0||!vt(c,f)||i&&f.seq>=r;o.push({kind:"message",key:m,frame:c,isInRun:!g,isLastOwn:c===a})}for(let l of d)o.push({kind:"outgoing",key:l.key,message:l});return o}function $n(n){return Je(n)||n.event==="message.sent"}function vt(n,t){return $n(t)&&n.event==="message.sent"==(t.event==="message.sent")&&Date.parse(t.at)-Date.parse(n.at)<wt&&new Date(n.at).toDateString()===new Date(t.at).toDateString()}var In=600,yt=80,kt=1e3,Ot=2e3;function Pn({thread:n,at:t,name:r}){let{account:o,peer:s}=n,i=Xe(o,s),a=n.window.value,d=n.isLoaded.value,l=ie.get(i),c=Se(o,s),h=N(),[m,f]=b(!0),[g,w]=b(l?.firstUnread),y=C(!1),k=Q(()=>Dn(a.events,c,g),[a,c,g]),E=Fe({count:k.length,estimate:36,keyOf:S=>k[S].key,anchor:"end",overscan:8}),$=t??g,I=()=>h.run(async()=>{let{events:S,hasNewer:K}=n.window.peek();n.isLoaded.peek()&&S.some(({seq:Ae})=>Ae===$)||(t===void 0&&(l?.unread??0)<yt?(!n.isLoaded.peek()||K)&&await Oe(n):$!==void 0?await hn(n,$):(!n.isLoaded.peek()||K)&&await Oe(n))},"history");v(()=>void I(),[t]);let z=C(void 0);U(()=>{if(!d||k.length===0||z.current===(t??"end"))return;let S=k.findIndex(K=>t===void 0?K.kind==="unread":K.key===String(t));t!==void 0&&S<0||(z.current=t??"end",S>=0?E.scrollTo(S,t===void 0?"start":"center"):E.scrollToEnd())});let le=()=>{let S=E.scroll.current;if(S===null)return;let K=S.scrollHeight-S.scrollTop-S.clientHeight,V=K<8&&!n.window.peek().hasNewer;if(n.isFollowing=V,f(V),y.current||!n.isLoaded.peek())return;let{hasOlder:Ae,hasNewer:tt}=n.window.peek(),Ue=S.scrollTop<In&&Ae?xn:K<In&&tt?bn:void 0;Ue!==void 0&&(y.current=!0,Ue(n).catch(()=>{}).finally(()=>y.current=!1))};v(le,[d,k.length]);let x=a.events.at(-1),j=l?.unread??0;Et(n,m&&d,x?.seq,j),v(()=>{g===void 0&&j>0&&(!m||document.hidden)&&w(l?.firstUnread),x?.event==="message.sent"&&g!==void 0&&x.seq>g&&w(void 0)},[j,x?.seq]);let de=async()=>{n.window.peek().hasNewer&&await h.run(()=>Oe(n),"history"),requestAnimationFrame(()=>E.scrollToEnd())};return e("div",{class:"message-area",children:[e("div",{ref:E.scroll,class:"messages",tabIndex:0,role:"region","data-region":!0,"aria-label":u("messages"),onScroll:le,onKeyDown:S=>{S.key!=="End"&&S.key!=="Escape"||(S.preventDefault(),de())},children:[e(D,{task:h}),h.failure!==void 0&&e("button",{type:"button",class:"small older",onClick:()=>void I(),children:u("retry")}),!d&&h.failure===void 0&&e(X,{}),d&&e(St,{window:a}),e("ol",{style:{height:`${E.height}px`},"aria-label":u("messages"),children:E.items.map(({index:S,start:K})=>{let V=k[S];return V===void 0?null:e("li",{ref:E.measure,class:`line of-${V.kind}`,"data-index":S,"aria-setsize":a.hasOlder?-1:k.length,"aria-posinset":S+1,style:{transform:`translateY(${K}px)`},children:e(Mn,{row:V,name:r})},V.key)})})]}),!m&&e("button",{type:"button",class:"pill",onClick:()=>void de(),children:[j===0?p("toEnd"):j===1?p("oneBelow"):p("newBelow",{n:j})," \u2193"]})]})}function St({window:n}){let{events:t,hasOlder:r,oldestKept:o}=n;return r?e("p",{class:"hint top",children:p("loadingOlder")}):t.length===0&&o<=1?e("p",{class:"hint top",children:u("noMessages")}):e("p",{class:"hint top",children:p(o>1?"notKept":"beginning")})}function Et({account:n,peer:t},r,o,s){let i=C(0);v(()=>{if(!r||o===void 0||s===0||!H("send"))return;let a,d=()=>!document.hidden&&document.hasFocus(),l=()=>{d()&&(i.current=Date.now(),nn(n,t,o).catch(()=>{}))},c=()=>{if(clearTimeout(a),!d())return;let h=i.current+Ot-Date.now();a=setTimeout(l,Math.max(kt,h))};return c(),addEventListener("focus",c),document.addEventListener("visibilitychange",c),()=>{clearTimeout(a),removeEventListener("focus",c),document.removeEventListener("visibilitychange",c)}},[r,o,s>0])}var Tt=3,Ct=["province","city","country","occupation","school","homepage","introduction"];function Un({account:n,peer:t,onClose:r}){let[o,s]=b(),[i,a]=b(!1),d=N(),l=N(),c=q(n,t),h=_(O(c,t));v(()=>{d.run(async()=>{s((await B("profile",{uin:t,level:Tt},{account:n})).profile)},"profile")},[]);let m=()=>l.run(async()=>{await B("removeFriend",{uin:t},{account:n}),ge(n,t,!1),r()},"removeFriend");return e(te,{title:u("profileOf",{name:h}),onClose:r,children:[e("div",{class:"who",children:[e(R,{uin:t,face:o?.face??c?.face,size:"large"}),e("div",{children:[e("p",{children:e(M,{person:c,uin:t})}),e("p",{class:"hint",children:t})]})]}),o===void 0?d.busy&&e("p",{class:"hint",children:u("loading")}):e("dl",{class:"facts",children:jt(o).map(([f,g])=>e("div",{children:[e("dt",{children:u(f)}),e("dd",{children:g})]},f))}),e(D,{task:d}),H("manage")&&he(n,t)&&e("div",{class:"actions",children:e("button",{type:"button",class:"danger",onClick:()=>a(!0),children:u("removeFriend")})}),i&&e(On,{title:u("removeFriend"),action:u("removeFriend"),isBusy:l.busy,onConfirm:m,onClose:()=>a(!1),children:[e("p",{children:u("removeFriendAsk",{name:h})}),e(D,{task:l})]})]})}function jt(n){let{age:t,sex:r,zodiac:o,animal:s,bloodType:i}=n,a=Be.value;return[["age",t?String(t):void 0],["sex",r?ae.sex[r][a]:void 0],...Ct.map(l=>[l,n[l]]),["zodiac",o?ae.zodiac[o][a]:void 0],["animal",s?ae.animal[s][a]:void 0],["bloodType",i?ae.bloodType[i][a]:void 0]].filter(l=>l[1]!==void 0&&l[1]!=="")}function Hn({thread:n,onOpen:t,onClose:r}){let[o,s]=b(),i=C(null),a=N();v(()=>i.current?.focus(),[]);let d=(l,c)=>a.run(async()=>{let h=await wn(n,l,c),m=c===void 0?[]:o?.events??[];s({...h,text:l,events:[...m,...h.events]})},"history");return e("div",{class:"search-bar",onKeyDown:l=>{l.key==="Escape"&&r()},children:[e("form",{role:"search",onSubmit:ee(l=>{let c=W(l,"text");c!==""&&d(c)}),children:[e("input",{ref:i,name:"text",type:"search","data-filter":!0,"aria-label":p("searchText"),placeholder:p("searchText"),maxLength:256}),e("button",{type:"submit",class:"small",disabled:a.busy,children:u(a.busy?"searching":"search")})]}),e("form",{onSubmit:ee(l=>{let c=W(l,"date");c!==""&&a.run(async()=>{let h=new Date(`${c}T00:00:00`).toISOString(),m=await gn(n,h);if(m===void 0)return p("noneSince");t(m)},"history")}),children:[e("input",{name:"date",type:"date","aria-label":p("jumpTo")}),e("button",{type:"submit",class:"small",disabled:a.busy,children:p("jump")})]}),e("button",{type:"button",class:"quiet ui-square","aria-label":p("close"),onClick:r,children:e(P,{name:"close"})}),e(D,{task:a}),e("div",{role:"status",children:[a.success!==void 0&&e("p",{class:"hint",children:a.success}),o!==void 0&&e("p",{class:"hint",children:[o.events.length===0?p("searchNone"):p("searchSome",{n:o.events.length})," ",o.more&&p("searchedBack",{seq:o.from})]})]}),o!==void 0&&e("ul",{class:"found",children:o.events.map(l=>e("li",{children:e("button",{type:"button",class:"quiet",onClick:()=>t(l.seq),children:[e("bdi",{children:l.data.text}),e("time",{dateTime:l.at,children:Ce(l.at)})]})},l.seq))}),o?.more&&e("button",{type:"button",class:"small",disabled:a.busy,onClick:()=>d(o.text,o.from),children:p("searchOn")})]})}var Ft=1500;function Bn({view:n,account:t,peer:r,at:o}){let[s,i]=b(!1),[a,d]=b(!1),[l,c]=b(),[h,m]=b(),f=L.get(t),g=q(t,r),w=_(O(g,r)),y=fn(t,r);v(()=>G("open",t,[r,t]),[t,r,A(f)]);let k=async I=>{let z=new AbortController;m(z),c(0),await Rn(y,I,z.signal,c).catch(()=>{}),c(void 0)},E=fe.value&&f===void 0,$=he(t,r);return v(()=>{if($!==void 0||!A(f))return;let I=()=>se(t,"background").catch(()=>{});I();let z=setTimeout(I,Ft);return()=>clearTimeout(z)},[t,A(f)]),e("section",{class:"pane","aria-label":u("conversationWith",{name:w}),children:[e("header",{class:"pane-head",children:[e("a",{class:"button quiet back",href:F("chats",[n]),"aria-label":u("back"),children:e(P,{name:"back"})}),e(R,{uin:r,face:g?.face,status:A(f)&&$?g?.status:void 0}),e("div",{class:"texts",children:[e("h2",{children:e(M,{person:g,uin:r})}),e("p",{class:"hint",children:[At(f,$,g?.status)," \xB7 ",r,n==="all"&&` \xB7 ${p("asAccount",{name:_(O(f,t))})}`]})]}),e("button",{type:"button",class:"quiet ui-square","aria-label":p("searchHere"),"aria-expanded":a,onClick:()=>d(!a),children:e(P,{name:"search"})}),e("button",{type:"button",class:"quiet ui-square","aria-label":u("profileOf",{name:w}),onClick:()=>i(!0),children:e(P,{name:"info"})}),e(qn,{name:p("more"),items:[{text:p("exportJson"),icon:"download",onChoose:()=>void k("jsonl")},{text:p("exportText"),icon:"download",onChoose:()=>void k("text")}]})]}),a&&e(Hn,{thread:y,onOpen:I=>ue(Lt(n,t,r,I)),onClose:()=>d(!1)}),l!==void 0&&e("p",{class:"note warn bar",role:"status",children:[e("span",{children:p("exporting",{n:l})}),e("button",{type:"button",class:"small",onClick:()=>h?.abort(),children:p("stop")})]}),E&&e("p",{class:"note warn bar",role:"status",children:p("accountGone",{uin:t})}),f!==void 0&&!A(f)&&e(qt,{account:f}),!E&&$===!1&&e("p",{class:"note bar quiet-note",children:p("peerRemoved",{name:w})}),e(Pn,{thread:y,at:o,name:w},pn.value),E?null:H("send")?e(_n,{account:t,peer:r,name:w,blocked:f===void 0||A(f)?void 0:zn(f)}):e("p",{class:"hint read-only",children:p("readOnly")}),s&&e(Un,{account:t,peer:r,onClose:()=>i(!1)})]})}function Lt(n,t,r,o){return F("chats",[n,r],{as:n==="all"?t:void 0,at:o})}function At(n,t,r){return t===void 0||!A(n)?p("presenceUnknown"):t?r===void 0?p("presenceUnknown"):u(r):u("stranger")}function zn(n){return p("accountOut",{name:_(O(n)),state:u(me[n.state])})}function qt({account:n}){let t=N(),{uin:r,reason:o,state:s}=n;return e("div",{class:"note warn bar",role:"status",children:[e("div",{class:"note-text",children:[e("p",{children:zn(n)}),o!==void 0&&e("details",{children:[e("summary",{children:p("whyOut")}),e("p",{lang:"en",children:o})]}),e(D,{task:t})]}),H("manage")&&s!=="connecting"&&e("button",{type:"button",class:"small",disabled:t.busy,onClick:()=>t.run(async()=>{await B("login",{},{account:r}),await Ge()},"login"),children:u("logIn")})]})}function Kn(n,t,r,o=10){if(r===0)return;let s=i=>Math.max(0,Math.min(r-1,i));switch(n){case"ArrowDown":return s(t+1);case"ArrowUp":return s(t-1);case"PageDown":return s(t+o);case"PageUp":return s(t-o);case"Home":return 0;case"End":return r-1;default:return}}function Le(n){let{items:t,keyOf:r}=n,[o,s]=b(),i=C(!1),a=f=>f===void 0?-1:t.findIndex(g=>r(g)===f),d=a(o),l=d>=0?d:Math.max(0,a(n.current)),c=Fe({count:t.length,estimate:n.itemHeight??60,keyOf:f=>r(t[f]),keep:l}),h=c.items[0]?.index??0,m=c.items.at(-1)?.index??-1;return v(()=>{m>=0&&n.onShow?.(h,m)},[h,m,t]),U(()=>{i.current&&c.scroll.current?.querySelector(`[data-index="${d}"] a`)?.focus({preventScroll:!0})},[o]),e("div",{ref:c.scroll,class:"ui-list",onFocusIn:()=>i.current=!0,onFocusOut:()=>i.current=!1,onKeyDown:f=>{if(f.altKey||f.ctrlKey||f.metaKey)return;let g=Kn(f.key,l,t.length);g!==void 0&&(f.preventDefault(),s(r(t[g])),c.scrollTo(g))},children:e("div",{role:"list","aria-label":n.name,style:{height:`${c.height}px`},children:c.items.map(({index:f,start:g})=>{let w=t[f];if(w===void 0)return null;let y=r(w);return e("div",{ref:c.measure,role:"listitem","data-index":f,"aria-setsize":t.length,"aria-posinset":f+1,style:{transform:`translateY(${g}px)`},children:e("a",{href:n.linkOf(w),tabIndex:f===l?0:-1,"aria-current":y===n.current?"true":void 0,onFocus:()=>s(y),onClick:k=>n.onChoose?.(w,k),children:n.render(w)})},y)})})})}function Gn({view:n,peer:t,account:r}){let[o,s]=b(""),[i,a]=b(!1),d=o.trim().toLowerCase(),l=Q(()=>we(n),[n,ie.version,xe.version]),c=Q(()=>d===""?l:l.filter(f=>{let g=O(Y(f.account,f.with),f.with);return`${f.with} ${g}`.toLowerCase().includes(d)}),[l,d,d===""?0:pe.value]),h=xe.get(n)??xe.get("all"),m=async()=>{a(!0),await ve(n,!0).catch(()=>{}),a(!1)};return e(T,{children:[e("input",{class:"filter",type:"search","data-filter":!0,"aria-label":p("filterNames"),placeholder:p("filterNames"),value:o,onInput:({currentTarget:f})=>s(f.value)}),h===void 0&&je.value===void 0&&e(X,{}),h===void 0&&je.value!==void 0&&e(mn,{error:dn(je.value)}),h!==void 0&&l.length===0&&e(J,{title:p("noConversations")}),l.length>0&&c.length===0&&e(J,{title:p("noMatchHere")}),e(Le,{name:p("conversations"),items:c,itemHeight:60,keyOf:Xn,current:t===void 0?void 0:`${r}/${t}`,linkOf:f=>Nt(n,f),render:f=>e(Rt,{one:f,hasAccount:n==="all"}),onChoose:$e,onShow:(f,g)=>_t(c.slice(f,g+1))}),h?.next!==void 0&&e("button",{type:"button",class:"small column-more",disabled:i,onClick:()=>void m(),children:p("moreConversations")})]})}function Xn(n){return`${n.account}/${n.with}`}function Nt(n,t){return n==="all"?F("chats",["all",t.with],{as:t.account}):F("chats",[t.account,t.with])}function $e(){matchMedia("(pointer: coarse)").matches||requestAnimationFrame(()=>requestAnimationFrame(()=>document.querySelector(".composer textarea")?.focus()))}function _t(n){let t=new Map;for(let r of n){let o=t.get(r.account)??[];o.push(r.with),t.set(r.account,o)}for(let[r,o]of t)G("conversations",r,o)}function Rt({one:n,hasAccount:t}){let r=ie.get(Xn(n))??n,{account:o,with:s,last:i,unread:a}=r,d=q(o,s),l=L.get(o),c=A(l)&&d?.isFriend?d.status:void 0,h=Ee(o,s);return e("span",{class:"row",children:[e(R,{uin:s,face:d?.face,status:c}),e("span",{class:"texts",children:[e(M,{person:d,uin:s}),e("span",{class:"preview",dir:"auto",children:h===""?Mt(r):p("draft",{text:h})}),t&&e("span",{class:"chip",children:p("asAccount",{name:O(l,o)})})]}),e("span",{class:"marks",children:[e("time",{dateTime:i.at,children:Te(i.at)}),e(Ie,{count:a})]})]})}function Ie({count:n}){if(n===0)return null;let t=n>=1e3?`${1e3}+`:String(n);return e("span",{class:"badge",children:[e("span",{"aria-hidden":"true",children:t}),e("span",{class:"visually-hidden",children:u("unread",{n:t})})]})}var Vn={"friend.request":"noteRequest","friend.accepted":"noteAccepted","friend.refused":"noteRefused","friend.added":"noteAdded"};function Mt({account:n,with:t,last:r}){let{text:o=""}=r.data;if(r.event==="message.sent")return`${u("you")}: ${o}`;if(r.event in Vn){let s=O(Y(n,t),t);return u(Vn[r.event],{name:s})}return o}function ce({name:n,note:t,hint:r,problem:o,isRequired:s=!1,render:i}){let a=ne(),d=[r===void 0?void 0:`${a}-hint`,o===void 0?void 0:`${a}-problem`].filter(l=>l!==void 0).join(" ");return e("div",{class:"ui-field",children:[e("label",{for:a,children:[n,t!==void 0&&e("small",{children:t})]}),i({id:a,"aria-invalid":o!==void 0,"aria-describedby":d===""?void 0:d,"aria-required":s}),r!==void 0&&e("p",{id:`${a}-hint`,class:"hint",children:r}),e("p",{id:`${a}-problem`,class:"hint bad",role:"alert",children:o})]})}var Dt=100,$t={added:"answerAdded",needs_verification:"answerAsked",refused:"answerRefused"};function Jn({account:n}){let[t,r]=b(),[o,s]=b(),[i,a]=b({}),d=N(),l=(c,h)=>d.run(async()=>{r(void 0),r(await h())},c);return e("div",{class:"scroll find",children:[e("form",{noValidate:!0,onSubmit:ee(c=>{if(!Sn(W(c,"uin")))return a({uin:p("numberWrong")});a({}),l("profile",()=>Ut(n,c))}),children:e(ce,{name:u("findNumber"),problem:i.uin,isRequired:!0,render:c=>e("span",{class:"joined",children:[e("input",{...c,name:"uin",inputMode:"numeric",autocomplete:"off"}),e("button",{type:"submit",disabled:d.busy,children:u("search")})]})})}),e("form",{noValidate:!0,onSubmit:ee(c=>{let h=W(c,"age");if(h!==""&&!/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(h))return a({age:p("ageWrong")});a({}),l("search",()=>Ht(n,c))}),children:e("fieldset",{children:[e("legend",{children:u("findPeople")}),e("div",{class:"three",children:[e(ce,{name:u("age"),problem:i.age,render:c=>e("input",{...c,name:"age",inputMode:"numeric"})}),e(ce,{name:u("sex"),render:c=>e("select",{...c,name:"sex",children:[e("option",{value:"",children:u("any")}),e("option",{value:"male",children:u("male")}),e("option",{value:"female",children:u("female")})]})}),e(ce,{name:u("province"),render:c=>e("input",{...c,name:"province",maxLength:256})})]}),e("button",{type:"submit",disabled:d.busy,children:u(d.busy?"searching":"search")})]})}),e(ke,{task:d}),e(It,{account:n,people:t,onAsk:c=>s(c)}),o!==void 0&&e(Pt,{account:n,person:o,onClose:()=>s(void 0),onDone:c=>void d.run(()=>Promise.resolve(c))})]})}function It({account:n,people:t,onAsk:r}){return t===void 0?null:t.length===0?e(ye,{title:u("foundNobody")}):e(T,{children:[e("p",{class:"hint",role:"status",children:u("found",{n:t.length})}),e("ul",{class:"contacts",children:t.slice(0,Dt).map(o=>{let{uin:s}=o,i=q(n,s),a=_(O(o));return e("li",{class:"person",children:[e(R,{uin:s,face:i?.face??o.face}),e("span",{class:"texts",children:[e(M,{person:o,uin:s}),e("span",{class:"preview",children:s})]}),i?.isFriend?e("a",{class:"button small",href:F("chats",[n,s]),children:u("openChats")}):H("manage")&&s!==n&&e("button",{type:"button",class:"small","aria-label":u("addFriendNamed",{name:a}),onClick:()=>r(o),children:u("addFriend")})]},s)})})]})}function Pt({account:n,person:t,onClose:r,onDone:o}){let s=N(),i=_(O(t));return e(te,{title:u("addFriendNamed",{name:i}),onClose:r,children:e("form",{onSubmit:ee(a=>s.run(async()=>{let d=W(a,"reason"),{answer:l}=await B("addFriend",{uin:t.uin,...d===""?{}:{reason:d}},{account:n});o(u($t[l],{name:i})),r(),l==="added"&&ge(n,t.uin,!0)},"addFriend")),children:[e(ln,{label:u("requestReason",{name:i}),hint:u("optional"),children:e("input",{name:"reason",maxLength:256,autocomplete:"off"})}),e(D,{task:s}),e("div",{class:"actions",children:[e("button",{type:"submit",class:"primary",disabled:s.busy,children:u("sendRequest")}),e("button",{type:"button",onClick:r,children:u("cancel")})]})]})})}async function Ut(n,t){let{profile:r}=await B("profile",{uin:W(t,"uin")},{account:n}),{uin:o,nickname:s,face:i}=r;return[{uin:o,nickname:s,...i===void 0?{}:{face:i}}]}async function Ht(n,t){let[r,o,s]=["age","sex","province"].map(a=>W(t,a)),{people:i}=await B("search",{...r?{age:Number(r)}:{},...o?{sex:o}:{},...s?{province:s}:{}},{account:n});return i}var Bt=1e4,zt=1e3;function Qn({account:n,peer:t}){let[r,o]=b(""),s=N(),i=Qe.get(n),a=L.get(n);v(()=>void s.run(()=>se(n)),[n,A(a)]);let d=i?.pending??0,l=i?.uins.length??0,c=l===0&&d>0;v(()=>{if(d===0)return;let f=setInterval(()=>{document.hidden||se(n,"background").catch(()=>{})},c?zt:Bt);return()=>clearInterval(f)},[n,d===0,c]);let h=r.trim().toLowerCase(),m=Q(()=>{let{compare:f}=new Intl.Collator(qe());return(i?.uins??[]).map(g=>({uin:g,name:O(Y(n,g),g)})).filter(({uin:g,name:w})=>h===""||`${g} ${w.toLowerCase()}`.includes(h)).sort((g,w)=>f(g.name,w.name))},[i,h,pe.value,qe()]);return e(T,{children:[e("input",{class:"filter",type:"search","data-filter":!0,"aria-label":p("filterNames"),placeholder:p("filterNames"),value:r,onInput:({currentTarget:f})=>o(f.value)}),e(D,{task:s}),(i===void 0||c)&&s.failure===void 0&&e(X,{}),i!==void 0&&l===0&&!c&&e(J,{title:A(a)?u("noFriends"):p("friendsUnknown")}),l>0&&m.length===0&&e(J,{title:p("noMatchHere")}),d>0&&l>0&&e("p",{class:"hint column-note",children:p("namesKnown",{known:l-d,all:l})}),e(Le,{name:u("friends"),items:m,itemHeight:56,keyOf:({uin:f})=>f,current:t,linkOf:({uin:f})=>F("chats",[n,f]),render:({uin:f})=>e(Kt,{account:n,uin:f}),onChoose:$e,onShow:(f,g)=>G("friends",n,m.slice(f,g+1).map(({uin:w})=>w))})]})}function Kt({account:n,uin:t}){let r=q(n,t),o=A(L.get(n))?r?.status:void 0;return e("span",{class:"row",children:[e(R,{uin:t,face:r?.face,status:o}),e("span",{class:"texts",children:[e(M,{person:r,uin:t}),e("span",{class:"preview",children:[o===void 0?p("presenceUnknown"):u(o)," \xB7 ",t]})]})]})}var Yn=5;function Zn({view:n,onFind:t}){let r=we(n).filter(o=>o.unread>0).slice(0,Yn);return e("section",{class:"pane nothing","aria-label":u("messages"),"data-region":!0,children:e("div",{class:"nothing-open",children:[e("h2",{children:p(r.length>0?"newestUnread":"allRead")}),e("ul",{children:r.map(({account:o,with:s,unread:i})=>e("li",{children:e("a",{class:"row",href:n==="all"?F("chats",["all",s],{as:o}):F("chats",[o,s]),children:[e(R,{uin:s,face:q(o,s)?.face}),e(M,{person:q(o,s),uin:s}),e(Ie,{count:i})]})},`${o}/${s}`))}),r.length===0&&e("p",{class:"hint",children:u("pickChatHint")}),n==="all"&&e(Wt,{}),n!=="all"&&e("button",{type:"button",onClick:t,children:p("findPeople")})]})})}function Wt(){let n=re.value.slice(0,Yn);return e(T,{children:[e("h2",{children:p("openAccount")}),e("ul",{children:n.map(t=>e("li",{children:e("a",{class:"row",href:F("chats",[t]),children:[e(R,{uin:t,face:q(t,t)?.face}),e(M,{person:L.get(t),uin:t})]})},t))})]})}var Vt=100;function et({view:n}){let t=N();v(()=>void en().catch(()=>{}),[n]);let{list:r,total:o}=Ze.value,s=n==="all"?r:r.filter(({account:a})=>a===n),i=s.slice(0,Vt);return v(()=>{for(let a of new Set(i.map(d=>d.account)))G("requests",a,i.filter(d=>d.account===a).map(({from:d})=>d))},[s]),e("div",{class:"scroll",children:[e(ke,{task:t}),s.length===0&&e(J,{title:u("noRequests")}),e("ul",{class:"requests",children:i.map(a=>e(Gt,{request:a,hasAccount:n==="all",task:t},`${a.account}/${a.from}/${a.seq}`))}),s.length>i.length&&e("p",{class:"hint",children:p("requestsMore",{n:i.length,total:n==="all"?o:s.length})})]})}function Gt({request:n,hasAccount:t,task:r}){let{account:o,from:s,text:i,at:a}=n,[d,l]=b(!1),[c,h]=b(!1),m=q(o,s),f=_(O(m,s)),g=(w,y="")=>r.run(async()=>{try{await tn(n,w,y)}catch(k){throw k instanceof We&&k.code==="rejected"&&l(!0),k}return w==="dismiss"?p("dismissed"):u(w==="accept"?"accepted":"refused",{name:f})},"answerRequest");return e("li",{class:"card","aria-label":u("requestFrom",{name:f}),children:[e("div",{class:"who",children:[e(R,{uin:s,face:m?.face}),e("div",{children:[e("p",{children:e(M,{person:m,uin:s})}),e("p",{class:"hint",children:[s," \xB7 ",e("time",{dateTime:a,children:Te(a)}),t&&` \xB7 ${p("asAccount",{name:_(O(L.get(o),o))})}`]})]})]}),i!==""&&e("blockquote",{dir:"auto",children:i}),H("manage")&&e("div",{class:"actions",children:[!d&&e(T,{children:[e("button",{type:"button",class:"primary",disabled:r.busy,onClick:()=>g("accept"),children:u("accept")}),e("button",{type:"button",disabled:r.busy,onClick:()=>h(!0),children:u("refuse")})]}),e("button",{type:"button",class:"quiet",disabled:r.busy,onClick:()=>g("dismiss"),children:p("dismissRequest")})]}),c&&e(Xt,{name:f,onClose:()=>h(!1),onRefuse:w=>{h(!1),g("refuse",w)}})]})}function Xt({name:n,onClose:t,onRefuse:r}){let[o,s]=b("");return e(te,{title:p("refuseTitle",{name:n}),onClose:t,actions:e(T,{children:[e("button",{type:"button",onClick:t,children:u("cancel")}),e("button",{type:"button",class:"danger primary",onClick:()=>r(o.trim()),children:u("refuse")})]}),children:e("label",{class:"field",children:[e("span",{children:p("refuseText")}),e("input",{maxLength:256,value:o,onInput:({currentTarget:i})=>s(i.value)})]})})}cn(Ln);var Jt=["conversations","friends","requests","find"],Pe=He("conversations");function pa({params:n,query:t}){let r=re.value,o=n.account??(r.length===1?r[0]:"all"),s=o==="all"?t.get("as")??void 0:o,{peer:i}=n,a=s!==void 0&&L.get(s)!==void 0;return v(()=>{if(!(o==="all"||!a))return ve(o,!1,"background").catch(()=>{}),Ve(o,Ye)},[o,a]),!fe.value&&i===void 0?e("div",{class:"page",children:[e("h1",{class:"visually-hidden",children:u("chats")}),e(X,{})]}):r.length===0&&i===void 0?e("div",{class:"page",children:[e("h1",{children:u("chats")}),e(ye,{title:u("noAccounts"),hint:u("noAccountsHint"),children:e("a",{class:"button primary",href:F("accounts"),children:u("accounts")})})]}):e("div",{class:`chats ${i===void 0?"":"in-conversation"}`,children:[e("h1",{class:"visually-hidden",children:u("chats")}),e("section",{class:"column","aria-label":u("chats"),"data-region":!0,children:[e("header",{class:"column-head",children:[e(Zt,{view:o}),o!=="all"&&L.get(o)!==void 0&&e(Ke,{state:L.get(o).state})]}),e(Yt,{view:o}),e(Qt,{view:o,peer:i,account:s})]}),i===void 0||s===void 0?e(Zn,{view:o,onFind:()=>Pe.value="find"}):e(Bn,{view:o,account:s,peer:i,at:Number(t.get("at"))||void 0},`${s}/${i}`)]})}function Qt({view:n,peer:t,account:r}){switch(nt(n)){case"conversations":return e(Gn,{view:n,peer:t,account:r});case"friends":return e(Qn,{account:n,peer:t},n);case"requests":return e(et,{view:n});case"find":return e(Jn,{account:n},n)}}function nt(n){let t=Pe.value;return n==="all"&&(t==="friends"||t==="find")?"conversations":t}function Yt({view:n}){let t=nt(n),r=n==="all"?[...be.value.values()].reduce((o,s)=>o+s,0):be.value.get(n)??0;return e("div",{class:"tabs",role:"group","aria-label":p("tabs"),children:Jt.filter(o=>n!=="all"||o==="conversations"||o==="requests").map(o=>e("button",{type:"button","aria-pressed":o===t,onClick:()=>Pe.value=o,children:[o==="conversations"?p(o):u(o),o==="requests"&&r>0&&e("span",{class:"badge",children:r})]},o))})}function Zt({view:n}){Ne.version;let t=be.value,r=re.value.map(i=>{let a=L.get(i),d=Ne.peek(i)??0,l=t.get(i)??0,c=[i,...a===void 0||A(a)?[]:[u(me[a.state])],...d>0?[p("accountUnread",{n:d})]:[],...l>0?[p("accountRequests",{n:l})]:[]];return{value:i,text:_(O(a,i)),hint:c.join(" \xB7 ")}}),o={value:"all",text:p("allAccounts")},s=r.length===1;return e(Cn,{name:u("account"),options:s?r:[o,...r],value:n,onChoose:i=>ue(F("chats",[i]))})}export{pa as ChatsPage};

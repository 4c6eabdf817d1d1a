import{a as N,b as C,c as E}from"./chunk-4c3eecfe4b.js";import{a as hn}from"./chunk-e2598ee5f5.js";import{a as q,b as we,c as L,d as an}from"./chunk-f678db5d3f.js";import{a as Oe}from"./chunk-7bca911dbd.js";import{a as rn}from"./chunk-730b44ea8d.js";import{p as oe}from"./chunk-03cb81ffd2.js";import{b as vn}from"./chunk-cd11ed7832.js";import{a as re}from"./chunk-b58e638f48.js";import{a as wn}from"./chunk-f79c9d1716.js";import{b as Se}from"./chunk-1bb61820b2.js";import"./chunk-b3fcfd0672.js";import{A as on,E as cn,G as ln,I as ve,J as dn,K as un,L as mn,M as fn,N as pn,O as ye,P as ke,Q as je,R as gn,S as xn,T as Ne,a as Je,c as Qe,d as Ye,e as ue,f as F,g as X,h as me,i as v,k as fe,l as ne,m as Ze,o as V,p as te,q as Ee,r as en,s as pe,u as he,v as ge,w as xe,x as nn,y as tn}from"./chunk-97c7096987.js";import{a as sn,b as be,c as P,d as J}from"./chunk-d5a5a83ef7.js";import{a as Z,b as bn}from"./chunk-9d96b8ce7e.js";import{b as ie}from"./chunk-dde41f9667.js";import{a as S,b as de,c as ee,e as T,f as Xe}from"./chunk-1a2a94d394.js";import"./chunk-b1b42fc319.js";import{a as ae,b as Ke}from"./chunk-4428ab5e5f.js";import{a as Be,b as ze}from"./chunk-fcc6ba3b6b.js";import{a as z,b as K}from"./chunk-1605b4fc47.js";import{a as Ce,d as We,e as ce,f as le}from"./chunk-aeff71c2c6.js";import{a as k}from"./chunk-42e248aa20.js";import{e as B}from"./chunk-0f7694d061.js";import{B as a,J as _,aa as $,c as j,ca as Ve,da as Ge,e,f as x,g as w,h as Y,i as D,j as G,m as Ue,p as Pe,u as He,w as qe,y as Ie}from"./chunk-cb640ebe8d.js";var yn=`.chats {
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

.column > .tabs {
  margin: 0 12px 8px;
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
`;var kn={allAccounts:"All accounts",accountHint:"{uin} \xB7 {state}",accountUnread:"{n} unread",accountRequests:"{n} requests",conversations:"Conversations",tabs:"What the list shows",filterNames:"Filter by name or number",noConversations:"No conversations yet. Choose a friend, or find people, and say hello.",noUnread:"Nothing unread.",noMatchHere:"Nothing matches the filter. Clear it to see all.",namesKnown:"{known} of {all} names are known; the others follow, and are found by number.",moreConversations:"Show older conversations",draft:"Draft: {text}",asAccount:"as {name}",noName:"Name not known",presenceUnknown:"presence not known",friendsUnknown:"The friends are not known while the account is not logged in.",newestUnread:"Newest unread conversations",findPeople:"Find people",openAccount:"Open the chats of an account",allRead:"Everything is read",more:"More actions",searchHere:"Search in this conversation",searchText:"Text to find",searchNone:"Nothing found.",searchSome:"{n} found",searchedBack:"Searched back to position {seq}. There may be more.",searchOn:"Search on",jumpTo:"Jump to a date",jump:"Jump",noneSince:"There is no message on or after this date.",exportJson:"Export as JSON lines",exportText:"Export as text",exporting:"{n} events exported",stop:"Stop",beginning:"Beginning of the conversation",notKept:"Older events are no longer kept.",loadingOlder:"Loading older messages\u2026",newMessages:"New messages",newBelow:"{n} new messages",oneBelow:"1 new message",toEnd:"To the end",saysAt:"{name}, {time}",waiting:"waiting to be sent\u2026",withdraw:"Withdraw",queueFull:"50 messages of this conversation wait. Send is possible again when one has left.",counter:"{n} of {most} characters",readOnly:"Read-only: this token lacks send.",accountOut:"{name} is {state}. Messages cannot be sent.",accountGone:"The account {uin} is not on the bridge any more. The conversation stays readable.",peerRemoved:"{name} is not a friend.",whyOut:"Why",stale:"As of {time}: not connected.",refuseTitle:"Refuse the request of {name}?",refuseText:"Reason (optional)",dismissRequest:"Remove from list",dismissed:"The request was removed from the list. Nothing was sent.",requestsMore:"{n} of {total} requests are shown.",numberWrong:"A QQ number has 5 to 20 digits and does not begin with 0.",ageWrong:"An age is a whole number from 0 to 255.",close:"Close",enterBreaks:"Enter starts a new line"};var u=Ie(kn,async()=>(await import("./chats-7e6cc1b665.js")).ZH);var Wn=3500,Gn=229;function On({account:n,peer:t,name:r,blocked:o}){let s=D(null),i=ke(n,t),l=ye(n,t).length>=50,f=i.length>4e3,d=matchMedia("(pointer: coarse)").matches,c=o??(f?a("tooLong",{n:i.length,most:4e3}):l?u("queueFull"):void 0);Y(()=>Xn(s.current),[i]);let p=()=>{let{value:h}=s.current;h.trim()!==""&&c===void 0&&gn(n,t,h)&&je(n,t,""),s.current.focus()};return e("form",{class:"composer","data-region":!0,onSubmit:h=>{h.preventDefault(),p()},children:[e("textarea",{ref:s,rows:1,dir:"auto","aria-label":a("messageTo",{name:r}),"aria-describedby":"composer-hint","aria-invalid":f,placeholder:a("writeMessage"),value:i,onInput:({currentTarget:h})=>je(n,t,h.value),onKeyDown:h=>{h.key!=="Enter"||h.shiftKey||d||h.isComposing||h.keyCode===Gn||(h.preventDefault(),p())}}),e("button",{type:"submit",class:"primary round","aria-label":a("send"),"aria-describedby":"composer-hint",disabled:i.trim()===""||c!==void 0,children:e(B,{name:"send"})}),e("p",{id:"composer-hint",class:c===void 0?"hint":"hint bad",role:c===void 0?void 0:"status",children:c??(i.length>=Wn?u("counter",{n:i.length,most:4e3}):d?u("enterBreaks"):a("sendHint"))})]})}function Xn(n){n.style.height="auto";let t=n.offsetHeight-n.clientHeight;n.style.height=`${n.scrollHeight+t}px`}var Jn=1e5;async function Sn({account:n,peer:t},r,o,s){let i=[],l=0;for(let p=!0;p&&i.length<Jn&&!o.aborted;){let h=await $("history",{with:t,events:["message","friend"],after:l},{account:n,lane:"background"});for(let m of h.events)i.push(Qn(m,r));l=h.searched.to,p=h.more,s(i.length)}let f=r==="jsonl"?"application/jsonl":"text/plain",d=new Blob([i.map(p=>`${p}
`).join("")],{type:`${f};charset=utf-8`}),c=document.createElement("a");c.href=URL.createObjectURL(d),c.download=`${n}-${t}.${r==="jsonl"?"jsonl":"txt"}`,c.click(),setTimeout(()=>URL.revokeObjectURL(c.href),6e4)}function Qn(n,t){if(t==="jsonl")return JSON.stringify(n);let{from:r,text:o=""}=n.data,s=r===void 0?n.account:v(X(n.account,r),r),i=n.event.startsWith("friend.")?`[${n.event}] `:"";return`${n.at} ${s}: ${i}${o.replaceAll(`
`,`
  `)}`}var Yn={"friend.request":"noteRequest","friend.accepted":"noteAccepted","friend.refused":"noteRefused","friend.added":"noteAdded"};function Tn({row:n,name:t}){switch(n.kind){case"day":return e("p",{class:"day",children:We(n.at)});case"unread":return e("p",{class:"unread-line",children:u("newMessages")});case"note":return e(Zn,{frame:n.frame,name:t});case"message":return e(et,{...n,name:t});case"outgoing":return e(nt,{message:n.message})}}function Zn({frame:n,name:t}){let{text:r=""}=n.data,o=Yn[n.event];return e("p",{class:"event","data-seq":n.seq,children:[e("bdi",{children:o===void 0?n.event:a(o,{name:t})}),r!==""&&e("q",{dir:"auto",children:r})]})}function et({frame:n,isInRun:t,isLastOwn:r,name:o}){let s=n.event==="message.sent",{text:i}=n.data;return e("div",{class:`bubble ${s?"own":""} ${t?"in-run":""}`,"data-seq":n.seq,title:le(n.at),children:[e("span",{class:"visually-hidden",children:u("saysAt",{name:s?a("you"):o,time:Ce(n.at)})}),e("p",{dir:"auto",children:i}),!t&&e("span",{class:"meta",children:[r&&e(j,{children:[a("sent")," \xB7"," "]}),e("time",{dateTime:n.at,children:Ce(n.at)})]})]})}function nt({message:n}){let{state:t,text:r,code:o,details:s}=n,i=t==="failed"||t==="unknown";return e("div",{class:`bubble own ${t}`,"data-key":n.key,children:[e("span",{class:"visually-hidden",children:[a("you"),":"]}),e("p",{dir:"auto",children:r}),t==="sending"&&e("span",{class:"meta",children:a("sending")}),t==="waiting"&&e("span",{class:"meta",children:[u("waiting")," ",e("button",{type:"button",class:"link",onClick:()=>Ne(n),children:u("withdraw")})]}),i&&e(j,{children:[e("div",{class:"outcome",role:"alert",children:[e("strong",{children:a(t==="failed"?"notSent":"outcomeUnknown")}),o!==void 0&&e("span",{children:ze(o,"send")}),s!==void 0&&e("details",{children:[e("summary",{children:a("details")}),e("span",{lang:"en",dir:"auto",children:s})]})]}),e("div",{class:"actions",children:[e("button",{type:"button",class:"small",onClick:()=>xn(n),children:a(t==="failed"?"retry":"askAgain")}),e("button",{type:"button",class:"small",onClick:()=>Ne(n),children:a("discard")})]})]})]})}var tt=5*6e4;function Fn(n,t,r){let o=[],s="",i=r!==void 0,l=n.findLast(({event:d})=>d==="message.sent"),f=t.filter(d=>!d.isEchoed);for(let[d,c]of n.entries()){let p=new Date(c.at).toDateString();p!==s&&(s=p,o.push({kind:"day",key:`day ${p}`,at:c.at})),i&&c.seq>=r&&(i=!1,o.push({kind:"unread",key:"unread"}));let h=String(c.seq);if(!qn(c)){o.push({kind:"note",key:h,frame:c});continue}let m=n[d+1],g=m===void 0||!ot(c,m)||i&&m.seq>=r;o.push({kind:"message",key:h,frame:c,isInRun:!g,isLastOwn:c===l})}for(let d of f)o.push({kind:"outgoing",key:d.key,message:d});return o}function qn(n){return Qe(n)||n.event==="message.sent"}function ot(n,t){return qn(t)&&n.event==="message.sent"==(t.event==="message.sent")&&Date.parse(t.at)-Date.parse(n.at)<tt&&new Date(n.at).toDateString()===new Date(t.at).toDateString()}var Cn=600,rt=80,st=1e3,it=2e3;function En({thread:n,at:t,name:r}){let{account:o,peer:s}=n,i=Je(o,s),l=n.window.value,f=n.isLoaded.value,d=te.get(i),c=ye(o,s),p=q(),[h,m]=x(!0),[g,b]=x(d?.firstUnread),A=D(!1),O=G(()=>Fn(l.events,c,g),[l,c,g]),R=Oe({count:O.length,estimate:36,keyOf:y=>O[y].key,anchor:"end",overscan:8}),H=t??g,U=()=>p.run(async()=>{let{events:y,hasNewer:M}=n.window.peek();n.isLoaded.peek()&&y.some(({seq:Fe})=>Fe===H)||(t===void 0&&(d?.unread??0)<rt?(!n.isLoaded.peek()||M)&&await ve(n):H!==void 0?await dn(n,H):(!n.isLoaded.peek()||M)&&await ve(n))},"history");w(()=>void U(),[t]);let W=D(void 0);Y(()=>{if(!f||O.length===0||W.current===(t??"end"))return;let y=O.findIndex(M=>t===void 0?M.kind==="unread":M.key===String(t));t!==void 0&&y<0||(W.current=t??"end",y>=0?R.scrollTo(y,t===void 0?"start":"center"):R.scrollToEnd())});let $e=()=>{let y=R.scroll.current;if(y===null)return;let M=y.scrollHeight-y.scrollTop-y.clientHeight,I=M<8&&!n.window.peek().hasNewer;if(n.isFollowing=I,m(I),A.current||!n.isLoaded.peek())return;let{hasOlder:Fe,hasNewer:zn}=n.window.peek(),De=y.scrollTop<Cn&&Fe?mn:M<Cn&&zn?fn:void 0;De!==void 0&&(A.current=!0,De(n).catch(()=>{}).finally(()=>A.current=!1))};w($e,[f,O.length]);let se=l.events.at(-1),Q=d?.unread??0;ct(n,h&&f,se?.seq,Q),w(()=>{g===void 0&&Q>0&&(!h||document.hidden)&&b(d?.firstUnread),se?.event==="message.sent"&&g!==void 0&&se.seq>g&&b(void 0)},[Q,se?.seq]);let Me=async()=>{n.window.peek().hasNewer&&await p.run(()=>ve(n),"history"),requestAnimationFrame(()=>R.scrollToEnd())};return e("div",{class:"message-area",children:[e("div",{ref:R.scroll,class:"messages",tabIndex:0,role:"region","data-region":!0,"aria-label":a("messages"),onScroll:$e,onKeyDown:y=>{y.key!=="End"&&y.key!=="Escape"||(y.preventDefault(),Me())},children:[e(L,{task:p}),p.failure!==void 0&&e("button",{type:"button",class:"small older",onClick:()=>void U(),children:a("retry")}),!f&&p.failure===void 0&&e(z,{}),f&&e(at,{window:l}),e("ol",{style:{height:`${R.height}px`},"aria-label":a("messages"),children:R.items.map(({index:y,start:M})=>{let I=O[y];return I===void 0?null:e("li",{ref:R.measure,class:`line of-${I.kind}`,"data-index":y,"aria-setsize":l.hasOlder?-1:O.length,"aria-posinset":y+1,style:{transform:`translateY(${M}px)`},children:e(Tn,{row:I,name:r})},I.key)})})]}),!h&&e("button",{type:"button",class:"pill",onClick:()=>void Me(),children:[Q===0?u("toEnd"):Q===1?u("oneBelow"):u("newBelow",{n:Q})," \u2193"]})]})}function at({window:n}){let{events:t,hasOlder:r,oldestKept:o}=n;return r?e("p",{class:"hint top",children:u("loadingOlder")}):t.length===0&&o<=1?e("p",{class:"hint top",children:a("noMessages")}):e("p",{class:"hint top",children:u(o>1?"notKept":"beginning")})}function ct({account:n,peer:t},r,o,s){let i=D(0);w(()=>{if(!r||o===void 0||s===0||!_("send"))return;let l,f=()=>!document.hidden&&document.hasFocus(),d=()=>{f()&&(i.current=Date.now(),tn(n,t,o).catch(()=>{}))},c=()=>{if(clearTimeout(l),!f())return;let p=i.current+it-Date.now();l=setTimeout(d,Math.max(st,p))};return c(),addEventListener("focus",c),document.addEventListener("visibilitychange",c),()=>{clearTimeout(l),removeEventListener("focus",c),document.removeEventListener("visibilitychange",c)}},[r,o,s>0])}var lt=3,dt=["province","city","country","occupation","school","homepage","introduction"];function jn({account:n,peer:t,onClose:r}){let[o,s]=x(),[i,l]=x(!1),f=q(),d=q(),c=F(n,t),p=N(v(c,t));w(()=>{f.run(async()=>{s((await $("profile",{uin:t,level:lt},{account:n})).profile)},"profile")},[]);let h=()=>d.run(async()=>{await $("removeFriend",{uin:t},{account:n}),fe(n,t,!1),r()},"removeFriend");return e(Z,{title:a("profileOf",{name:p}),onClose:r,children:[e("div",{class:"who",children:[e(E,{uin:t,face:o?.face??c?.face,size:"large"}),e("div",{children:[e("p",{children:e(C,{person:c,uin:t})}),e("p",{class:"hint",children:t})]})]}),o===void 0?f.busy&&e("p",{class:"hint",children:a("loading")}):e("dl",{class:"facts",children:ut(o).map(([m,g])=>e("div",{children:[e("dt",{children:a(m)}),e("dd",{children:g})]},m))}),e(L,{task:f}),_("manage")&&me(n,t)&&e("div",{class:"actions",children:e("button",{type:"button",class:"danger",onClick:()=>l(!0),children:a("removeFriend")})}),i&&e(bn,{title:a("removeFriend"),action:a("removeFriend"),isBusy:d.busy,onConfirm:h,onClose:()=>l(!1),children:[e("p",{children:a("removeFriendAsk",{name:p})}),e(L,{task:d})]})]})}function ut(n){let{age:t,sex:r,zodiac:o,animal:s,bloodType:i}=n,l=He.value;return[["age",t?String(t):void 0],["sex",r?oe.sex[r][l]:void 0],...dt.map(d=>[d,n[d]]),["zodiac",o?oe.zodiac[o][l]:void 0],["animal",s?oe.animal[s][l]:void 0],["bloodType",i?oe.bloodType[i][l]:void 0]].filter(d=>d[1]!==void 0&&d[1]!=="")}function Nn({thread:n,onOpen:t,onClose:r}){let[o,s]=x(),i=D(null),l=q();w(()=>i.current?.focus(),[]);let f=(d,c)=>l.run(async()=>{let p=await pn(n,d,c),h=c===void 0?[]:o?.events??[];s({...p,text:d,events:[...h,...p.events]})},"history");return e("div",{class:"search-bar",onKeyDown:d=>{d.key==="Escape"&&r()},children:[e("form",{role:"search",onSubmit:J(d=>{let c=P(d,"text");c!==""&&f(c)}),children:[e("input",{ref:i,name:"text",type:"search","data-filter":!0,"aria-label":u("searchText"),placeholder:u("searchText"),maxLength:256}),e("button",{type:"submit",class:"small",disabled:l.busy,children:a(l.busy?"searching":"search")})]}),e("form",{onSubmit:J(d=>{let c=P(d,"date");c!==""&&l.run(async()=>{let p=new Date(`${c}T00:00:00`).toISOString(),h=await un(n,p);if(h===void 0)return u("noneSince");t(h)},"history")}),children:[e("input",{name:"date",type:"date","aria-label":u("jumpTo")}),e("button",{type:"submit",class:"small",disabled:l.busy,children:u("jump")})]}),e("button",{type:"button",class:"quiet ui-square","aria-label":u("close"),onClick:r,children:e(B,{name:"close"})}),e(L,{task:l}),e("div",{role:"status",children:[l.success!==void 0&&e("p",{class:"hint",children:l.success}),o!==void 0&&e("p",{class:"hint",children:[o.events.length===0?u("searchNone"):u("searchSome",{n:o.events.length})," ",o.more&&u("searchedBack",{seq:o.from})]})]}),o!==void 0&&e("ul",{class:"found",children:o.events.map(d=>e("li",{children:e("button",{type:"button",class:"quiet",onClick:()=>t(d.seq),children:[e("bdi",{children:d.data.text}),e("time",{dateTime:d.at,children:le(d.at)})]})},d.seq))}),o?.more&&e("button",{type:"button",class:"small",disabled:l.busy,onClick:()=>f(o.text,o.from),children:u("searchOn")})]})}var mt=1500;function An({view:n,account:t,peer:r,at:o}){let[s,i]=x(!1),[l,f]=x(!1),[d,c]=x(),[p,h]=x(),m=S.get(t),g=F(t,r),b=N(v(g,r)),A=cn(t,r);w(()=>V("open",t,[r,t]),[t,r,T(m)]);let O=async U=>{let W=new AbortController;h(W),c(0),await Sn(A,U,W.signal,c).catch(()=>{}),c(void 0)},R=de.value&&m===void 0,H=me(t,r);return w(()=>{if(H!==void 0||!T(m))return;let U=()=>ne(t,"background").catch(()=>{});U();let W=setTimeout(U,mt);return()=>clearTimeout(W)},[t,T(m)]),e("section",{class:"pane","aria-label":a("conversationWith",{name:b}),children:[e("header",{class:"pane-head",children:[e("a",{class:"button quiet back",href:k("chats",[n]),"aria-label":a("back"),children:e(B,{name:"back"})}),e(E,{uin:r,face:g?.face,status:T(m)&&H?g?.status:void 0}),e("div",{class:"texts",children:[e("h2",{children:e(C,{person:g,uin:r})}),e("p",{class:"hint",children:[pt(m,H,g?.status)," \xB7 ",r,n==="all"&&` \xB7 ${u("asAccount",{name:N(v(m,t))})}`]})]}),e("button",{type:"button",class:"quiet ui-square","aria-label":u("searchHere"),"aria-expanded":l,onClick:()=>f(!l),children:e(B,{name:"search"})}),e("button",{type:"button",class:"quiet ui-square","aria-label":a("profileOf",{name:b}),onClick:()=>i(!0),children:e(B,{name:"info"})}),e(hn,{name:u("more"),items:[{text:u("exportJson"),icon:"download",onChoose:()=>void O("jsonl")},{text:u("exportText"),icon:"download",onChoose:()=>void O("text")}]})]}),l&&e(Nn,{thread:A,onOpen:U=>ie(ft(n,t,r,U)),onClose:()=>f(!1)}),d!==void 0&&e("p",{class:"note warn bar",role:"status",children:[e("span",{children:u("exporting",{n:d})}),e("button",{type:"button",class:"small",onClick:()=>p?.abort(),children:u("stop")})]}),R&&e("p",{class:"note warn bar",role:"status",children:u("accountGone",{uin:t})}),m!==void 0&&!T(m)&&e(ht,{account:m}),!R&&H===!1&&e("p",{class:"note bar quiet-note",children:u("peerRemoved",{name:b})}),e(En,{thread:A,at:o,name:b},ln.value),R?null:_("send")?e(On,{account:t,peer:r,name:b,blocked:m===void 0||T(m)?void 0:Ln(m)}):e("p",{class:"hint read-only",children:u("readOnly")}),s&&e(jn,{account:t,peer:r,onClose:()=>i(!1)})]})}function ft(n,t,r,o){return k("chats",[n,r],{as:n==="all"?t:void 0,at:o})}function pt(n,t,r){return t===void 0||!T(n)?u("presenceUnknown"):t?r===void 0?u("presenceUnknown"):a(r):a("stranger")}function Ln(n){return u("accountOut",{name:N(v(n)),state:a(ae[n.state])})}function ht({account:n}){let t=q(),{uin:r,reason:o,state:s}=n;return e("div",{class:"note warn bar",role:"status",children:[e("div",{class:"note-text",children:[e("p",{children:Ln(n)}),o!==void 0&&e("details",{children:[e("summary",{children:u("whyOut")}),e("p",{lang:"en",children:o})]}),e(L,{task:t})]}),_("manage")&&s!=="connecting"&&e("button",{type:"button",class:"small",disabled:t.busy,onClick:()=>t.run(async()=>{await $("login",{},{account:r}),await Xe()},"login"),children:a("logIn")})]})}function Te(n){let{items:t,keyOf:r}=n,[o,s]=x(),i=D(!1),l=m=>m===void 0?-1:t.findIndex(g=>r(g)===m),f=l(o),d=f>=0?f:Math.max(0,l(n.current)),c=Oe({count:t.length,estimate:n.itemHeight??60,keyOf:m=>r(t[m]),keep:d}),p=c.items[0]?.index??0,h=c.items.at(-1)?.index??-1;return w(()=>{h>=0&&n.onShow?.(p,h)},[p,h,t]),Y(()=>{i.current&&c.scroll.current?.querySelector(`[data-index="${f}"] a`)?.focus({preventScroll:!0})},[o]),e("div",{ref:c.scroll,class:"ui-list",onFocusIn:()=>i.current=!0,onFocusOut:()=>i.current=!1,onKeyDown:m=>{if(m.altKey||m.ctrlKey||m.metaKey)return;let g=wn(m.key,d,t.length);g!==void 0&&(m.preventDefault(),s(r(t[g])),c.scrollTo(g))},children:e("div",{role:"list","aria-label":n.name,style:{height:`${c.height}px`},children:c.items.map(({index:m,start:g})=>{let b=t[m];if(b===void 0)return null;let A=r(b);return e("div",{ref:c.measure,role:"listitem","data-index":m,"aria-setsize":t.length,"aria-posinset":m+1,style:{transform:`translateY(${g}px)`},children:e("a",{href:n.linkOf(b),tabIndex:m===d?0:-1,"aria-current":A===n.current?"true":void 0,onFocus:()=>s(A),onClick:O=>n.onChoose?.(b,O),children:n.render(b)})},A)})})})}function $n({view:n,peer:t,account:r}){let[o,s]=x(""),[i,l]=x(!1),f=o.trim().toLowerCase(),d=G(()=>ge(n),[n,te.version,pe.version]),c=G(()=>f===""?d:d.filter(m=>{let g=v(X(m.account,m.with),m.with);return`${m.with} ${g}`.toLowerCase().includes(f)}),[d,f,f===""?0:ue.value]),p=pe.get(n)??pe.get("all"),h=async()=>{l(!0),await xe(n,!0).catch(()=>{}),l(!1)};return e(j,{children:[e("input",{class:"filter",type:"search","data-filter":!0,"aria-label":u("filterNames"),placeholder:u("filterNames"),value:o,onInput:({currentTarget:m})=>s(m.value)}),p===void 0&&Se.value===void 0&&e(z,{}),p===void 0&&Se.value!==void 0&&e(an,{error:Be(Se.value)}),p!==void 0&&d.length===0&&e(K,{title:u("noConversations")}),d.length>0&&c.length===0&&e(K,{title:u("noMatchHere")}),e(Te,{name:u("conversations"),items:c,itemHeight:60,keyOf:Mn,current:t===void 0?void 0:`${r}/${t}`,linkOf:m=>gt(n,m),render:m=>e(bt,{one:m,hasAccount:n==="all"}),onChoose:Le,onShow:(m,g)=>xt(c.slice(m,g+1))}),p?.next!==void 0&&e("button",{type:"button",class:"small column-more",disabled:i,onClick:()=>void h(),children:u("moreConversations")})]})}function Mn(n){return`${n.account}/${n.with}`}function gt(n,t){return n==="all"?k("chats",["all",t.with],{as:t.account}):k("chats",[t.account,t.with])}function Le(){matchMedia("(pointer: coarse)").matches||requestAnimationFrame(()=>requestAnimationFrame(()=>document.querySelector(".composer textarea")?.focus()))}function xt(n){let t=new Map;for(let r of n){let o=t.get(r.account)??[];o.push(r.with),t.set(r.account,o)}for(let[r,o]of t)V("conversations",r,o)}function bt({one:n,hasAccount:t}){let r=te.get(Mn(n))??n,{account:o,with:s,last:i,unread:l}=r,f=F(o,s),d=S.get(o),c=T(d)&&f?.isFriend?f.status:void 0,p=ke(o,s);return e("span",{class:"row",children:[e(E,{uin:s,face:f?.face,status:c}),e("span",{class:"texts",children:[e(C,{person:f,uin:s}),e("span",{class:"preview",dir:"auto",children:p===""?wt(r):u("draft",{text:p})}),t&&e("span",{class:"chip",children:u("asAccount",{name:v(d,o)})})]}),e("span",{class:"marks",children:[e("time",{dateTime:i.at,children:ce(i.at)}),e(Re,{count:l})]})]})}function Re({count:n}){if(n===0)return null;let t=n>=1e3?`${1e3}+`:String(n);return e("span",{class:"badge",children:[e("span",{"aria-hidden":"true",children:t}),e("span",{class:"visually-hidden",children:a("unread",{n:t})})]})}var _n={"friend.request":"noteRequest","friend.accepted":"noteAccepted","friend.refused":"noteRefused","friend.added":"noteAdded"};function wt({account:n,with:t,last:r}){let{text:o=""}=r.data;if(r.event==="message.sent")return`${a("you")}: ${o}`;if(r.event in _n){let s=v(X(n,t),t);return a(_n[r.event],{name:s})}return o}var vt=100,yt={added:"answerAdded",needs_verification:"answerAsked",refused:"answerRefused"};function Dn({account:n}){let[t,r]=x(),[o,s]=x(),[i,l]=x({}),f=q(),d=(c,p)=>f.run(async()=>{r(void 0),r(await p())},c);return e("div",{class:"scroll find",children:[e("form",{noValidate:!0,onSubmit:J(c=>{if(!vn(P(c,"uin")))return l({uin:u("numberWrong")});l({}),d("profile",()=>St(n,c))}),children:e(re,{name:a("findNumber"),problem:i.uin,isRequired:!0,render:c=>e("span",{class:"joined",children:[e("input",{...c,name:"uin",inputMode:"numeric",autocomplete:"off"}),e("button",{type:"submit",disabled:f.busy,children:a("search")})]})})}),e("form",{noValidate:!0,onSubmit:J(c=>{let p=P(c,"age");if(p!==""&&!/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(p))return l({age:u("ageWrong")});l({}),d("search",()=>Tt(n,c))}),children:e("fieldset",{children:[e("legend",{children:a("findPeople")}),e("div",{class:"three",children:[e(re,{name:a("age"),problem:i.age,render:c=>e("input",{...c,name:"age",inputMode:"numeric"})}),e(re,{name:a("sex"),render:c=>e("select",{...c,name:"sex",children:[e("option",{value:"",children:a("any")}),e("option",{value:"male",children:a("male")}),e("option",{value:"female",children:a("female")})]})}),e(re,{name:a("province"),render:c=>e("input",{...c,name:"province",maxLength:256})})]}),e("button",{type:"submit",disabled:f.busy,children:a(f.busy?"searching":"search")})]})}),e(we,{task:f}),e(kt,{account:n,people:t,onAsk:c=>s(c)}),o!==void 0&&e(Ot,{account:n,person:o,onClose:()=>s(void 0),onDone:c=>void f.run(()=>Promise.resolve(c))})]})}function kt({account:n,people:t,onAsk:r}){return t===void 0?null:t.length===0?e(be,{title:a("foundNobody")}):e(j,{children:[e("p",{class:"hint",role:"status",children:a("found",{n:t.length})}),e("ul",{class:"contacts",children:t.slice(0,vt).map(o=>{let{uin:s}=o,i=F(n,s),l=N(v(o));return e("li",{class:"person",children:[e(E,{uin:s,face:i?.face??o.face}),e("span",{class:"texts",children:[e(C,{person:o,uin:s}),e("span",{class:"preview",children:s})]}),i?.isFriend?e("a",{class:"button small",href:k("chats",[n,s]),children:a("openChats")}):_("manage")&&s!==n&&e("button",{type:"button",class:"small","aria-label":a("addFriendNamed",{name:l}),onClick:()=>r(o),children:a("addFriend")})]},s)})})]})}function Ot({account:n,person:t,onClose:r,onDone:o}){let s=q(),i=N(v(t));return e(Z,{title:a("addFriendNamed",{name:i}),onClose:r,children:e("form",{onSubmit:J(l=>s.run(async()=>{let f=P(l,"reason"),{answer:d}=await $("addFriend",{uin:t.uin,...f===""?{}:{reason:f}},{account:n});o(a(yt[d],{name:i})),r(),d==="added"&&fe(n,t.uin,!0)},"addFriend")),children:[e(sn,{label:a("requestReason",{name:i}),hint:a("optional"),children:e("input",{name:"reason",maxLength:256,autocomplete:"off"})}),e(L,{task:s}),e("div",{class:"actions",children:[e("button",{type:"submit",class:"primary",disabled:s.busy,children:a("sendRequest")}),e("button",{type:"button",onClick:r,children:a("cancel")})]})]})})}async function St(n,t){let{profile:r}=await $("profile",{uin:P(t,"uin")},{account:n}),{uin:o,nickname:s,face:i}=r;return[{uin:o,nickname:s,...i===void 0?{}:{face:i}}]}async function Tt(n,t){let[r,o,s]=["age","sex","province"].map(l=>P(t,l)),{people:i}=await $("search",{...r?{age:Number(r)}:{},...o?{sex:o}:{},...s?{province:s}:{}},{account:n});return i}var Ft=1e4,qt=1e3;function Un({account:n,peer:t}){let[r,o]=x(""),s=q(),i=Ye.get(n),l=S.get(n);w(()=>void s.run(()=>ne(n)),[n,T(l)]);let f=i?.pending??0,d=i?.uins.length??0,c=d===0&&f>0;w(()=>{if(f===0)return;let m=setInterval(()=>{document.hidden||ne(n,"background").catch(()=>{})},c?qt:Ft);return()=>clearInterval(m)},[n,f===0,c]);let p=r.trim().toLowerCase(),h=G(()=>{let{compare:m}=new Intl.Collator(qe());return(i?.uins??[]).map(g=>({uin:g,name:v(X(n,g),g)})).filter(({uin:g,name:b})=>p===""||`${g} ${b.toLowerCase()}`.includes(p)).sort((g,b)=>m(g.name,b.name))},[i,p,ue.value,qe()]);return e(j,{children:[e("input",{class:"filter",type:"search","data-filter":!0,"aria-label":u("filterNames"),placeholder:u("filterNames"),value:r,onInput:({currentTarget:m})=>o(m.value)}),e(L,{task:s}),(i===void 0||c)&&s.failure===void 0&&e(z,{}),i!==void 0&&d===0&&!c&&e(K,{title:T(l)?a("noFriends"):u("friendsUnknown")}),d>0&&h.length===0&&e(K,{title:u("noMatchHere")}),f>0&&d>0&&e("p",{class:"hint column-note",children:u("namesKnown",{known:d-f,all:d})}),e(Te,{name:a("friends"),items:h,itemHeight:56,keyOf:({uin:m})=>m,current:t,linkOf:({uin:m})=>k("chats",[n,m]),render:({uin:m})=>e(Ct,{account:n,uin:m}),onChoose:Le,onShow:(m,g)=>V("friends",n,h.slice(m,g+1).map(({uin:b})=>b))})]})}function Ct({account:n,uin:t}){let r=F(n,t),o=T(S.get(n))?r?.status:void 0;return e("span",{class:"row",children:[e(E,{uin:t,face:r?.face,status:o}),e("span",{class:"texts",children:[e(C,{person:r,uin:t}),e("span",{class:"preview",children:[o===void 0?u("presenceUnknown"):a(o)," \xB7 ",t]})]})]})}var Pn=5;function Hn({view:n,onFind:t}){let r=ge(n).filter(o=>o.unread>0).slice(0,Pn);return e("section",{class:"pane nothing","aria-label":a("messages"),"data-region":!0,children:e("div",{class:"nothing-open",children:[e("h2",{children:u(r.length>0?"newestUnread":"allRead")}),e("ul",{children:r.map(({account:o,with:s,unread:i})=>e("li",{children:e("a",{class:"row",href:n==="all"?k("chats",["all",s],{as:o}):k("chats",[o,s]),children:[e(E,{uin:s,face:F(o,s)?.face}),e(C,{person:F(o,s),uin:s}),e(Re,{count:i})]})},`${o}/${s}`))}),r.length===0&&e("p",{class:"hint",children:a("pickChatHint")}),n==="all"&&e(Et,{}),n!=="all"&&e("button",{type:"button",onClick:t,children:u("findPeople")})]})})}function Et(){let n=ee.value.slice(0,Pn);return e(j,{children:[e("h2",{children:u("openAccount")}),e("ul",{children:n.map(t=>e("li",{children:e("a",{class:"row",href:k("chats",[t]),children:[e(E,{uin:t,face:F(t,t)?.face}),e(C,{person:S.get(t),uin:t})]})},t))})]})}var jt=100;function In({view:n}){let t=q();w(()=>void nn().catch(()=>{}),[n]);let{list:r,total:o}=en.value,s=n==="all"?r:r.filter(({account:l})=>l===n),i=s.slice(0,jt);return w(()=>{for(let l of new Set(i.map(f=>f.account)))V("requests",l,i.filter(f=>f.account===l).map(({from:f})=>f))},[s]),e("div",{class:"scroll",children:[e(we,{task:t}),s.length===0&&e(K,{title:a("noRequests")}),e("ul",{class:"requests",children:i.map(l=>e(Nt,{request:l,hasAccount:n==="all",task:t},`${l.account}/${l.from}/${l.seq}`))}),s.length>i.length&&e("p",{class:"hint",children:u("requestsMore",{n:i.length,total:n==="all"?o:s.length})})]})}function Nt({request:n,hasAccount:t,task:r}){let{account:o,from:s,text:i,at:l}=n,[f,d]=x(!1),[c,p]=x(!1),h=F(o,s),m=N(v(h,s)),g=(b,A="")=>r.run(async()=>{try{await on(n,b,A)}catch(O){throw O instanceof Pe&&O.code==="rejected"&&d(!0),O}return b==="dismiss"?u("dismissed"):a(b==="accept"?"accepted":"refused",{name:m})},"answerRequest");return e("li",{class:"card","aria-label":a("requestFrom",{name:m}),children:[e("div",{class:"who",children:[e(E,{uin:s,face:h?.face}),e("div",{children:[e("p",{children:e(C,{person:h,uin:s})}),e("p",{class:"hint",children:[s," \xB7 ",e("time",{dateTime:l,children:ce(l)}),t&&` \xB7 ${u("asAccount",{name:N(v(S.get(o),o))})}`]})]})]}),i!==""&&e("blockquote",{dir:"auto",children:i}),_("manage")&&e("div",{class:"actions",children:[!f&&e(j,{children:[e("button",{type:"button",class:"primary",disabled:r.busy,onClick:()=>g("accept"),children:a("accept")}),e("button",{type:"button",disabled:r.busy,onClick:()=>p(!0),children:a("refuse")})]}),e("button",{type:"button",class:"quiet",disabled:r.busy,onClick:()=>g("dismiss"),children:u("dismissRequest")})]}),c&&e(At,{name:m,onClose:()=>p(!1),onRefuse:b=>{p(!1),g("refuse",b)}})]})}function At({name:n,onClose:t,onRefuse:r}){let[o,s]=x("");return e(Z,{title:u("refuseTitle",{name:n}),onClose:t,actions:e(j,{children:[e("button",{type:"button",onClick:t,children:a("cancel")}),e("button",{type:"button",class:"danger primary",onClick:()=>r(o.trim()),children:a("refuse")})]}),children:e("label",{class:"field",children:[e("span",{children:u("refuseText")}),e("input",{maxLength:256,value:o,onInput:({currentTarget:i})=>s(i.value)})]})})}Ge(yn);var Lt=["conversations","friends","requests","find"],_e=Ue("conversations");function bi({params:n,query:t}){let r=ee.value,o=n.account??(r.length===1?r[0]:"all"),s=o==="all"?t.get("as")??void 0:o,{peer:i}=n,l=s!==void 0&&S.get(s)!==void 0;return w(()=>{if(!(o==="all"||!l))return xe(o,!1,"background").catch(()=>{}),Ve(o,Ze)},[o,l]),!de.value&&i===void 0?e("div",{class:"page",children:[e("h1",{class:"visually-hidden",children:a("chats")}),e(z,{})]}):r.length===0&&i===void 0?e("div",{class:"page",children:[e("h1",{children:a("chats")}),e(be,{title:a("noAccounts"),hint:a("noAccountsHint"),children:e("a",{class:"button primary",href:k("accounts"),children:a("accounts")})})]}):e("div",{class:`chats ${i===void 0?"":"in-conversation"}`,children:[e("h1",{class:"visually-hidden",children:a("chats")}),e("section",{class:"column","aria-label":a("chats"),"data-region":!0,children:[e("header",{class:"column-head",children:[e($t,{view:o}),o!=="all"&&S.get(o)!==void 0&&e(Ke,{state:S.get(o).state})]}),e(_t,{view:o}),e(Rt,{view:o,peer:i,account:s})]}),i===void 0||s===void 0?e(Hn,{view:o,onFind:()=>_e.value="find"}):e(An,{view:o,account:s,peer:i,at:Number(t.get("at"))||void 0},`${s}/${i}`)]})}function Rt({view:n,peer:t,account:r}){switch(Bn(n)){case"conversations":return e($n,{view:n,peer:t,account:r});case"friends":return e(Un,{account:n,peer:t},n);case"requests":return e(In,{view:n});case"find":return e(Dn,{account:n},n)}}function Bn(n){let t=_e.value;return n==="all"&&(t==="friends"||t==="find")?"conversations":t}function _t({view:n}){let t=Bn(n),r=n==="all"?[...he.value.values()].reduce((o,s)=>o+s,0):he.value.get(n)??0;return e("div",{class:"tabs",role:"group","aria-label":u("tabs"),children:Lt.filter(o=>n!=="all"||o==="conversations"||o==="requests").map(o=>e("button",{type:"button","aria-pressed":o===t,onClick:()=>_e.value=o,children:[o==="conversations"?u(o):a(o),o==="requests"&&r>0&&e("span",{class:"badge",children:r})]},o))})}function $t({view:n}){Ee.version;let t=he.value,r=ee.value.map(i=>{let l=S.get(i),f=Ee.peek(i)??0,d=t.get(i)??0,c=[i,...l===void 0||T(l)?[]:[a(ae[l.state])],...f>0?[u("accountUnread",{n:f})]:[],...d>0?[u("accountRequests",{n:d})]:[]];return{value:i,text:N(v(l,i)),hint:c.join(" \xB7 ")}}),o={value:"all",text:u("allAccounts")},s=r.length===1;return e(rn,{name:a("account"),options:s?r:[o,...r],value:n,onChoose:i=>ie(k("chats",[i]))})}export{bi as ChatsPage};

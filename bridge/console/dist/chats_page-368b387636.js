import{a as le,b as ze,c as _,d as X,e as G,f as rn,g as sn,h as N,i as we,j as M,k as an,l as L,m as R,n as hn,o as Oe,p as vn,q as se}from"./chunk-a65250a6a0.js";import{a as E,c as ce,f as q,g as de,h as ne,j,k as Ve,o as Ae,p as ee,q as wn,s as Ce}from"./chunk-74725ece9a.js";import"./chunk-58933fb59d.js";import{B as nn,F as cn,H as ln,J as ve,K as dn,L as un,M as mn,N as fn,O as pn,P as ye,Q as ke,R as Ne,S as gn,T as xn,U as Le,b as Xe,d as Ge,e as Je,f as ue,g as A,h as Q,i as me,j as O,l as fe,m as te,n as Qe,p as W,q as oe,r as je,s as Ye,t as pe,v as he,w as ge,x as xe,y as Ze,z as en}from"./chunk-a182c3ebc6.js";import{a as Ke,h as U,j as We}from"./chunk-8e34d52bc6.js";import{p as re,s as yn}from"./chunk-bfc41d3313.js";import{e as V,f as Re,h as bn,i as Se,j as Te}from"./chunk-af527bdfdd.js";import{a as tn}from"./chunk-56edc73042.js";import{a as on,b as be,c as z,d as Y}from"./chunk-306655d49f.js";import{A as l,G as I,c as F,e,f as b,g as y,h as Z,i as $,j as J,k as Ie,m as Ue,t as Be,v as qe,x as He}from"./chunk-3848f2550c.js";function kn(n,t){let r=t.toLowerCase().split(/\s+/).filter(c=>c!=="");if(r.length===0)return n;let o=r[0],s=n.filter(({text:c,hint:u,words:d})=>{let a=`${c} ${u??""} ${d??""}`.toLowerCase();return r.every(p=>a.includes(p))}),i=({text:c,hint:u})=>c.toLowerCase().startsWith(o)?0:u?.toLowerCase().startsWith(o)?1:2;return s.some(({group:c})=>c!==void 0)?s:s.toSorted((c,u)=>i(c)-i(u))}var Gn=100;function Sn(n){let{options:t,value:r,isInline:o=!1}=n,[s,i]=b(),[c,u]=b(o),[d,a]=b(),p=$(null),h=$(null),m=Ie(),g=t.find(x=>x.value===r),w=kn(t,s??""),v=w.slice(0,Gn),k=o||c,T=v.find(x=>x.value===d)??(s===void 0&&g!==void 0&&v.includes(g)?g:v[0]);y(()=>{k&&h.current?.querySelector("[aria-selected=true]")?.scrollIntoView({block:"nearest"})},[k,T?.value]),y(()=>{n.autoFocus===!0&&p.current?.focus()},[]);let D=()=>{u(!1),i(void 0),a(void 0)},P=x=>{x===void 0||x.disabledBecause!==void 0||(D(),n.onChoose(x.value))},B=x=>{let C=T===void 0?-1:v.indexOf(T),ae=x==="start"?0:x==="end"?v.length-1:Math.max(0,Math.min(v.length-1,C+x));a(v[ae]?.value)},ie=x=>{if(x.isComposing||x.keyCode===229)return;let C=k;switch(x.key){case"ArrowDown":case"ArrowUp":C?B(x.key==="ArrowDown"?1:-1):u(!0);break;case"PageDown":case"PageUp":if(!C)return;B(x.key==="PageDown"?10:-10);break;case"Enter":if(!C)return;P(T);break;case"Escape":if(!C||o)return;D();break;default:return}x.preventDefault(),x.stopPropagation()};return e("div",{class:o?"ui-combobox inline":"ui-combobox",onFocusOut:x=>{let C=x.relatedTarget;!o&&!x.currentTarget.contains(C)&&D()},children:[e("input",{ref:p,id:n.id,type:"text",role:"combobox","aria-label":n.name,"aria-expanded":k,"aria-controls":k?`${m}-list`:void 0,"aria-autocomplete":"list","aria-activedescendant":k&&T!==void 0?On(m,T):void 0,autocomplete:"off",spellcheck:!1,placeholder:n.placeholder,value:s??(o?"":g?.text??""),onInput:({currentTarget:x})=>{i(x.value),a(void 0),u(!0),n.onType?.(x.value)},onClick:()=>u(!0),onFocus:({currentTarget:x})=>x.select(),onKeyDown:ie}),k&&e("div",{class:"ui-options",children:[e("div",{ref:h,id:`${m}-list`,role:"listbox","aria-label":n.name,children:v.map((x,C)=>e(Jn,{id:On(m,x),option:x,heading:x.group!==void 0&&x.group!==v[C-1]?.group?x.group:void 0,isCurrent:x===T,onChoose:()=>P(x),children:n.renderOption?.(x)},x.value))}),e("p",{class:"ui-options-note",role:"status",children:w.length===0?Ae("uiNoMatch"):w.length>v.length?Ae("uiMoreMatches",{n:w.length-v.length}):""})]})]})}function Jn({id:n,option:t,heading:r,isCurrent:o,onChoose:s,children:i}){let{text:c,hint:u,disabledBecause:d}=t;return e(F,{children:[r!==void 0&&e("div",{class:"ui-options-group",role:"presentation",children:r}),e("div",{id:n,class:"ui-option",role:"option","aria-selected":o,"aria-disabled":d!==void 0,onPointerDown:a=>a.preventDefault(),onClick:s,children:[i??e(F,{children:[e("span",{dir:"auto",children:c}),u!==void 0&&e("small",{dir:"auto",children:u})]}),d!==void 0&&e("small",{children:d})]})]})}function On(n,{value:t}){return`${n}-${t.replace(/[^\w-]/g,"_")}`}var Tn=`.chats {
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
`;var Cn={allAccounts:"All accounts",accountHint:"{uin} \xB7 {state}",accountUnread:"{n} unread",accountRequests:"{n} requests",conversations:"Conversations",tabs:"What the list shows",filterNames:"Filter by name or number",noConversations:"No conversations yet. Choose a friend, or find people, and say hello.",noUnread:"Nothing unread.",noMatchHere:"Nothing matches the filter. Clear it to see all.",namesKnown:"{known} of {all} names are known; the others follow, and are found by number.",moreConversations:"Show older conversations",draft:"Draft: {text}",asAccount:"as {name}",noName:"Name not known",presenceUnknown:"presence not known",friendsUnknown:"The friends are not known while the account is not logged in.",newestUnread:"Newest unread conversations",findPeople:"Find people",openAccount:"Open the chats of an account",allRead:"Everything is read",more:"More actions",searchHere:"Search in this conversation",searchText:"Text to find",searchNone:"Nothing found.",searchSome:"{n} found",searchedBack:"Searched back to position {seq}. There may be more.",searchOn:"Search on",jumpTo:"Jump to a date",jump:"Jump",noneSince:"There is no message on or after this date.",exportJson:"Export as JSON lines",exportText:"Export as text",exporting:"{n} events exported",stop:"Stop",beginning:"Beginning of the conversation",notKept:"Older events are no longer kept.",loadingOlder:"Loading older messages\u2026",newMessages:"New messages",newBelow:"{n} new messages",oneBelow:"1 new message",toEnd:"To the end",saysAt:"{name}, {time}",waiting:"waiting to be sent\u2026",withdraw:"Withdraw",queueFull:"50 messages of this conversation wait. Send is possible again when one has left.",counter:"{n} of {most} characters",readOnly:"Read-only: this token lacks send.",accountOut:"{name} is {state}. Messages cannot be sent.",accountGone:"The account {uin} is not on the bridge any more. The conversation stays readable.",peerRemoved:"{name} is not a friend.",whyOut:"Why",stale:"As of {time}: not connected.",refuseTitle:"Refuse the request of {name}?",refuseText:"Reason (optional)",dismissRequest:"Remove from list",dismissed:"The request was removed from the list. Nothing was sent.",requestsMore:"{n} of {total} requests are shown.",numberWrong:"A QQ number has 5 to 20 digits and does not begin with 0.",ageWrong:"An age is a whole number from 0 to 255.",close:"Close",enterBreaks:"Enter starts a new line"};var f=He(Cn,async()=>(await import("./chats-7e6cc1b665.js")).ZH);var Zn=3500,et=229;function Fn({account:n,peer:t,name:r,blocked:o}){let s=$(null),i=ke(n,t),c=ye(n,t).length>=50,u=i.length>4e3,d=matchMedia("(pointer: coarse)").matches,a=o??(u?l("tooLong",{n:i.length,most:4e3}):c?f("queueFull"):void 0);Z(()=>nt(s.current),[i]);let p=()=>{let{value:h}=s.current;h.trim()!==""&&a===void 0&&gn(n,t,h)&&Ne(n,t,""),s.current.focus()};return e("form",{class:"composer","data-region":!0,onSubmit:h=>{h.preventDefault(),p()},children:[e("textarea",{ref:s,rows:1,dir:"auto","aria-label":l("messageTo",{name:r}),"aria-describedby":"composer-hint","aria-invalid":u,placeholder:l("writeMessage"),value:i,onInput:({currentTarget:h})=>Ne(n,t,h.value),onKeyDown:h=>{h.key!=="Enter"||h.shiftKey||d||h.isComposing||h.keyCode===et||(h.preventDefault(),p())}}),e("button",{type:"submit",class:"primary round","aria-label":l("send"),"aria-describedby":"composer-hint",disabled:i.trim()===""||a!==void 0,children:e(V,{name:"send"})}),e("p",{id:"composer-hint",class:a===void 0?"hint":"hint bad",role:a===void 0?void 0:"status",children:a??(i.length>=Zn?f("counter",{n:i.length,most:4e3}):d?f("enterBreaks"):l("sendHint"))})]})}function nt(n){n.style.height="auto";let t=n.offsetHeight-n.clientHeight;n.style.height=`${n.scrollHeight+t}px`}var tt=1e5;async function En({account:n,peer:t},r,o,s){let i=[],c=0;for(let p=!0;p&&i.length<tt&&!o.aborted;){let h=await U("history",{with:t,events:["message","friend"],after:c},{account:n,lane:"background"});for(let m of h.events)i.push(ot(m,r));c=h.searched.to,p=h.more,s(i.length)}let u=r==="jsonl"?"application/jsonl":"text/plain",d=new Blob([i.map(p=>`${p}
`).join("")],{type:`${u};charset=utf-8`}),a=document.createElement("a");a.href=URL.createObjectURL(d),a.download=`${n}-${t}.${r==="jsonl"?"jsonl":"txt"}`,a.click(),setTimeout(()=>URL.revokeObjectURL(a.href),6e4)}function ot(n,t){if(t==="jsonl")return JSON.stringify(n);let{from:r,text:o=""}=n.data,s=r===void 0?n.account:O(Q(n.account,r),r),i=n.event.startsWith("friend.")?`[${n.event}] `:"";return`${n.at} ${s}: ${i}${o.replaceAll(`
`,`
  `)}`}var rt={"friend.request":"noteRequest","friend.accepted":"noteAccepted","friend.refused":"noteRefused","friend.added":"noteAdded"};function qn({row:n,name:t}){switch(n.kind){case"day":return e("p",{class:"day",children:bn(n.at)});case"unread":return e("p",{class:"unread-line",children:f("newMessages")});case"note":return e(st,{frame:n.frame,name:t});case"message":return e(it,{...n,name:t});case"outgoing":return e(at,{message:n.message})}}function st({frame:n,name:t}){let{text:r=""}=n.data,o=rt[n.event];return e("p",{class:"event","data-seq":n.seq,children:[e("bdi",{children:o===void 0?n.event:l(o,{name:t})}),r!==""&&e("q",{dir:"auto",children:r})]})}function it({frame:n,isInRun:t,isLastOwn:r,name:o}){let s=n.event==="message.sent",{text:i}=n.data;return e("div",{class:`bubble ${s?"own":""} ${t?"in-run":""}`,"data-seq":n.seq,title:Te(n.at),children:[e("span",{class:"visually-hidden",children:f("saysAt",{name:s?l("you"):o,time:Re(n.at)})}),e("p",{dir:"auto",children:i}),!t&&e("span",{class:"meta",children:[r&&e(F,{children:[l("sent")," \xB7"," "]}),e("time",{dateTime:n.at,children:Re(n.at)})]})]})}function at({message:n}){let{state:t,text:r,code:o,details:s}=n,i=t==="failed"||t==="unknown";return e("div",{class:`bubble own ${t}`,"data-key":n.key,children:[e("span",{class:"visually-hidden",children:[l("you"),":"]}),e("p",{dir:"auto",children:r}),t==="sending"&&e("span",{class:"meta",children:l("sending")}),t==="waiting"&&e("span",{class:"meta",children:[f("waiting")," ",e("button",{type:"button",class:"link",onClick:()=>Le(n),children:f("withdraw")})]}),i&&e(F,{children:[e("div",{class:"outcome",role:"alert",children:[e("strong",{children:l(t==="failed"?"notSent":"outcomeUnknown")}),o!==void 0&&e("span",{children:sn(o,"send")}),s!==void 0&&e("details",{children:[e("summary",{children:l("details")}),e("span",{lang:"en",dir:"auto",children:s})]})]}),e("div",{class:"actions",children:[e("button",{type:"button",class:"small",onClick:()=>xn(n),children:l(t==="failed"?"retry":"askAgain")}),e("button",{type:"button",class:"small",onClick:()=>Le(n),children:l("discard")})]})]})]})}var ct=5*6e4;function jn(n,t,r){let o=[],s="",i=r!==void 0,c=n.findLast(({event:d})=>d==="message.sent"),u=t.filter(d=>!d.isEchoed);for(let[d,a]of n.entries()){let p=new Date(a.at).toDateString();p!==s&&(s=p,o.push({kind:"day",key:`day ${p}`,at:a.at})),i&&a.seq>=r&&(i=!1,o.push({kind:"unread",key:"unread"}));let h=String(a.seq);if(!An(a)){o.push({kind:"note",key:h,frame:a});continue}let m=n[d+1],g=m===void 0||!lt(a,m)||i&&m.seq>=r;o.push({kind:"message",key:h,frame:a,isInRun:!g,isLastOwn:a===c})}for(let d of u)o.push({kind:"outgoing",key:d.key,message:d});return o}function An(n){return Ge(n)||n.event==="message.sent"}function lt(n,t){return An(t)&&n.event==="message.sent"==(t.event==="message.sent")&&Date.parse(t.at)-Date.parse(n.at)<ct&&new Date(n.at).toDateString()===new Date(t.at).toDateString()}var Nn=600,dt=80,ut=1e3,mt=2e3;function Ln({thread:n,at:t,name:r}){let{account:o,peer:s}=n,i=Xe(o,s),c=n.window.value,u=n.isLoaded.value,d=oe.get(i),a=ye(o,s),p=N(),[h,m]=b(!0),[g,w]=b(d?.firstUnread),v=$(!1),k=J(()=>jn(c.events,a,g),[c,a,g]),T=Oe({count:k.length,estimate:36,keyOf:S=>k[S].key,anchor:"end",overscan:8}),D=t??g,P=()=>p.run(async()=>{let{events:S,hasNewer:H}=n.window.peek();n.isLoaded.peek()&&S.some(({seq:Ee})=>Ee===D)||(t===void 0&&(d?.unread??0)<dt?(!n.isLoaded.peek()||H)&&await ve(n):D!==void 0?await dn(n,D):(!n.isLoaded.peek()||H)&&await ve(n))},"history");y(()=>void P(),[t]);let B=$(void 0);Z(()=>{if(!u||k.length===0||B.current===(t??"end"))return;let S=k.findIndex(H=>t===void 0?H.kind==="unread":H.key===String(t));t!==void 0&&S<0||(B.current=t??"end",S>=0?T.scrollTo(S,t===void 0?"start":"center"):T.scrollToEnd())});let ie=()=>{let S=T.scroll.current;if(S===null)return;let H=S.scrollHeight-S.scrollTop-S.clientHeight,K=H<8&&!n.window.peek().hasNewer;if(n.isFollowing=K,m(K),v.current||!n.isLoaded.peek())return;let{hasOlder:Ee,hasNewer:Xn}=n.window.peek(),Pe=S.scrollTop<Nn&&Ee?mn:H<Nn&&Xn?fn:void 0;Pe!==void 0&&(v.current=!0,Pe(n).catch(()=>{}).finally(()=>v.current=!1))};y(ie,[u,k.length]);let x=c.events.at(-1),C=d?.unread??0;pt(n,h&&u,x?.seq,C),y(()=>{g===void 0&&C>0&&(!h||document.hidden)&&w(d?.firstUnread),x?.event==="message.sent"&&g!==void 0&&x.seq>g&&w(void 0)},[C,x?.seq]);let ae=async()=>{n.window.peek().hasNewer&&await p.run(()=>ve(n),"history"),requestAnimationFrame(()=>T.scrollToEnd())};return e("div",{class:"message-area",children:[e("div",{ref:T.scroll,class:"messages",tabIndex:0,role:"region","data-region":!0,"aria-label":l("messages"),onScroll:ie,onKeyDown:S=>{S.key!=="End"&&S.key!=="Escape"||(S.preventDefault(),ae())},children:[e(M,{task:p}),p.failure!==void 0&&e("button",{type:"button",class:"small older",onClick:()=>void P(),children:l("retry")}),!u&&p.failure===void 0&&e(X,{}),u&&e(ft,{window:c}),e("ol",{style:{height:`${T.height}px`},"aria-label":l("messages"),children:T.items.map(({index:S,start:H})=>{let K=k[S];return K===void 0?null:e("li",{ref:T.measure,class:`line of-${K.kind}`,"data-index":S,"aria-setsize":c.hasOlder?-1:k.length,"aria-posinset":S+1,style:{transform:`translateY(${H}px)`},children:e(qn,{row:K,name:r})},K.key)})})]}),!h&&e("button",{type:"button",class:"pill",onClick:()=>void ae(),children:[C===0?f("toEnd"):C===1?f("oneBelow"):f("newBelow",{n:C})," \u2193"]})]})}function ft({window:n}){let{events:t,hasOlder:r,oldestKept:o}=n;return r?e("p",{class:"hint top",children:f("loadingOlder")}):t.length===0&&o<=1?e("p",{class:"hint top",children:l("noMessages")}):e("p",{class:"hint top",children:f(o>1?"notKept":"beginning")})}function pt({account:n,peer:t},r,o,s){let i=$(0);y(()=>{if(!r||o===void 0||s===0||!I("send"))return;let c,u=()=>!document.hidden&&document.hasFocus(),d=()=>{u()&&(i.current=Date.now(),en(n,t,o).catch(()=>{}))},a=()=>{if(clearTimeout(c),!u())return;let p=i.current+mt-Date.now();c=setTimeout(d,Math.max(ut,p))};return a(),addEventListener("focus",a),document.addEventListener("visibilitychange",a),()=>{clearTimeout(c),removeEventListener("focus",a),document.removeEventListener("visibilitychange",a)}},[r,o,s>0])}var ht=3,gt=["province","city","country","occupation","school","homepage","introduction"];function Rn({account:n,peer:t,onClose:r}){let[o,s]=b(),[i,c]=b(!1),u=N(),d=N(),a=A(n,t),p=_(O(a,t));y(()=>{u.run(async()=>{s((await U("profile",{uin:t,level:ht},{account:n})).profile)},"profile")},[]);let h=()=>d.run(async()=>{await U("removeFriend",{uin:t},{account:n}),fe(n,t,!1),r()},"removeFriend");return e(ee,{title:l("profileOf",{name:p}),onClose:r,children:[e("div",{class:"who",children:[e(R,{uin:t,face:o?.face??a?.face,size:"large"}),e("div",{children:[e("p",{children:e(L,{person:a,uin:t})}),e("p",{class:"hint",children:t})]})]}),o===void 0?u.busy&&e("p",{class:"hint",children:l("loading")}):e("dl",{class:"facts",children:xt(o).map(([m,g])=>e("div",{children:[e("dt",{children:l(m)}),e("dd",{children:g})]},m))}),e(M,{task:u}),I("manage")&&me(n,t)&&e("div",{class:"actions",children:e("button",{type:"button",class:"danger",onClick:()=>c(!0),children:l("removeFriend")})}),i&&e(wn,{title:l("removeFriend"),action:l("removeFriend"),isBusy:d.busy,onConfirm:h,onClose:()=>c(!1),children:[e("p",{children:l("removeFriendAsk",{name:p})}),e(M,{task:d})]})]})}function xt(n){let{age:t,sex:r,zodiac:o,animal:s,bloodType:i}=n,c=Be.value;return[["age",t?String(t):void 0],["sex",r?re.sex[r][c]:void 0],...gt.map(d=>[d,n[d]]),["zodiac",o?re.zodiac[o][c]:void 0],["animal",s?re.animal[s][c]:void 0],["bloodType",i?re.bloodType[i][c]:void 0]].filter(d=>d[1]!==void 0&&d[1]!=="")}function _n({thread:n,onOpen:t,onClose:r}){let[o,s]=b(),i=$(null),c=N();y(()=>i.current?.focus(),[]);let u=(d,a)=>c.run(async()=>{let p=await pn(n,d,a),h=a===void 0?[]:o?.events??[];s({...p,text:d,events:[...h,...p.events]})},"history");return e("div",{class:"search-bar",onKeyDown:d=>{d.key==="Escape"&&r()},children:[e("form",{role:"search",onSubmit:Y(d=>{let a=z(d,"text");a!==""&&u(a)}),children:[e("input",{ref:i,name:"text",type:"search","data-filter":!0,"aria-label":f("searchText"),placeholder:f("searchText"),maxLength:256}),e("button",{type:"submit",class:"small",disabled:c.busy,children:l(c.busy?"searching":"search")})]}),e("form",{onSubmit:Y(d=>{let a=z(d,"date");a!==""&&c.run(async()=>{let p=new Date(`${a}T00:00:00`).toISOString(),h=await un(n,p);if(h===void 0)return f("noneSince");t(h)},"history")}),children:[e("input",{name:"date",type:"date","aria-label":f("jumpTo")}),e("button",{type:"submit",class:"small",disabled:c.busy,children:f("jump")})]}),e("button",{type:"button",class:"quiet ui-square","aria-label":f("close"),onClick:r,children:e(V,{name:"close"})}),e(M,{task:c}),e("div",{role:"status",children:[c.success!==void 0&&e("p",{class:"hint",children:c.success}),o!==void 0&&e("p",{class:"hint",children:[o.events.length===0?f("searchNone"):f("searchSome",{n:o.events.length})," ",o.more&&f("searchedBack",{seq:o.from})]})]}),o!==void 0&&e("ul",{class:"found",children:o.events.map(d=>e("li",{children:e("button",{type:"button",class:"quiet",onClick:()=>t(d.seq),children:[e("bdi",{children:d.data.text}),e("time",{dateTime:d.at,children:Te(d.at)})]})},d.seq))}),o?.more&&e("button",{type:"button",class:"small",disabled:c.busy,onClick:()=>u(o.text,o.from),children:f("searchOn")})]})}var bt=1500;function $n({view:n,account:t,peer:r,at:o}){let[s,i]=b(!1),[c,u]=b(!1),[d,a]=b(),[p,h]=b(),m=q.get(t),g=A(t,r),w=_(O(g,r)),v=cn(t,r);y(()=>W("open",t,[r,t]),[t,r,j(m)]);let k=async P=>{let B=new AbortController;h(B),a(0),await En(v,P,B.signal,a).catch(()=>{}),a(void 0)},T=de.value&&m===void 0,D=me(t,r);return y(()=>{if(D!==void 0||!j(m))return;let P=()=>te(t,"background").catch(()=>{});P();let B=setTimeout(P,bt);return()=>clearTimeout(B)},[t,j(m)]),e("section",{class:"pane","aria-label":l("conversationWith",{name:w}),children:[e("header",{class:"pane-head",children:[e("a",{class:"button quiet back",href:E("chats",[n]),"aria-label":l("back"),children:e(V,{name:"back"})}),e(R,{uin:r,face:g?.face,status:j(m)&&D?g?.status:void 0}),e("div",{class:"texts",children:[e("h2",{children:e(L,{person:g,uin:r})}),e("p",{class:"hint",children:[vt(m,D,g?.status)," \xB7 ",r,n==="all"&&` \xB7 ${f("asAccount",{name:_(O(m,t))})}`]})]}),e("button",{type:"button",class:"quiet ui-square","aria-label":f("searchHere"),"aria-expanded":c,onClick:()=>u(!c),children:e(V,{name:"search"})}),e("button",{type:"button",class:"quiet ui-square","aria-label":l("profileOf",{name:w}),onClick:()=>i(!0),children:e(V,{name:"info"})}),e(hn,{name:f("more"),items:[{text:f("exportJson"),icon:"download",onChoose:()=>void k("jsonl")},{text:f("exportText"),icon:"download",onChoose:()=>void k("text")}]})]}),c&&e(_n,{thread:v,onOpen:P=>ce(wt(n,t,r,P)),onClose:()=>u(!1)}),d!==void 0&&e("p",{class:"note warn bar",role:"status",children:[e("span",{children:f("exporting",{n:d})}),e("button",{type:"button",class:"small",onClick:()=>p?.abort(),children:f("stop")})]}),T&&e("p",{class:"note warn bar",role:"status",children:f("accountGone",{uin:t})}),m!==void 0&&!j(m)&&e(yt,{account:m}),!T&&D===!1&&e("p",{class:"note bar quiet-note",children:f("peerRemoved",{name:w})}),e(Ln,{thread:v,at:o,name:w},ln.value),T?null:I("send")?e(Fn,{account:t,peer:r,name:w,blocked:m===void 0||j(m)?void 0:Mn(m)}):e("p",{class:"hint read-only",children:f("readOnly")}),s&&e(Rn,{account:t,peer:r,onClose:()=>i(!1)})]})}function wt(n,t,r,o){return E("chats",[n,r],{as:n==="all"?t:void 0,at:o})}function vt(n,t,r){return t===void 0||!j(n)?f("presenceUnknown"):t?r===void 0?f("presenceUnknown"):l(r):l("stranger")}function Mn(n){return f("accountOut",{name:_(O(n)),state:l(le[n.state])})}function yt({account:n}){let t=N(),{uin:r,reason:o,state:s}=n;return e("div",{class:"note warn bar",role:"status",children:[e("div",{class:"note-text",children:[e("p",{children:Mn(n)}),o!==void 0&&e("details",{children:[e("summary",{children:f("whyOut")}),e("p",{lang:"en",children:o})]}),e(M,{task:t})]}),I("manage")&&s!=="connecting"&&e("button",{type:"button",class:"small",disabled:t.busy,onClick:()=>t.run(async()=>{await U("login",{},{account:r}),await Ve()},"login"),children:l("logIn")})]})}function Fe(n){let{items:t,keyOf:r}=n,[o,s]=b(),i=$(!1),c=m=>m===void 0?-1:t.findIndex(g=>r(g)===m),u=c(o),d=u>=0?u:Math.max(0,c(n.current)),a=Oe({count:t.length,estimate:n.itemHeight??60,keyOf:m=>r(t[m]),keep:d}),p=a.items[0]?.index??0,h=a.items.at(-1)?.index??-1;return y(()=>{h>=0&&n.onShow?.(p,h)},[p,h,t]),Z(()=>{i.current&&a.scroll.current?.querySelector(`[data-index="${u}"] a`)?.focus({preventScroll:!0})},[o]),e("div",{ref:a.scroll,class:"ui-list",onFocusIn:()=>i.current=!0,onFocusOut:()=>i.current=!1,onKeyDown:m=>{if(m.altKey||m.ctrlKey||m.metaKey)return;let g=vn(m.key,d,t.length);g!==void 0&&(m.preventDefault(),s(r(t[g])),a.scrollTo(g))},children:e("div",{role:"list","aria-label":n.name,style:{height:`${a.height}px`},children:a.items.map(({index:m,start:g})=>{let w=t[m];if(w===void 0)return null;let v=r(w);return e("div",{ref:a.measure,role:"listitem","data-index":m,"aria-setsize":t.length,"aria-posinset":m+1,style:{transform:`translateY(${g}px)`},children:e("a",{href:n.linkOf(w),tabIndex:m===d?0:-1,"aria-current":v===n.current?"true":void 0,onFocus:()=>s(v),onClick:k=>n.onChoose?.(w,k),children:n.render(w)})},v)})})})}function In({view:n,peer:t,account:r}){let[o,s]=b(""),[i,c]=b(!1),u=o.trim().toLowerCase(),d=J(()=>ge(n),[n,oe.version,pe.version]),a=J(()=>u===""?d:d.filter(m=>{let g=O(Q(m.account,m.with),m.with);return`${m.with} ${g}`.toLowerCase().includes(u)}),[d,u,u===""?0:ue.value]),p=pe.get(n)??pe.get("all"),h=async()=>{c(!0),await xe(n,!0).catch(()=>{}),c(!1)};return e(F,{children:[e("input",{class:"filter",type:"search","data-filter":!0,"aria-label":f("filterNames"),placeholder:f("filterNames"),value:o,onInput:({currentTarget:m})=>s(m.value)}),p===void 0&&Ce.value===void 0&&e(X,{}),p===void 0&&Ce.value!==void 0&&e(an,{error:rn(Ce.value)}),p!==void 0&&d.length===0&&e(G,{title:f("noConversations")}),d.length>0&&a.length===0&&e(G,{title:f("noMatchHere")}),e(Fe,{name:f("conversations"),items:a,itemHeight:60,keyOf:Un,current:t===void 0?void 0:`${r}/${t}`,linkOf:m=>kt(n,m),render:m=>e(St,{one:m,hasAccount:n==="all"}),onChoose:$e,onShow:(m,g)=>Ot(a.slice(m,g+1))}),p?.next!==void 0&&e("button",{type:"button",class:"small column-more",disabled:i,onClick:()=>void h(),children:f("moreConversations")})]})}function Un(n){return`${n.account}/${n.with}`}function kt(n,t){return n==="all"?E("chats",["all",t.with],{as:t.account}):E("chats",[t.account,t.with])}function $e(){matchMedia("(pointer: coarse)").matches||requestAnimationFrame(()=>requestAnimationFrame(()=>document.querySelector(".composer textarea")?.focus()))}function Ot(n){let t=new Map;for(let r of n){let o=t.get(r.account)??[];o.push(r.with),t.set(r.account,o)}for(let[r,o]of t)W("conversations",r,o)}function St({one:n,hasAccount:t}){let r=oe.get(Un(n))??n,{account:o,with:s,last:i,unread:c}=r,u=A(o,s),d=q.get(o),a=j(d)&&u?.isFriend?u.status:void 0,p=ke(o,s);return e("span",{class:"row",children:[e(R,{uin:s,face:u?.face,status:a}),e("span",{class:"texts",children:[e(L,{person:u,uin:s}),e("span",{class:"preview",dir:"auto",children:p===""?Tt(r):f("draft",{text:p})}),t&&e("span",{class:"chip",children:f("asAccount",{name:O(d,o)})})]}),e("span",{class:"marks",children:[e("time",{dateTime:i.at,children:Se(i.at)}),e(Me,{count:c})]})]})}function Me({count:n}){if(n===0)return null;let t=n>=1e3?`${1e3}+`:String(n);return e("span",{class:"badge",children:[e("span",{"aria-hidden":"true",children:t}),e("span",{class:"visually-hidden",children:l("unread",{n:t})})]})}var Pn={"friend.request":"noteRequest","friend.accepted":"noteAccepted","friend.refused":"noteRefused","friend.added":"noteAdded"};function Tt({account:n,with:t,last:r}){let{text:o=""}=r.data;if(r.event==="message.sent")return`${l("you")}: ${o}`;if(r.event in Pn){let s=O(Q(n,t),t);return l(Pn[r.event],{name:s})}return o}var Ct=100,Ft={added:"answerAdded",needs_verification:"answerAsked",refused:"answerRefused"};function Bn({account:n}){let[t,r]=b(),[o,s]=b(),[i,c]=b({}),u=N(),d=(a,p)=>u.run(async()=>{r(void 0),r(await p())},a);return e("div",{class:"scroll find",children:[e("form",{noValidate:!0,onSubmit:Y(a=>{if(!yn(z(a,"uin")))return c({uin:f("numberWrong")});c({}),d("profile",()=>jt(n,a))}),children:e(se,{name:l("findNumber"),problem:i.uin,isRequired:!0,render:a=>e("span",{class:"joined",children:[e("input",{...a,name:"uin",inputMode:"numeric",autocomplete:"off"}),e("button",{type:"submit",disabled:u.busy,children:l("search")})]})})}),e("form",{noValidate:!0,onSubmit:Y(a=>{let p=z(a,"age");if(p!==""&&!/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(p))return c({age:f("ageWrong")});c({}),d("search",()=>At(n,a))}),children:e("fieldset",{children:[e("legend",{children:l("findPeople")}),e("div",{class:"three",children:[e(se,{name:l("age"),problem:i.age,render:a=>e("input",{...a,name:"age",inputMode:"numeric"})}),e(se,{name:l("sex"),render:a=>e("select",{...a,name:"sex",children:[e("option",{value:"",children:l("any")}),e("option",{value:"male",children:l("male")}),e("option",{value:"female",children:l("female")})]})}),e(se,{name:l("province"),render:a=>e("input",{...a,name:"province",maxLength:256})})]}),e("button",{type:"submit",disabled:u.busy,children:l(u.busy?"searching":"search")})]})}),e(we,{task:u}),e(Et,{account:n,people:t,onAsk:a=>s(a)}),o!==void 0&&e(qt,{account:n,person:o,onClose:()=>s(void 0),onDone:a=>void u.run(()=>Promise.resolve(a))})]})}function Et({account:n,people:t,onAsk:r}){return t===void 0?null:t.length===0?e(be,{title:l("foundNobody")}):e(F,{children:[e("p",{class:"hint",role:"status",children:l("found",{n:t.length})}),e("ul",{class:"contacts",children:t.slice(0,Ct).map(o=>{let{uin:s}=o,i=A(n,s),c=_(O(o));return e("li",{class:"person",children:[e(R,{uin:s,face:i?.face??o.face}),e("span",{class:"texts",children:[e(L,{person:o,uin:s}),e("span",{class:"preview",children:s})]}),i?.isFriend?e("a",{class:"button small",href:E("chats",[n,s]),children:l("openChats")}):I("manage")&&s!==n&&e("button",{type:"button",class:"small","aria-label":l("addFriendNamed",{name:c}),onClick:()=>r(o),children:l("addFriend")})]},s)})})]})}function qt({account:n,person:t,onClose:r,onDone:o}){let s=N(),i=_(O(t));return e(ee,{title:l("addFriendNamed",{name:i}),onClose:r,children:e("form",{onSubmit:Y(c=>s.run(async()=>{let u=z(c,"reason"),{answer:d}=await U("addFriend",{uin:t.uin,...u===""?{}:{reason:u}},{account:n});o(l(Ft[d],{name:i})),r(),d==="added"&&fe(n,t.uin,!0)},"addFriend")),children:[e(on,{label:l("requestReason",{name:i}),hint:l("optional"),children:e("input",{name:"reason",maxLength:256,autocomplete:"off"})}),e(M,{task:s}),e("div",{class:"actions",children:[e("button",{type:"submit",class:"primary",disabled:s.busy,children:l("sendRequest")}),e("button",{type:"button",onClick:r,children:l("cancel")})]})]})})}async function jt(n,t){let{profile:r}=await U("profile",{uin:z(t,"uin")},{account:n}),{uin:o,nickname:s,face:i}=r;return[{uin:o,nickname:s,...i===void 0?{}:{face:i}}]}async function At(n,t){let[r,o,s]=["age","sex","province"].map(c=>z(t,c)),{people:i}=await U("search",{...r?{age:Number(r)}:{},...o?{sex:o}:{},...s?{province:s}:{}},{account:n});return i}var Nt=1e4,Lt=1e3;function Hn({account:n,peer:t}){let[r,o]=b(""),s=N(),i=Je.get(n),c=q.get(n);y(()=>void s.run(()=>te(n)),[n,j(c)]);let u=i?.pending??0,d=i?.uins.length??0,a=d===0&&u>0;y(()=>{if(u===0)return;let m=setInterval(()=>{document.hidden||te(n,"background").catch(()=>{})},a?Lt:Nt);return()=>clearInterval(m)},[n,u===0,a]);let p=r.trim().toLowerCase(),h=J(()=>{let{compare:m}=new Intl.Collator(qe());return(i?.uins??[]).map(g=>({uin:g,name:O(Q(n,g),g)})).filter(({uin:g,name:w})=>p===""||`${g} ${w.toLowerCase()}`.includes(p)).sort((g,w)=>m(g.name,w.name))},[i,p,ue.value,qe()]);return e(F,{children:[e("input",{class:"filter",type:"search","data-filter":!0,"aria-label":f("filterNames"),placeholder:f("filterNames"),value:r,onInput:({currentTarget:m})=>o(m.value)}),e(M,{task:s}),(i===void 0||a)&&s.failure===void 0&&e(X,{}),i!==void 0&&d===0&&!a&&e(G,{title:j(c)?l("noFriends"):f("friendsUnknown")}),d>0&&h.length===0&&e(G,{title:f("noMatchHere")}),u>0&&d>0&&e("p",{class:"hint column-note",children:f("namesKnown",{known:d-u,all:d})}),e(Fe,{name:l("friends"),items:h,itemHeight:56,keyOf:({uin:m})=>m,current:t,linkOf:({uin:m})=>E("chats",[n,m]),render:({uin:m})=>e(Rt,{account:n,uin:m}),onChoose:$e,onShow:(m,g)=>W("friends",n,h.slice(m,g+1).map(({uin:w})=>w))})]})}function Rt({account:n,uin:t}){let r=A(n,t),o=j(q.get(n))?r?.status:void 0;return e("span",{class:"row",children:[e(R,{uin:t,face:r?.face,status:o}),e("span",{class:"texts",children:[e(L,{person:r,uin:t}),e("span",{class:"preview",children:[o===void 0?f("presenceUnknown"):l(o)," \xB7 ",t]})]})]})}var zn=5;function Kn({view:n,onFind:t}){let r=ge(n).filter(o=>o.unread>0).slice(0,zn);return e("section",{class:"pane nothing","aria-label":l("messages"),"data-region":!0,children:e("div",{class:"nothing-open",children:[e("h2",{children:f(r.length>0?"newestUnread":"allRead")}),e("ul",{children:r.map(({account:o,with:s,unread:i})=>e("li",{children:e("a",{class:"row",href:n==="all"?E("chats",["all",s],{as:o}):E("chats",[o,s]),children:[e(R,{uin:s,face:A(o,s)?.face}),e(L,{person:A(o,s),uin:s}),e(Me,{count:i})]})},`${o}/${s}`))}),r.length===0&&e("p",{class:"hint",children:l("pickChatHint")}),n==="all"&&e(_t,{}),n!=="all"&&e("button",{type:"button",onClick:t,children:f("findPeople")})]})})}function _t(){let n=ne.value.slice(0,zn);return e(F,{children:[e("h2",{children:f("openAccount")}),e("ul",{children:n.map(t=>e("li",{children:e("a",{class:"row",href:E("chats",[t]),children:[e(R,{uin:t,face:A(t,t)?.face}),e(L,{person:q.get(t),uin:t})]})},t))})]})}var $t=100;function Wn({view:n}){let t=N();y(()=>void Ze().catch(()=>{}),[n]);let{list:r,total:o}=Ye.value,s=n==="all"?r:r.filter(({account:c})=>c===n),i=s.slice(0,$t);return y(()=>{for(let c of new Set(i.map(u=>u.account)))W("requests",c,i.filter(u=>u.account===c).map(({from:u})=>u))},[s]),e("div",{class:"scroll",children:[e(we,{task:t}),s.length===0&&e(G,{title:l("noRequests")}),e("ul",{class:"requests",children:i.map(c=>e(Mt,{request:c,hasAccount:n==="all",task:t},`${c.account}/${c.from}/${c.seq}`))}),s.length>i.length&&e("p",{class:"hint",children:f("requestsMore",{n:i.length,total:n==="all"?o:s.length})})]})}function Mt({request:n,hasAccount:t,task:r}){let{account:o,from:s,text:i,at:c}=n,[u,d]=b(!1),[a,p]=b(!1),h=A(o,s),m=_(O(h,s)),g=(w,v="")=>r.run(async()=>{try{await nn(n,w,v)}catch(k){throw k instanceof Ke&&k.code==="rejected"&&d(!0),k}return w==="dismiss"?f("dismissed"):l(w==="accept"?"accepted":"refused",{name:m})},"answerRequest");return e("li",{class:"card","aria-label":l("requestFrom",{name:m}),children:[e("div",{class:"who",children:[e(R,{uin:s,face:h?.face}),e("div",{children:[e("p",{children:e(L,{person:h,uin:s})}),e("p",{class:"hint",children:[s," \xB7 ",e("time",{dateTime:c,children:Se(c)}),t&&` \xB7 ${f("asAccount",{name:_(O(q.get(o),o))})}`]})]})]}),i!==""&&e("blockquote",{dir:"auto",children:i}),I("manage")&&e("div",{class:"actions",children:[!u&&e(F,{children:[e("button",{type:"button",class:"primary",disabled:r.busy,onClick:()=>g("accept"),children:l("accept")}),e("button",{type:"button",disabled:r.busy,onClick:()=>p(!0),children:l("refuse")})]}),e("button",{type:"button",class:"quiet",disabled:r.busy,onClick:()=>g("dismiss"),children:f("dismissRequest")})]}),a&&e(Dt,{name:m,onClose:()=>p(!1),onRefuse:w=>{p(!1),g("refuse",w)}})]})}function Dt({name:n,onClose:t,onRefuse:r}){let[o,s]=b("");return e(ee,{title:f("refuseTitle",{name:n}),onClose:t,actions:e(F,{children:[e("button",{type:"button",onClick:t,children:l("cancel")}),e("button",{type:"button",class:"danger primary",onClick:()=>r(o.trim()),children:l("refuse")})]}),children:e("label",{class:"field",children:[e("span",{children:f("refuseText")}),e("input",{maxLength:256,value:o,onInput:({currentTarget:i})=>s(i.value)})]})})}tn(Tn);var Pt=["conversations","friends","requests","find"],De=Ue("conversations");function Ni({params:n,query:t}){let r=ne.value,o=n.account??(r.length===1?r[0]:"all"),s=o==="all"?t.get("as")??void 0:o,{peer:i}=n,c=s!==void 0&&q.get(s)!==void 0;return y(()=>{if(!(o==="all"||!c))return xe(o,!1,"background").catch(()=>{}),We(o,Qe)},[o,c]),!de.value&&i===void 0?e("div",{class:"page",children:[e("h1",{class:"visually-hidden",children:l("chats")}),e(X,{})]}):r.length===0&&i===void 0?e("div",{class:"page",children:[e("h1",{children:l("chats")}),e(be,{title:l("noAccounts"),hint:l("noAccountsHint"),children:e("a",{class:"button primary",href:E("accounts"),children:l("accounts")})})]}):e("div",{class:`chats ${i===void 0?"":"in-conversation"}`,children:[e("h1",{class:"visually-hidden",children:l("chats")}),e("section",{class:"column","aria-label":l("chats"),"data-region":!0,children:[e("header",{class:"column-head",children:[e(Bt,{view:o}),o!=="all"&&q.get(o)!==void 0&&e(ze,{state:q.get(o).state})]}),e(Ut,{view:o}),e(It,{view:o,peer:i,account:s})]}),i===void 0||s===void 0?e(Kn,{view:o,onFind:()=>De.value="find"}):e($n,{view:o,account:s,peer:i,at:Number(t.get("at"))||void 0},`${s}/${i}`)]})}function It({view:n,peer:t,account:r}){switch(Vn(n)){case"conversations":return e(In,{view:n,peer:t,account:r});case"friends":return e(Hn,{account:n,peer:t},n);case"requests":return e(Wn,{view:n});case"find":return e(Bn,{account:n},n)}}function Vn(n){let t=De.value;return n==="all"&&(t==="friends"||t==="find")?"conversations":t}function Ut({view:n}){let t=Vn(n),r=n==="all"?[...he.value.values()].reduce((o,s)=>o+s,0):he.value.get(n)??0;return e("div",{class:"tabs",role:"group","aria-label":f("tabs"),children:Pt.filter(o=>n!=="all"||o==="conversations"||o==="requests").map(o=>e("button",{type:"button","aria-pressed":o===t,onClick:()=>De.value=o,children:[o==="conversations"?f(o):l(o),o==="requests"&&r>0&&e("span",{class:"badge",children:r})]},o))})}function Bt({view:n}){je.version;let t=he.value,r=ne.value.map(i=>{let c=q.get(i),u=je.peek(i)??0,d=t.get(i)??0,a=[i,...c===void 0||j(c)?[]:[l(le[c.state])],...u>0?[f("accountUnread",{n:u})]:[],...d>0?[f("accountRequests",{n:d})]:[]];return{value:i,text:_(O(c,i)),hint:a.join(" \xB7 ")}}),o={value:"all",text:f("allAccounts")},s=r.length===1;return e(Sn,{name:l("account"),options:s?r:[o,...r],value:n,onChoose:i=>ce(E("chats",[i]))})}export{Ni as ChatsPage};

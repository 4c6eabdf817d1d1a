import{a as pe}from"./chunk-5d2e8f1a93.js";import{a as tn}from"./chunk-d807088607.js";import{a as Xe}from"./chunk-2e0a9e6d76.js";import{a as sn}from"./chunk-f79c9d1716.js";import{a as X}from"./chunk-4af29d5415.js";import{b as he}from"./chunk-92bcfbac36.js";import"./chunk-64cae64244.js";import{a as me,b as fe,c as ye,d as on,e as rn,f as Oe}from"./chunk-c1599ab7cb.js";import{b as H}from"./chunk-ab5a35c585.js";import{a as ee,b as ke,d as ae,f as le,g as ce,h as de,j as Ge}from"./chunk-ee4c56542b.js";import{a as L,b as se,c as J,e as O,f as ze}from"./chunk-5ea57c0536.js";import{a as re,b as Me}from"./chunk-d87e4d84ed.js";import{a as R,b as P}from"./chunk-d2620b2114.js";import{a as A}from"./chunk-42e248aa20.js";import{a as D,b as $}from"./chunk-e281799292.js";import{a as B}from"./chunk-396223addb.js";import"./chunk-03cb81ffd2.js";import{a as Ke,b as ie,c as N,d as Q,e as Be,f as T,j as Z,k as Ve,m as K}from"./chunk-c214e45a7f.js";import"./chunk-570872fef3.js";import"./chunk-ff4ab8e738.js";import{a}from"./chunk-39ff2057df.js";import{a as Je,c as Qe,f as ue,g as Ze,i as en,j as nn}from"./chunk-0cea23a4ea.js";import{b as We}from"./chunk-6d9b40276f.js";import{a as He,c as Pe}from"./chunk-c216db5062.js";import{a as ve,d as $e,e as Re,f as Ie}from"./chunk-d490d1e7a1.js";import{a as V,c as G,d as Ye}from"./chunk-3a72daabe9.js";import{a as _e,b as Ne}from"./chunk-6c4968ad0d.js";import{e as Y}from"./chunk-d5ac9a946b.js";import{a as e,i as we,n as c,o as Ue}from"./chunk-9587a19931.js";import{p as qe,r as De}from"./chunk-984849db8b.js";import{c as M,e as S,f as w,g as z,h as q,i as I,l as Fe,o as je,s as W}from"./chunk-f76a2ab3ff.js";var an=`.chats {
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
`;var En=3500,Ln=229,Tn=2e3,Se=0;function ne(){matchMedia("(pointer: coarse)").matches||(Se=Date.now()+Tn,document.querySelector(".composer textarea")?.focus())}function ln({account:n,peer:t,name:r,blocked:o}){let s=q(null),i=fe(n,t),h=me(n,t).length>=50,f=i.length>4e3,u=matchMedia("(pointer: coarse)").matches,m=o??(f?c("tooLong",{n:i.length,most:4e3}):h?a("queueFull"):void 0);z(()=>Fn(s.current),[i]),w(()=>{Date.now()<Se&&s.current?.focus(),Se=0},[]);let p=()=>{let{value:g}=s.current;g.trim()!==""&&m===void 0&&on(n,t,g)&&ye(n,t,""),s.current.focus()};return e("form",{class:"composer","data-region":!0,onSubmit:g=>{g.preventDefault(),p()},children:[e("textarea",{ref:s,rows:1,dir:"auto","aria-label":c("messageTo",{name:r}),"aria-describedby":"composer-hint","aria-invalid":f,placeholder:c("writeMessage"),value:i,onInput:({currentTarget:g})=>ye(n,t,g.value),onKeyDown:g=>{g.key!=="Enter"||g.shiftKey||u||g.isComposing||g.keyCode===Ln||(g.preventDefault(),p())}}),e("button",{type:"submit",class:"primary round","aria-label":c("send"),"aria-describedby":"composer-hint",disabled:i.trim()===""||m!==void 0,children:e(Y,{name:"send"})}),e("p",{id:"composer-hint",class:m===void 0?"hint":"hint bad",role:m===void 0?void 0:"status",children:m??(i.length>=En?a("counter",{n:i.length,most:4e3}):u?a("enterBreaks"):c("sendHint"))})]})}function Fn(n){n.style.height="auto";let t=n.offsetHeight-n.clientHeight;n.style.height=`${n.scrollHeight+t}px`}var jn={"friend.request":"noteRequest","friend.accepted":"noteAccepted","friend.refused":"noteRefused","friend.added":"noteAdded"};function cn({row:n,name:t}){switch(n.kind){case"day":return e("p",{class:"day",children:$e(n.at)});case"unread":return e("p",{class:"unread-line",children:a("newMessages")});case"note":return e(_n,{frame:n.frame,name:t});case"message":return e(Nn,{...n,name:t});case"outgoing":return e(Mn,{message:n.message})}}function _n({frame:n,name:t}){let{text:r=""}=n.data,o=jn[n.event];return e("p",{class:"event","data-seq":n.seq,children:[e("bdi",{children:o===void 0?n.event:c(o,{name:t})}),r!==""&&e("q",{dir:"auto",children:r})]})}function Nn({frame:n,isInRun:t,isLastOwn:r,name:o}){let s=n.event==="message.sent",{text:i}=n.data;return e("div",{class:`bubble ${s?"own":""} ${t?"in-run":""}`,"data-seq":n.seq,title:Ie(n.at),children:[e("span",{class:"visually-hidden",children:a("saysAt",{name:s?c("you"):o,time:ve(n.at)})}),e("p",{dir:"auto",children:i}),!t&&e("span",{class:"meta",children:[r&&e(M,{children:[c("sent")," \xB7"," "]}),e("time",{dateTime:n.at,children:ve(n.at)})]})]})}function Mn({message:n}){let{state:t,text:r,code:o,details:s}=n,i=t==="failed"||t==="unknown";return e("div",{class:`bubble own ${t}`,"data-key":n.key,children:[e("span",{class:"visually-hidden",children:[c("you"),":"]}),e("p",{dir:"auto",children:r}),t==="sending"&&e("span",{class:"meta",children:c("sending")}),t==="waiting"&&e("span",{class:"meta",children:[a("waiting")," ",e("button",{type:"button",class:"link",onClick:()=>Oe(n),children:a("withdraw")})]}),i&&e(M,{children:[e("div",{class:"outcome",role:"alert",children:[e("strong",{children:c(t==="failed"?"notSent":"outcomeUnknown")}),o!==void 0&&e("span",{children:Ne(o,"send")}),s!==void 0&&e("details",{children:[e("summary",{children:c("details")}),e("span",{lang:"en",dir:"auto",children:s})]})]}),e("div",{class:"actions",children:[e("button",{type:"button",class:"small",onClick:()=>rn(n),children:c(t==="failed"?"retry":"askAgain")}),e("button",{type:"button",class:"small",onClick:()=>Oe(n),children:c("discard")})]})]})]})}var qn=5*6e4;function dn(n,t,r){let o=[],s="",i=r!==void 0,h=n.findLast(({event:u})=>u==="message.sent"),f=t.filter(u=>!u.isEchoed);for(let[u,m]of n.entries()){let p=new Date(m.at).toDateString();p!==s&&(s=p,o.push({kind:"day",key:`day ${p}`,at:m.at})),i&&m.seq>=r&&(i=!1,o.push({kind:"unread",key:"unread"}));let g=String(m.seq);if(!un(m)){o.push({kind:"note",key:g,frame:m});continue}let l=n[u+1],d=l===void 0||!Dn(m,l)||i&&l.seq>=r;o.push({kind:"message",key:g,frame:m,isInRun:!d,isLastOwn:m===h})}for(let u of f)o.push({kind:"outgoing",key:u.key,message:u});return o}function un(n){return Pe(n)||n.event==="message.sent"}function Dn(n,t){return un(t)&&n.event==="message.sent"==(t.event==="message.sent")&&Date.parse(t.at)-Date.parse(n.at)<qn&&new Date(n.at).toDateString()===new Date(t.at).toDateString()}var mn=600,$n=80,Rn=1e3,In=2e3;function fn({thread:n,at:t,name:r}){let{account:o,peer:s}=n,i=He(o,s),h=n.window.value,f=n.isLoaded.value,u=ee.get(i),m=me(o,s),p=V(),[g,l]=S(!0),[d,x]=S(u?.firstUnread),C=q(!1),k=I(()=>dn(h.events,m,d),[h,m,d]),v=pe({count:k.length,estimate:36,keyOf:b=>k[b].key,anchor:"end",overscan:8}),j=t??d,y=()=>p.run(async()=>{let{events:b,hasNewer:E}=n.window.peek();n.isLoaded.peek()&&b.some(({seq:be})=>be===j)||(t===void 0&&(u?.unread??0)<$n?(!n.isLoaded.peek()||E)&&await ue(n):j!==void 0?await Ze(n,j):(!n.isLoaded.peek()||E)&&await ue(n))},"history");w(()=>void y(),[t]);let _=q(void 0);z(()=>{if(!f||k.length===0||_.current===(t??"end"))return;let b=k.findIndex(E=>t===void 0?E.kind==="unread":E.key===String(t));t!==void 0&&b<0||(_.current=t??"end",b>=0?v.scrollTo(b,t===void 0?"start":"center"):v.scrollToEnd())});let te=()=>{let b=v.scroll.current;if(b===null)return;let E=b.scrollHeight-b.scrollTop-b.clientHeight,F=E<8&&!n.window.peek().hasNewer;if(n.isFollowing=F,l(F),C.current||!n.isLoaded.peek())return;let{hasOlder:be,hasNewer:Cn}=n.window.peek(),Te=b.scrollTop<mn&&be?en:E<mn&&Cn?nn:void 0;Te!==void 0&&(C.current=!0,Te(n).catch(()=>{}).finally(()=>C.current=!1))};w(te,[f,k.length]);let oe=h.events.at(-1),U=u?.unread??0;zn(n,g&&f,oe?.seq,U),w(()=>{d===void 0&&U>0&&(!g||document.hidden)&&x(u?.firstUnread),oe?.event==="message.sent"&&d!==void 0&&oe.seq>d&&x(void 0)},[U,oe?.seq]),w(()=>{let b=E=>{let F=E.target;E.key!=="Escape"||E.defaultPrevented||F.closest(".pane")===null||F.closest("dialog")||xe()};return addEventListener("keydown",b),()=>removeEventListener("keydown",b)},[]);let xe=async()=>{n.window.peek().hasNewer&&await p.run(()=>ue(n),"history"),requestAnimationFrame(()=>v.scrollToEnd())};return e("div",{class:"message-area",children:[e("div",{ref:v.scroll,class:"messages",tabIndex:0,role:"region","data-region":!0,"aria-label":c("messages"),onScroll:te,onKeyDown:b=>{b.key==="End"&&(b.preventDefault(),xe())},children:[e(G,{task:p}),p.failure!==void 0&&e("button",{type:"button",class:"small older",onClick:()=>void y(),children:c("retry")}),!f&&p.failure===void 0&&e(R,{}),f&&e(Un,{window:h}),e("ol",{style:{height:`${v.height}px`},"aria-label":c("messages"),children:v.items.map(({index:b,start:E})=>{let F=k[b];return F===void 0?null:e("li",{ref:v.measure,class:`line of-${F.kind}`,"data-index":b,"aria-setsize":h.hasOlder?-1:k.length,"aria-posinset":b+1,style:{transform:`translateY(${E}px)`},children:e(cn,{row:F,name:r})},F.key)})})]}),!g&&e("button",{type:"button",class:"pill",onClick:()=>void xe(),children:[U===0?a("toEnd"):U===1?a("oneBelow"):a("newBelow",{n:U})," \u2193"]})]})}function Un({window:n}){let{events:t,hasOlder:r,oldestKept:o}=n;return r?e("p",{class:"hint top",children:a("loadingOlder")}):t.length===0&&o<=1?e("p",{class:"hint top",children:c("noMessages")}):e("p",{class:"hint top",children:a(o>1?"notKept":"beginning")})}function zn({account:n,peer:t},r,o,s){let i=q(0);w(()=>{if(!r||o===void 0||s===0||!W("send"))return;let h,f=()=>!document.hidden&&document.hasFocus(),u=()=>{f()&&(i.current=Date.now(),Ge(n,t,o).catch(()=>{}))},m=()=>{if(clearTimeout(h),!f())return;let p=i.current+In-Date.now();h=setTimeout(u,Math.max(Rn,p))};return m(),addEventListener("focus",m),document.addEventListener("visibilitychange",m),()=>{clearTimeout(h),removeEventListener("focus",m),document.removeEventListener("visibilitychange",m)}},[r,o,s>0])}var Hn=X(async()=>(await import("./profile_dialog-20629900a0.js")).ProfileDialog),Pn=X(async()=>(await import("./search_bar-4a4d16b3e6.js")).SearchBar),Kn=1500;function pn({view:n,account:t,peer:r,at:o}){let[s,i]=S(!1),[h,f]=S(!1),[u,m]=S(),[p,g]=S(),l=L.get(t),d=N(t,r),x=B(T(d,r)),C=Je(t,r);w(()=>K("open",t,[r,t]),[t,r,O(l)]);let k=async y=>{let _=new AbortController;g(_),m(0);let{exportThread:te}=await import("./export-e30a234e52.js");await te(C,y,_.signal,m).catch(()=>{}),m(void 0)},v=se.value&&l===void 0,j=Be(t,r);return w(()=>{if(j!==void 0||!O(l))return;let y=()=>Z(t,"background").catch(()=>{});y();let _=setTimeout(y,Kn);return()=>clearTimeout(_)},[t,O(l)]),e("section",{class:"pane","aria-label":c("conversationWith",{name:x}),children:[e("header",{class:"pane-head",children:[e("a",{class:"button quiet back",href:A("chats",[n]),"aria-label":c("back"),children:e(Y,{name:"back"})}),e($,{uin:r,face:d?.face,status:O(l)&&j?d?.status:void 0}),e("div",{class:"texts",children:[e("h2",{children:e(D,{person:d,uin:r})}),e("p",{class:"hint",children:[Vn(l,j,d?.status)," \xB7 ",r,n==="all"&&` \xB7 ${a("asAccount",{name:B(T(l,t))})}`]})]}),e("button",{type:"button",class:"quiet ui-square","aria-label":c("profileOf",{name:x}),onClick:()=>i(!0),children:e(Y,{name:"info"})}),e(tn,{name:a("more"),items:[{text:a("searchHere"),icon:"search",onChoose:()=>f(!0)},{text:a("exportJson"),icon:"download",onChoose:()=>void k("jsonl")},{text:a("exportText"),icon:"download",onChoose:()=>void k("text")}]})]}),h&&e(Pn,{thread:C,onOpen:y=>H(Bn(n,t,r,y)),onClose:()=>f(!1)}),u!==void 0&&e("p",{class:"note warn bar",role:"status",children:[e("span",{children:a("exporting",{n:u})}),e("button",{type:"button",class:"small",onClick:()=>p?.abort(),children:a("stop")})]}),v&&e("p",{class:"note warn bar",role:"status",children:a("accountGone",{uin:t})}),l!==void 0&&!O(l)&&e(Gn,{account:l}),!v&&j===!1&&e("p",{class:"note bar quiet-note",children:a("peerRemoved",{name:x})}),e(fn,{thread:C,at:o,name:x},Qe.value),v?null:W("send")?e(ln,{account:t,peer:r,name:x,blocked:l===void 0||O(l)?void 0:hn(l)}):e("p",{class:"hint read-only",children:a("readOnly")}),s&&e(Hn,{account:t,peer:r,onClose:()=>i(!1)})]})}function Bn(n,t,r,o){return A("chats",[n,r],{as:n==="all"?t:void 0,at:o})}function Vn(n,t,r){return t===void 0||!O(n)?a("presenceUnknown"):t?r===void 0?a("presenceUnknown"):c(r):c("stranger")}function hn(n){return a("accountOut",{name:B(T(n)),state:c(re[n.state])})}function Gn({account:n}){let t=V(),{uin:r,reason:o,state:s}=n;return e("div",{class:"note warn bar",role:"status",children:[e("div",{class:"note-text",children:[e("p",{children:hn(n)}),o!==void 0&&e("details",{children:[e("summary",{children:a("whyOut")}),e("p",{lang:"en",children:o})]}),e(G,{task:t})]}),W("manage")&&s!=="connecting"&&e("button",{type:"button",class:"small",disabled:t.busy,onClick:()=>t.run(async()=>{await qe("login",{},{account:r}),await ze()},"login"),children:c("logIn")})]})}function ge(n){let{items:t,keyOf:r}=n,[o,s]=S(),i=q(!1),h=q(!1),f=d=>d===void 0?-1:t.findIndex(x=>r(x)===d),u=f(o),m=u>=0?u:Math.max(0,f(n.current)),p=pe({count:t.length,estimate:n.itemHeight??60,keyOf:d=>r(t[d]),keep:m}),g=p.items[0]?.index??0,l=p.items.at(-1)?.index??-1;return w(()=>{l>=0&&n.onShow?.(g,l)},[g,l,t]),z(()=>{!i.current&&!h.current||(h.current=!1,p.scroll.current?.querySelector(`[data-index="${u}"] a`)?.focus({preventScroll:!0}))},[o]),e("div",{ref:p.scroll,class:"ui-list",onFocusIn:()=>i.current=!0,onFocusOut:()=>i.current=!1,onKeyDown:d=>{if(d.altKey||d.ctrlKey||d.metaKey)return;let x=sn(d.key,m,t.length);x!==void 0&&(d.preventDefault(),h.current=!0,s(r(t[x])),p.scrollTo(x))},children:e("div",{role:"list","aria-label":n.name,style:{height:`${p.height}px`},children:p.items.map(({index:d,start:x})=>{let C=t[d];if(C===void 0)return null;let k=r(C);return e("div",{ref:p.measure,role:"listitem","data-index":d,"aria-setsize":t.length,"aria-posinset":d+1,style:{transform:`translateY(${x}px)`},children:e("a",{href:n.linkOf(C),tabIndex:d===m?0:-1,"aria-current":k===n.current?"true":void 0,onFocus:()=>s(k),onClick:v=>n.onChoose?.(C,v),children:n.render(C)})},k)})})})}function wn({view:n,peer:t,account:r}){let[o,s]=S(""),[i,h]=S(!1),f=o.trim().toLowerCase(),u=I(()=>ce(n),[n,ee.version,ae.version]),m=I(()=>f===""?u:u.filter(l=>{let d=T(Q(l.account,l.with),l.with);return`${l.with} ${d}`.toLowerCase().includes(f)}),[u,f,f===""?0:ie.value]),p=ae.get(n)??ae.get("all");w(()=>{let l=(d,x)=>C=>{C.preventDefault();let k=`${r}/${t}`,v=u.findIndex(y=>Ae(y)===k),j=v<0&&d<0?u.length:v;for(let y=j+d;y>=0&&y<u.length;y+=d){let _=u[y];if(!x||_.unread>0)return H(xn(n,_)),ne()}};return je(globalThis,{"Alt+ArrowDown":l(1,!1),"Alt+ArrowUp":l(-1,!1),"Alt+Shift+ArrowDown":l(1,!0),"Alt+Shift+ArrowUp":l(-1,!0)},{ignore:({isComposing:d})=>d})},[u,n,r,t]);let g=async()=>{h(!0),await de(n,!0).catch(()=>{}),h(!1)};return e(M,{children:[e("input",{class:"filter",type:"search","data-filter":!0,"aria-label":a("filterNames"),placeholder:a("filterNames"),value:o,onInput:({currentTarget:l})=>s(l.value)}),p===void 0&&he.value===void 0&&e(R,{}),p===void 0&&he.value!==void 0&&e(Ye,{error:_e(he.value)}),p!==void 0&&u.length===0&&e(P,{title:a("noConversations")}),u.length>0&&m.length===0&&e(P,{title:a("noMatchHere")}),e(ge,{name:a("conversations"),items:m,itemHeight:60,keyOf:Ae,current:t===void 0?void 0:`${r}/${t}`,linkOf:l=>xn(n,l),render:l=>e(Wn,{one:l,hasAccount:n==="all"}),onChoose:ne,onShow:(l,d)=>Xn(m.slice(l,d+1))}),p?.next!==void 0&&e("button",{type:"button",class:"small column-more",disabled:i,onClick:()=>void g(),children:a("moreConversations")})]})}function Ae(n){return`${n.account}/${n.with}`}function xn(n,t){return n==="all"?A("chats",["all",t.with],{as:t.account}):A("chats",[t.account,t.with])}function Xn(n){let t=new Map;for(let r of n){let o=t.get(r.account)??[];o.push(r.with),t.set(r.account,o)}for(let[r,o]of t)K("conversations",r,o)}function Wn({one:n,hasAccount:t}){let r=ee.get(Ae(n))??n,{account:o,with:s,last:i,unread:h}=r,f=N(o,s),u=L.get(o),m=O(u)&&f?.isFriend?f.status:void 0,p=fe(o,s);return e("span",{class:"row",children:[e($,{uin:s,face:f?.face,status:m}),e("span",{class:"texts",children:[e(D,{person:f,uin:s}),e("span",{class:"preview",dir:"auto",children:p===""?Yn(r):a("draft",{text:p})}),t&&e("span",{class:"chip",children:a("asAccount",{name:T(u,o)})})]}),e("span",{class:"marks",children:[e("time",{dateTime:i.at,children:Re(i.at)}),e(Ee,{count:h})]})]})}function Ee({count:n}){if(n===0)return null;let t=n>=1e3?`${1e3}+`:String(n);return e("span",{class:"badge",children:[e("span",{"aria-hidden":"true",children:t}),e("span",{class:"visually-hidden",children:c("unread",{n:t})})]})}var bn={"friend.request":"noteRequest","friend.accepted":"noteAccepted","friend.refused":"noteRefused","friend.added":"noteAdded"};function Yn({account:n,with:t,last:r}){let{text:o=""}=r.data;if(r.event==="message.sent")return`${c("you")}: ${o}`;if(r.event in bn){let s=T(Q(n,t),t);return c(bn[r.event],{name:s})}return o}var Jn=1e4,Qn=1e3;function vn({account:n,peer:t}){let[r,o]=S(""),s=V(),i=Ke.get(n),h=L.get(n);w(()=>void s.run(()=>Z(n)),[n,O(h)]);let f=i?.pending??0,u=i?.uins.length??0,m=u===0&&f>0;w(()=>{if(f===0)return;let l=setInterval(()=>{document.hidden||Z(n,"background").catch(()=>{})},m?Qn:Jn);return()=>clearInterval(l)},[n,f===0,m]);let p=r.trim().toLowerCase(),g=I(()=>{let{compare:l}=new Intl.Collator(we());return(i?.uins??[]).map(d=>({uin:d,name:T(Q(n,d),d)})).filter(({uin:d,name:x})=>p===""||`${d} ${x.toLowerCase()}`.includes(p)).sort((d,x)=>l(d.name,x.name))},[i,p,ie.value,we()]);return e(M,{children:[e("input",{class:"filter",type:"search","data-filter":!0,"aria-label":a("filterNames"),placeholder:a("filterNames"),value:r,onInput:({currentTarget:l})=>o(l.value)}),e(G,{task:s}),(i===void 0||m)&&s.failure===void 0&&e(R,{}),i!==void 0&&u===0&&!m&&e(P,{title:O(h)?c("noFriends"):a("friendsUnknown")}),u>0&&g.length===0&&e(P,{title:a("noMatchHere")}),f>0&&u>0&&e("p",{class:"hint column-note",children:a("namesKnown",{known:u-f,all:u})}),e(ge,{name:c("friends"),items:g,itemHeight:56,keyOf:({uin:l})=>l,current:t,linkOf:({uin:l})=>A("chats",[n,l]),render:({uin:l})=>e(Zn,{account:n,uin:l}),onChoose:ne,onShow:(l,d)=>K("friends",n,g.slice(l,d+1).map(({uin:x})=>x))})]})}function Zn({account:n,uin:t}){let r=N(n,t),o=O(L.get(n))?r?.status:void 0;return e("span",{class:"row",children:[e($,{uin:t,face:r?.face,status:o}),e("span",{class:"texts",children:[e(D,{person:r,uin:t}),e("span",{class:"preview",children:[o===void 0?a("presenceUnknown"):c(o)," \xB7 ",t]})]})]})}var kn=5;function yn({view:n,onFind:t}){let r=ce(n).filter(o=>o.unread>0).slice(0,kn);return e("section",{class:"pane nothing","aria-label":c("messages"),"data-region":!0,children:e("div",{class:"nothing-open",children:[e("h2",{children:a(r.length>0?"newestUnread":"allRead")}),e("ul",{children:r.map(({account:o,with:s,unread:i})=>e("li",{children:e("a",{class:"row",href:n==="all"?A("chats",["all",s],{as:o}):A("chats",[o,s]),children:[e($,{uin:s,face:N(o,s)?.face}),e(D,{person:N(o,s),uin:s}),e(Ee,{count:i})]})},`${o}/${s}`))}),r.length===0&&e("p",{class:"hint",children:c("pickChatHint")}),n==="all"&&e(et,{}),n!=="all"&&e("button",{type:"button",onClick:t,children:a("findPeople")})]})})}function et(){let n=J.value.slice(0,kn);return e(M,{children:[e("h2",{children:a("openAccount")}),e("ul",{children:n.map(t=>e("li",{children:e("a",{class:"row",href:A("chats",[t]),children:[e($,{uin:t,face:N(t,t)?.face}),e(D,{person:L.get(t),uin:t})]})},t))})]})}Ue(an);var nt=X(async()=>(await import("./find-46cba6c0c6.js")).Find),tt=X(async()=>(await import("./request_list-109b04940b.js")).RequestList),ot=["conversations","friends","requests","find"],Le=Fe("conversations");function Tr({params:n,query:t}){let r=J.value,o=n.account??(r.length===1?r[0]:"all"),s=o==="all"?t.get("as")??void 0:o,{peer:i}=n,h=s!==void 0&&L.get(s)!==void 0;return w(()=>{if(!(o==="all"||!h))return de(o,!1,"background").catch(()=>{}),De(o,Ve)},[o,h]),!se.value&&i===void 0?e("div",{class:"page",children:[e("h1",{class:"visually-hidden",children:c("chats")}),e(R,{})]}):r.length===0&&i===void 0?e("div",{class:"page",children:[e("h1",{children:c("chats")}),e(We,{title:c("noAccounts"),hint:c("noAccountsHint"),children:e("a",{class:"button primary",href:A("accounts"),children:c("accounts")})})]}):e("div",{class:`chats ${i===void 0?"":"in-conversation"}`,children:[e("h1",{class:"visually-hidden",children:c("chats")}),e("section",{class:"column","aria-label":c("chats"),"data-region":!0,children:[e("header",{class:"column-head",children:[e(it,{view:o}),o!=="all"&&L.get(o)!==void 0&&e(Me,{state:L.get(o).state})]}),e(st,{view:o}),e(rt,{view:o,peer:i,account:s})]}),i===void 0||s===void 0?e(yn,{view:o,onFind:()=>Le.value="find"}):e(pn,{view:o,account:s,peer:i,at:Number(t.get("at"))||void 0},`${s}/${i}`)]})}function rt({view:n,peer:t,account:r}){switch(On(n)){case"conversations":return e(wn,{view:n,peer:t,account:r});case"friends":return e(vn,{account:n,peer:t},n);case"requests":return e(tt,{view:n});case"find":return e(nt,{account:n},n)}}function On(n){let t=Le.value;return n==="all"&&(t==="friends"||t==="find")?"conversations":t}function st({view:n}){let t=On(n),r=n==="all"?[...le.value.values()].reduce((o,s)=>o+s,0):le.value.get(n)??0;return e("div",{class:"tabs",role:"group","aria-label":a("tabs"),children:ot.filter(o=>n!=="all"||o==="conversations"||o==="requests").map(o=>e("button",{type:"button","aria-pressed":o===t,onClick:()=>Le.value=o,children:[o==="conversations"?a(o):c(o),o==="requests"&&r>0&&e("span",{class:"badge",children:r})]},o))})}function it({view:n}){ke.version;let t=le.value,r=J.value.map(i=>{let h=L.get(i),f=ke.peek(i)??0,u=t.get(i)??0,m=[i,...h===void 0||O(h)?[]:[c(re[h.state])],...f>0?[a("accountUnread",{n:f})]:[],...u>0?[a("accountRequests",{n:u})]:[]];return{value:i,text:B(T(h,i)),hint:m.join(" \xB7 ")}}),o={value:"all",text:a("allAccounts")},s=r.length===1;return e(Xe,{name:c("account"),options:s?r:[o,...r],value:n,onChoose:i=>H(A("chats",[i]))})}export{Tr as ChatsPage};

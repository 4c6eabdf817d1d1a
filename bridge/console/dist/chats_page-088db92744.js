import{a as Z,b as v,c as x,d as y}from"./chunk-0201b34600.js";import{a as w,c as U,f as O,i as A,k as h,l as f,m as E,o as ne,q as L}from"./chunk-b4d4035947.js";import{p as R,s as de,u as X,v as D,w as me}from"./chunk-48359b1b27.js";import{a as H}from"./chunk-5bf3d87fd7.js";import{b as te,c as re,d as P,e as z,f as ie,g as ae,k as W,l as se,n as oe,o as le,p as ce}from"./chunk-a240a524e4.js";import{f as F}from"./chunk-817a6d7a5d.js";import{g as ee}from"./chunk-b0da9a62b8.js";import{a as j,b,c as N,d as $}from"./chunk-d619df73ba.js";import{A as J,B as Q,E as Y,L as t,c as S,e,f as p,g as T,h as _,k as V,l as G,q}from"./chunk-c9a1993500.js";var ue=`.chats {
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
  gap: 0.6rem;
  padding: 0.9rem 0.9rem 0.6rem;
}

.account-choice {
  min-width: 0;
  border-color: transparent;
  background-color: var(--sunken);
  font-weight: 600;
  text-overflow: ellipsis;
}

.tabs {
  display: flex;
  gap: 0.25rem;
  margin: 0 0.9rem 0.7rem;
  padding: 0.25rem;
  border-radius: 12px;
  background: var(--sunken);
}

.tabs button {
  flex: 1;
  min-height: 2.1rem;
  padding: 0.1rem 0.4rem;
  border-color: transparent;
  background: none;
  color: var(--muted);
  font-size: 0.87rem;
  white-space: nowrap;
}

.tabs button[aria-pressed="true"] {
  background: var(--raised);
  color: var(--text);
  box-shadow: 0 1px 3px #0002;
}

.scroll {
  flex: 1;
  min-height: 0;
  padding: 0 0.9rem 0.9rem;
  overflow: auto;
}

.filter {
  margin-bottom: 0.5rem;
}

.contacts a,
.person {
  display: flex;
  align-items: center;
  gap: 0.8rem;
  padding: 0.55rem 0.6rem;
  border-radius: 12px;
  color: inherit;
  text-decoration: none;
}

.contacts a.button {
  padding: 0.15rem 0.7rem;
}

.contacts a:not(.button):hover {
  background: var(--sunken);
}

.contacts a[aria-current] {
  background: color-mix(in srgb, var(--accent) 14%, transparent);
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
  font-size: 0.87rem;
}

.marks {
  display: grid;
  gap: 0.2rem;
  justify-items: end;
  color: var(--muted);
  font-size: 0.78rem;
}

.requests {
  display: grid;
  gap: 0.75rem;
}

.requests .card {
  display: grid;
  gap: 0.7rem;
  padding: 0.9rem;
}

.scroll > .note {
  margin-bottom: 0.75rem;
}

blockquote {
  padding: 0.45rem 0.8rem;
  border-inline-start: 3px solid var(--accent);
  border-radius: 4px;
  background: var(--sunken);
}

.find form {
  margin-bottom: 1rem;
}

.three {
  display: grid;
  grid-template-columns: 4.6rem 1fr 1fr;
  gap: 0.5rem;
}

.three .field span {
  color: var(--muted);
  font-weight: 400;
}

.pane-head {
  display: flex;
  align-items: center;
  gap: 0.8rem;
  padding: 0.75rem 1.1rem;
  border-bottom: 1px solid var(--line);
  background: var(--surface);
}

.back {
  display: none;
}

.nothing {
  display: grid;
}

.messages {
  flex: 1;
  min-height: 0;
  padding: 1rem 1.25rem;
  overflow: auto;
}

.messages:focus-visible {
  outline-offset: -3px;
}

.messages ol {
  display: flex;
  flex-direction: column;
  gap: 0.4rem;
}

.older {
  display: flex;
  width: fit-content;
  margin: 0 auto 0.75rem;
}

.day,
.messages .event {
  align-self: center;
  margin: 0.6rem 0;
  padding: 0.15rem 0.8rem;
  border-radius: 1rem;
  background: var(--sunken);
  color: var(--muted);
  font-size: 0.82rem;
  text-align: center;
}

.event q {
  margin-inline-start: 0.4em;
  font-style: italic;
}

.bubble {
  align-self: flex-start;
  max-width: min(34rem, 82%);
  padding: 0.5rem 0.85rem 0.35rem;
  border: 1px solid var(--line);
  border-radius: 16px 16px 16px 5px;
  background: var(--surface);
}

.bubble p {
  white-space: pre-wrap;
}

.bubble.own {
  align-self: flex-end;
  border-color: transparent;
  border-radius: 16px 16px 5px 16px;
  background: var(--own);
}

.bubble.sending {
  opacity: 0.75;
}

.bubble.failed,
.bubble.unknown {
  display: grid;
  gap: 0.4rem;
  padding-bottom: 0.7rem;
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
  font-size: 0.85rem;
}

.unknown .outcome {
  color: var(--warn);
}

.meta {
  display: block;
  color: var(--muted);
  font-size: 0.76rem;
  text-align: end;
}

.own .meta {
  color: light-dark(#3f5a66, #b3cad4);
}

.composer {
  display: grid;
  grid-template-columns: 1fr auto;
  gap: 0.2rem 0.6rem;
  align-items: end;
  padding: 0.75rem 1.1rem 0.6rem;
  border-top: 1px solid var(--line);
  background: var(--surface);
}

.composer textarea {
  field-sizing: content;
  max-height: 9rem;
  padding: 0.5rem 0.9rem;
  border-radius: 1.3rem;
  resize: none;
}

.round {
  width: 2.6rem;
  height: 2.6rem;
  padding: 0;
  border-radius: 50%;
}

.composer .hint {
  grid-column: 1 / -1;
  padding-inline-start: 0.9rem;
  font-size: 0.78rem;
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
  .in-chat .column {
    display: none;
  }

  .back {
    display: inline-flex;
    width: 2.5rem;
    padding: 0;
    margin-inline-start: -0.5rem;
  }

  .pane-head {
    padding: 0.55rem 0.9rem;
  }

  .messages {
    padding: 0.8rem 0.9rem;
  }

  .composer {
    padding: 0.6rem 0.9rem;
  }

  .composer .hint:not(.bad) {
    display: none;
  }
}
`;var B=200;function fe({account:n,peer:r}){let[i,a]=p(""),s=Fe(n),l=i.trim().toLowerCase(),c=s.filter(({contact:{uin:o,nickname:d}})=>l===""||`${o} ${d.toLowerCase()}`.includes(l)),m=A.value.has(n)||O.value?.find(({uin:o})=>o===n)?.state!=="online";return e("div",{class:"scroll",children:[e("input",{class:"filter",type:"search","aria-label":t("filter"),placeholder:t("filter"),value:i,onInput:({currentTarget:o})=>a(o.value)}),s.length===0&&e(b,{title:t(m?"noFriends":"loading")}),s.length>0&&c.length===0&&e(b,{title:t("noMatch")}),e("ul",{class:"contacts",children:c.slice(0,B).map(o=>e(we,{account:n,row:o,isOpen:o.contact.uin===r},o.contact.uin))}),c.length>B&&e("p",{class:"hint page-note",children:t("moreHidden",{n:c.length-B})})]})}function we({account:n,row:{contact:r,thread:i,unread:a},isOpen:s}){let{uin:l,face:c,status:m,isFriend:o}=r,d=i&&P(i);return e("li",{children:e("a",{href:w("chats",[n,l]),"aria-current":s?"true":void 0,children:[e(v,{uin:l,face:c,status:o?m:void 0}),e("span",{class:"texts",children:[e("span",{class:"name",children:f(r)}),e("span",{class:"preview",children:d!==void 0&&"text"in d.data?`${d.event==="message.sent"?`${t("you")}: `:""}${d.data.text}`:`${o?t(m):t("stranger")} \xB7 ${l}`})]}),e("span",{class:"marks",children:[d!==void 0&&e("time",{dateTime:d.at,children:D(d.at)}),a>0&&e("span",{class:"badge",children:[e("span",{"aria-hidden":"true",children:a>99?"99+":a}),e("span",{class:"visually-hidden",children:t("unread",{n:a})})]})]}),e("span",{class:"visually-hidden",children:o?t(m):t("stranger")})]})})}function Fe(n){let r=new Map;for(let i of A.value.get(n)?.values()??[])i.isFriend&&r.set(i.uin,{contact:i,thread:void 0,unread:0,last:0});for(let i of z.value.values())i.account!==n||!qe(i)||r.set(i.peer,{contact:h(n,i.peer),thread:i,unread:re(i),last:P(i)?.seq??1/0});return[...r.values()].sort((i,a)=>+(a.unread>0)-+(i.unread>0)||a.last-i.last||pe(i.contact)-pe(a.contact)||f(i.contact).localeCompare(f(a.contact)))}function qe({events:n,outgoing:r}){return r.length>0||n.some(({event:i})=>i.startsWith("message")||i==="friend.accepted"||i==="friend.added")}function pe({status:n}){return n==="online"?0:n==="busy"?1:2}var Se=3,Ce=["province","city","country","occupation","school","homepage","introduction"];function he({account:n,peer:r,onClose:i}){let[a,s]=p(),[l,c]=p(!1),m=x(),o=x(),d=h(n,r),k=f(d);T(()=>{m.run(async()=>{s((await F("profile",{uin:r,level:Se},{account:n})).profile)})},[]);let C=()=>o.run(async()=>{await F("removeFriend",{uin:r},{account:n}),await E(n),i()});return e(L,{title:t("profileOf",{name:k}),onClose:i,children:[e("div",{class:"who",children:[e(v,{uin:r,face:a?.face??d.face,size:"large"}),e("div",{children:[e("p",{class:"name",children:k}),e("p",{class:"hint",children:r})]})]}),a===void 0?m.busy&&e("p",{class:"hint",children:t("loading")}):e("dl",{class:"facts",children:Te(a).map(([u,g])=>e("div",{children:[e("dt",{children:t(u)}),e("dd",{children:g})]},u))}),e(y,{task:m}),q("manage")&&d.isFriend&&e("div",{class:"actions",children:e("button",{type:"button",class:"danger",onClick:()=>c(!0),children:t("removeFriend")})}),l&&e(L,{title:t("removeFriend"),onClose:()=>c(!1),children:[e("p",{children:t("removeFriendAsk",{name:k})}),e(y,{task:o}),e("div",{class:"actions",children:[e("button",{type:"button",onClick:()=>c(!1),children:t("cancel")}),e("button",{type:"button",class:"danger",disabled:o.busy,onClick:C,children:t("remove")})]})]})]})}function Te(n){let{age:r,sex:i,zodiac:a,animal:s,bloodType:l}=n,c=Y.value;return[["age",r?String(r):void 0],["sex",i?R.sex[i][c]:void 0],...Ce.map(o=>[o,n[o]]),["zodiac",a?R.zodiac[a][c]:void 0],["animal",s?R.animal[s][c]:void 0],["bloodType",l?R.bloodType[l][c]:void 0]].filter(o=>o[1]!==void 0&&o[1]!=="")}var Ee=120,je={"friend.request":"noteRequest","friend.accepted":"noteAccepted","friend.refused":"noteRefused","friend.added":"noteAdded"};function be({account:n,peer:r,maySend:i}){let[a,s]=p(!1),l=h(n,r),c=f(l);return T(()=>{h(n,r).nickname===""&&ne(n,r)},[]),e("section",{class:"pane","aria-label":t("conversationWith",{name:c}),children:[e("header",{class:"pane-head",children:[e("a",{class:"button quiet back",href:w("chats",[n]),"aria-label":t("back"),children:e(H,{name:"back"})}),e(v,{uin:r,face:l.face,status:l.isFriend?l.status:void 0}),e("div",{class:"texts",children:[e("h2",{children:c}),e("p",{class:"hint",children:[l.isFriend?t(l.status):t("stranger")," \xB7 ",r]})]}),e("button",{type:"button",class:"quiet","aria-label":t("profileOf",{name:c}),onClick:()=>s(!0),children:e(H,{name:"info"})})]}),e(Oe,{account:n,peer:r}),i&&e(Le,{account:n,peer:r}),a&&e(he,{account:n,peer:r,onClose:()=>s(!1)})]})}function Oe({account:n,peer:r}){let i=x(),a=_(null),s=_(!0),l=ae(n,r),{events:c,outgoing:m,loaded:o,more:d}=l,k=c.at(-1)?.seq;T(()=>{o||i.run(()=>W(n,r))},[o]),T(()=>{let u=a.current;u!==null&&s.current&&(u.scrollTop=u.scrollHeight);let g=()=>{document.hidden||se(n,r)};return g(),document.addEventListener("visibilitychange",g),()=>document.removeEventListener("visibilitychange",g)},[k,m]);let C=()=>i.run(async()=>{let u=a.current,g=u.scrollHeight-u.scrollTop;s.current=!1,await W(n,r,!0),requestAnimationFrame(()=>requestAnimationFrame(()=>{u.scrollTop=u.scrollHeight-g}))});return e("div",{class:"messages",ref:a,tabIndex:0,role:"log","aria-live":"off","aria-label":t("messages"),onScroll:({currentTarget:u})=>{let g=u.scrollHeight-u.scrollTop-u.clientHeight;s.current=g<Ee},children:[e(y,{task:i}),d&&c.length<1e3&&e("button",{type:"button",class:"small older",disabled:i.busy,onClick:C,children:t(i.busy?"loading":"older")}),d&&c.length>=1e3&&e("p",{class:"hint older",children:t("tooMany")}),o&&!d&&c.length>0&&e("p",{class:"hint older",children:t("oldest")}),o&&c.length===0&&m.length===0&&e(b,{title:t("noMessages")}),e("ol",{children:[c.map((u,g)=>e(Ae,{frame:u,before:c[g-1],account:n,peer:r},u.seq)),m.map(u=>e(Re,{message:u,account:n,peer:r},u.key))]})]})}function Ae({frame:n,before:r,account:i,peer:a}){let s=X(n.at),l=r===void 0||X(r.at)!==s,c=f(h(i,a)),{text:m}=n.data,o=je[n.event],d=n.event==="message.sent";return e(S,{children:[l&&e("li",{class:"day",children:s}),o!==void 0?e("li",{class:"event","data-seq":n.seq,children:[t(o,{name:c}),m!==""&&e("q",{children:m})]}):e("li",{class:`bubble ${d?"own":""}`,"data-seq":n.seq,children:[e("span",{class:"visually-hidden",children:[d?t("you"):c,":"]}),e("p",{children:m}),e("span",{class:"meta",children:[!te(n)&&e(S,{children:[t("sent")," \xB7"," "]}),e("time",{dateTime:n.at,title:me(n.at),children:de(n.at)})]})]})]})}function Re({message:n,account:r,peer:i}){let{state:a,text:s,why:l}=n;return a==="sending"?e("li",{class:"bubble own sending",children:[e("span",{class:"visually-hidden",children:[t("you"),":"]}),e("p",{children:s}),e("span",{class:"meta",children:t("sending")})]}):e("li",{class:`bubble own ${a}`,children:[e("span",{class:"visually-hidden",children:[t("you"),":"]}),e("p",{children:s}),e("div",{class:"outcome",role:"alert",children:[e("strong",{children:t(a==="failed"?"notSent":"outcomeUnknown")}),l!==void 0&&e("span",{children:l})]}),e("div",{class:"actions",children:[e("button",{type:"button",class:"small",onClick:()=>le(r,i,n),children:t(a==="failed"?"retry":"askAgain")}),e("button",{type:"button",class:"small",onClick:()=>ce(r,i,n),children:t("discard")})]})]})}function Le({account:n,peer:r}){let[i,a]=p(0),s=_(null),l=i>4e3,c=f(h(n,r)),m=()=>{let{value:o}=s.current;o.trim()===""||o.length>4e3||(oe(n,r,o)&&(s.current.value="",a(0)),s.current.focus())};return e("form",{class:"composer",onSubmit:o=>{o.preventDefault(),m()},children:[e("textarea",{ref:s,rows:1,"aria-label":t("messageTo",{name:c}),"aria-describedby":"composer-hint","aria-invalid":l,placeholder:t("writeMessage"),onInput:({currentTarget:o})=>a(o.value.length),onKeyDown:o=>{o.key!=="Enter"||o.shiftKey||o.isComposing||(o.preventDefault(),m())}}),e("button",{type:"submit",class:"primary round","aria-label":t("send"),disabled:i===0||l,children:e(H,{name:"send"})}),e("p",{id:"composer-hint",class:l?"hint bad":"hint",children:l?t("tooLong",{n:i,most:4e3}):t("sendHint")})]})}var _e=100,Ne={added:"answerAdded",needs_verification:"answerAsked",refused:"answerRefused"};function ve({account:n}){let[r,i]=p(),[a,s]=p(),[l,c]=p(""),m=x(),o=d=>m.run(async()=>{i(void 0),i(await d())});return e("div",{class:"scroll find",children:[e("form",{onSubmit:$(d=>o(()=>De(n,d))),children:e(j,{label:t("findNumber"),children:e("span",{class:"joined",children:[e("input",{name:"uin",inputMode:"numeric",required:!0,pattern:"[1-9][0-9]{4,19}",autocomplete:"off"}),e("button",{type:"submit",disabled:m.busy,children:t("search")})]})})}),e("form",{onSubmit:$(d=>o(()=>He(n,d))),children:e("fieldset",{children:[e("legend",{children:t("findPeople")}),e("div",{class:"three",children:[e(j,{label:t("age"),children:e("input",{name:"age",type:"number",min:"0",max:"255"})}),e(j,{label:t("sex"),children:e("select",{name:"sex",children:[e("option",{value:"",children:t("any")}),e("option",{value:"male",children:t("male")}),e("option",{value:"female",children:t("female")})]})}),e(j,{label:t("province"),children:e("input",{name:"province",maxLength:256})})]}),e("button",{type:"submit",disabled:m.busy,children:t(m.busy?"searching":"search")})]})}),e(y,{task:m}),e("p",{class:"note good",role:"status",hidden:l==="",children:l}),e($e,{account:n,people:r,onAsk:d=>s(d)}),a!==void 0&&e(ze,{account:n,person:a,onClose:()=>s(void 0),onDone:c})]})}function $e({account:n,people:r,onAsk:i}){return r===void 0?null:r.length===0?e(b,{title:t("foundNobody")}):e(S,{children:[e("p",{class:"hint",role:"status",children:t("found",{n:r.length})}),e("ul",{class:"contacts",children:r.slice(0,_e).map(a=>{let{uin:s}=a,l=h(n,s),c=f(a);return e("li",{class:"person",children:[e(v,{uin:s,face:l.face??a.face}),e("span",{class:"texts",children:[e("span",{class:"name",children:c}),e("span",{class:"preview",children:s})]}),l.isFriend?e("a",{class:"button small",href:w("chats",[n,s]),children:t("openChats")}):q("manage")&&s!==n&&e("button",{type:"button",class:"small","aria-label":t("addFriendNamed",{name:c}),onClick:()=>i(a),children:t("addFriend")})]},s)})})]})}function ze({account:n,person:r,onClose:i,onDone:a}){let s=x(),l=f(r);return e(L,{title:t("addFriendNamed",{name:l}),onClose:i,children:e("form",{onSubmit:$(c=>s.run(async()=>{let m=N(c,"reason"),{answer:o}=await F("addFriend",{uin:r.uin,...m===""?{}:{reason:m}},{account:n});a(t(Ne[o],{name:l})),i(),o==="added"&&await E(n)})),children:[e(j,{label:t("requestReason",{name:l}),hint:t("optional"),children:e("input",{name:"reason",maxLength:256,autocomplete:"off"})}),e(y,{task:s}),e("div",{class:"actions",children:[e("button",{type:"submit",class:"primary",disabled:s.busy,children:t("sendRequest")}),e("button",{type:"button",onClick:i,children:t("cancel")})]})]})})}async function De(n,r){let{profile:i}=await F("profile",{uin:N(r,"uin")},{account:n}),{uin:a,nickname:s,face:l}=i;return[{uin:a,nickname:s,...l===void 0?{}:{face:l}}]}async function He(n,r){let[i,a,s]=["age","sex","province"].map(c=>N(r,c)),{people:l}=await F("search",{...i?{age:Number(i)}:{},...a?{sex:a}:{},...s?{province:s}:{}},{account:n});return l}var Me=500,M=V(J("answered")??{}),I=G(()=>{let n=[];for(let{account:r,peer:i,events:a}of z.value.values()){let s=a.findLast(Ie);if(s===void 0||A.value.get(r)?.get(i)?.isFriend||M.value[`${r}/${i}`]===s.at)continue;let{at:l,seq:c,data:m}=s;n.push({account:r,from:i,text:m.text,at:l,seq:c})}return n.sort((r,i)=>i.seq-r.seq)});async function xe({account:n,from:r,at:i},a,s){await F("answerRequest",{uin:r,answer:a,...s===""?{}:{reason:s}},{account:n});let l={...M.value,[`${n}/${r}`]:i};M.value=Object.fromEntries(Object.entries(l).slice(-Me)),Q("answered",M.value),a==="accept"&&await E(n).catch(()=>{})}function Ie(n){return n.event==="friend.request"}var Pe=100;function ye({account:n}){let[r,i]=p(""),a=I.value.filter(s=>s.account===n);return e("div",{class:"scroll",children:[e("p",{class:"note good",role:"status",hidden:r==="",children:r}),a.length===0&&e(b,{title:t("noRequests")}),e("ul",{class:"requests",children:a.slice(0,Pe).map(s=>e(We,{request:s,onDone:i},s.from))})]})}function We({request:n,onDone:r}){let{account:i,from:a,text:s,at:l}=n,[c,m]=p(""),o=x(),d=h(i,a),k=f(d),C=u=>o.run(async()=>{await xe(n,u,u==="refuse"?c:""),r(t(u==="accept"?"accepted":"refused",{name:k}))});return e("li",{class:"card","aria-label":t("requestFrom",{name:k}),children:[e("div",{class:"who",children:[e(v,{uin:a,face:d.face}),e("div",{children:[e("p",{class:"name",children:k}),e("p",{class:"hint",children:[a," \xB7 ",e("time",{dateTime:l,children:D(l)})]})]})]}),s!==""&&e("blockquote",{children:s}),q("manage")&&e(S,{children:[e("input",{"aria-label":t("refuseReason"),placeholder:t("refuseReason"),maxLength:256,value:c,onInput:({currentTarget:u})=>m(u.value)}),e("div",{class:"actions",children:[e("button",{type:"button",class:"primary",disabled:o.busy,onClick:()=>C("accept"),children:t("accept")}),e("button",{type:"button",disabled:o.busy,onClick:()=>C("refuse"),children:t("refuse")})]})]}),e(y,{task:o})]})}ee(ue);var Xe=["friends","requests","find"];function St({params:n}){let[r,i]=p("friends"),a=O.value;if(a===void 0)return e("p",{class:"hint page-note",children:t("loading")});let s=n.account,l=a.find(({uin:d})=>d===s)??a[0];if(l===void 0)return e(b,{title:t("noAccounts"),hint:t("noAccountsHint"),children:e("a",{class:"button primary",href:w("accounts"),children:t("accounts")})});let{uin:c}=l,m=s===c?n.peer:void 0,o=I.value.filter(d=>d.account===c).length;return e("div",{class:"chats",children:[e("h1",{class:"visually-hidden",children:t("chats")}),e("section",{class:"column","aria-label":t("chats"),children:[e("header",{class:"column-head",children:[e(Be,{uin:c}),e(Z,{state:l.state})]}),e("div",{class:"tabs",role:"group","aria-label":t("show"),children:Xe.map(d=>e("button",{type:"button","aria-pressed":d===r,onClick:()=>i(d),children:[t(d),d==="requests"&&o>0&&e("span",{class:"badge",children:o})]},d))}),r==="friends"&&e(fe,{account:c,peer:m}),r==="requests"&&e(ye,{account:c}),r==="find"&&e(ve,{account:c})]}),m===void 0?e("section",{class:"pane nothing","aria-label":t("messages"),children:e(b,{title:t("pickChat"),hint:t("pickChatHint")})}):e(be,{account:c,peer:m,maySend:q("send")},`${c}/${m}`)]})}function Be({uin:n}){return e("select",{class:"account-choice","aria-label":t("account"),value:n,onChange:({currentTarget:r})=>U(w("chats",[r.value])),children:O.value?.map(r=>{let i=ie.value.get(r.uin)??0;return e("option",{value:r.uin,children:[f(r)," \xB7 ",r.uin,i>0?` (${i})`:""]},r.uin)})})}export{St as ChatsPage};

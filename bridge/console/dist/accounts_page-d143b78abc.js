import{a as Ne}from"./chunk-277c894be7.js";import"./chunk-5d2e8f1a93.js";import{a as je}from"./chunk-d807088607.js";import{b as Ee}from"./chunk-cd11ed7832.js";import{a as M}from"./chunk-5261a8dfcd.js";import"./chunk-f79c9d1716.js";import{b as re}from"./chunk-92bcfbac36.js";import"./chunk-64cae64244.js";import"./chunk-c1599ab7cb.js";import{b as g}from"./chunk-ab5a35c585.js";import{b as z,f as Ce}from"./chunk-ee4c56542b.js";import{a as j,b as ee,c as te,d as ne,f as w,h as Ae,j as Se}from"./chunk-5ea57c0536.js";import{a as G}from"./chunk-0235c4fe36.js";import{a as we,b as R}from"./chunk-d87e4d84ed.js";import{a as ke,b as K}from"./chunk-d2620b2114.js";import{a as f}from"./chunk-42e248aa20.js";import{a as L,b as Q}from"./chunk-e281799292.js";import{a as W}from"./chunk-396223addb.js";import{h as Oe}from"./chunk-03cb81ffd2.js";import{f as C}from"./chunk-c214e45a7f.js";import{a as Le,b as Me}from"./chunk-b37d78cfe4.js";import"./chunk-570872fef3.js";import"./chunk-ff4ab8e738.js";import"./chunk-0cea23a4ea.js";import{c as $,d as oe}from"./chunk-6d9b40276f.js";import"./chunk-c216db5062.js";import{b as xe,e as Z,f as J}from"./chunk-d490d1e7a1.js";import{a as y,b as H,c as v,d as Te}from"./chunk-3a72daabe9.js";import{a as I}from"./chunk-6c4968ad0d.js";import{e as B}from"./chunk-d5ac9a946b.js";import{a as e,b as he,c as ge,i as be,k as ye,n as c,o as ve}from"./chunk-9587a19931.js";import{a as fe,k as Y,p as x}from"./chunk-984849db8b.js";import{c as q,e as h,f as F,i as P,l as pe,s as S}from"./chunk-f76a2ab3ff.js";var _e={offline:"doOffline",penalised:"doPenalised",refused:"doRefused",replaced:"doReplaced"};function T({state:t}){return t==="offline"||t==="refused"||t==="replaced"}function Pe(t){return t.state==="refused"?"password":T(t)?"login":"chats"}async function D(t,r){r==="remove"?(await x("removeAccount",{uin:t}),Se(t)):await x(r,{},{account:t})}async function U(t,r){await D(t,r),await w()}var Re={filter:"Filter by name or number",allStates:"All states",state:"State",layout:"Layout",cards:"Cards",table:"Table",name:"Name",number:"Number",sinceWhen:"Since",presence:"Presence",lastPoll:"Last poll",waiting:"Waiting",unread:"Unread",requests:"Requests",select:"Select {name}",selectAll:"Select all that are shown",selected:"{n} selected",noMatch:"No account matches the filter. Clear it to see all.",clearFilter:"Clear the filter",moreActions:"More actions for {name}",changePassword:"Change password",details:"Details",never:"never",notSet:"not set",progress:"{done} of {all} done, {failed} failed",stop:"Stop",stopped:"Stopped after {done} of {all}.",failedHere:"{name}: {why}",removeMany:"Remove {n} accounts?",removeManyAsk:"The bridge logs them out and forgets them. If it runs its own QQ server, they and their friends are also removed there.",addedAlready:"{uin} is already here. Change its password instead?",passwordMissing:"Enter a password.",numberWrong:"A QQ number has 5 to 20 digits and does not begin with 0.",changed:"The change was made. A new password logs the account in again.",nothingChanged:"Nothing was changed: all fields are empty.",newPassword:"New password",change:"Change",unchanged:"leave empty to keep it",keepPolicy:"As it is",timeline:"Last 24 hours",timelineEmpty:"No change of state in the last 24 hours.",timelineMore:"Only the last {n} changes are shown.",danger:"Danger zone",close:"Close details",readOnly:"Read-only: this token lacks manage.",staleNote:"As of {time}: not connected. Actions wait for the connection."};var i=ye(Re,async()=>(await import("./accounts-48ba52bd7d.js")).ZH);function De(t){return String(new FormData(t).get("password")??"")}function qe(t){let r=$(t,"nickname"),n=$(t,"policy");return{...r===""?{}:{nickname:r},...n===""?{}:{policy:n}}}function Fe({onClose:t}){let[r,n]=h({}),s=y();return e(Le,{title:c("addAccount"),onClose:t,children:e("form",{noValidate:!0,onSubmit:oe(o=>{let a=$(o,"uin"),d=De(o),l={...Ee(a)?{}:{uin:i("numberWrong")},...d===""?{password:i("passwordMissing")}:{}};if(n(l),Object.keys(l).length>0){let u="uin"in l?"uin":"password";o.elements.namedItem(u).focus();return}s.run(async()=>{try{await x("addAccount",{uin:a,password:d,...qe(o)})}catch(u){if(!Ve(u))throw u;return n({uin:i("addedAlready",{uin:a}),existing:a})}await w(),t()},"addAccount")}),children:[e("p",{class:"hint",children:c("addAccountHint")}),e(M,{name:c("uin"),problem:r.uin,isRequired:!0,render:o=>e("input",{...o,name:"uin",inputMode:"numeric",autocomplete:"off"})}),r.existing!==void 0&&e("button",{type:"button",class:"small",onClick:()=>{t(),g(f("accounts",[r.existing]))},children:i("changePassword")}),e(M,{name:c("password"),problem:r.password,isRequired:!0,render:o=>e("input",{...o,name:"password",type:"password",autocomplete:"new-password",maxLength:256})}),e(Be,{noPolicy:c("policyDefault"),note:c("optional")}),e(v,{task:s}),e("div",{class:"actions form-end",children:[e("button",{type:"button",onClick:t,children:c("cancel")}),e("button",{type:"submit",class:"primary",disabled:s.busy,children:c(s.busy?"adding":"add")})]})]})})}function Ie({uin:t}){let r=y();return e("form",{noValidate:!0,onSubmit:oe(n=>{let s=De(n),o={...s===""?{}:{password:s},...qe(n)};if(Object.keys(o).length===0)return r.fail(i("nothingChanged"));r.run(async()=>(await x("changeAccount",{uin:t,...o}),n.reset(),await w(),i("changed")),"changeAccount")}),children:[e(M,{name:i("newPassword"),note:i("unchanged"),render:n=>e("input",{...n,name:"password",type:"password",autocomplete:"new-password",maxLength:256})}),e(Be,{noPolicy:i("keepPolicy"),note:i("unchanged")}),e(H,{task:r}),e("div",{class:"actions",children:e("button",{type:"submit",disabled:r.busy,children:i("change")})})]})}function Be({noPolicy:t,note:r}){return e(q,{children:[e(M,{name:c("nickname"),note:r,render:n=>e("input",{...n,name:"nickname",autocomplete:"off",maxLength:256})}),e(M,{name:c("policy"),render:n=>e("select",{...n,name:"policy",children:[e("option",{value:"",children:t}),e("option",{value:"verify",children:c("policyVerify")}),e("option",{value:"anybody",children:c("policyAnybody")}),e("option",{value:"nobody",children:c("policyNobody")})]})})]})}function Ve(t){return t instanceof fe&&t.code==="already_exists"}var Xe=24*36e5,ie=100;function ze({account:t,onRemove:r}){let{uin:n}=t,s=y();return e("section",{class:"card detail","aria-labelledby":"account-title","data-region":!0,children:[e("header",{class:"who",children:[e(Q,{uin:n,face:t.face,size:"large"}),e("div",{children:[e("h2",{id:"account-title",children:e(L,{person:t,uin:n})}),e("p",{class:"hint",children:n})]}),e("button",{type:"button",class:"quiet ui-square","aria-label":i("close"),onClick:()=>g(f("accounts")),children:e(B,{name:"close"})})]}),e(ae,{account:t}),e(se,{account:t}),e("div",{class:"actions",children:[e("a",{class:"button",href:f("chats",[n]),children:c("openChats")}),S("manage")&&e("button",{type:"button",disabled:s.busy,onClick:()=>s.run(()=>U(n,T(t)?"login":"logout"),T(t)?"login":"logout"),children:c(T(t)?"logIn":"logOut")})]}),e(v,{task:s}),S("manage")?e(Ge,{account:t}):e("p",{class:"hint",children:i("readOnly")}),e(Ye,{uin:n,state:t.state}),S("manage")&&e(q,{children:[e(Ie,{uin:n},n),e("h3",{children:i("danger")}),e("div",{class:"actions",children:e("button",{type:"button",class:"danger",onClick:r,children:c("removeAccount",{uin:n})})})]})]})}function ae({account:{state:t,since:r}}){return e("p",{class:"state-line",children:[e(R,{state:t}),e("time",{dateTime:r,children:c("since",{when:J(r)})})]})}function se({account:t}){let{state:r,reason:n,action:s}=t,o=_e[r];return o===void 0?null:e("div",{class:"why",children:[e("p",{children:c(o)}),(n??s)!==void 0&&e("details",{children:[e("summary",{children:c("details")}),e("p",{lang:"en",dir:"auto",children:[n,s].filter(Boolean).join(". ")})]})]})}function Ge({account:{uin:t,status:r,state:n}}){let s=y();return e("div",{children:[e("label",{class:"field",children:[e("span",{children:c("presence")}),e("select",{value:r??"",disabled:s.busy||n!=="online",onChange:({currentTarget:o})=>{let a=o.value;return s.run(async()=>(await x("setStatus",{status:a},{account:t}),Ae(t,a),c("presenceSet",{status:c(a)})),"setStatus")},children:[r===void 0&&e("option",{value:"",children:i("notSet")}),Object.keys(Oe).map(o=>e("option",{value:o,children:c(o)},o))]})]}),e(H,{task:s})]})}function Ye({uin:t,state:r}){let[n,s]=h(),[o,a]=h(!1),d=y();return F(()=>{d.run(async()=>{let l=await x("history",{events:["account.state"],since:new Date(Date.now()-Xe).toISOString(),before:Number.MAX_SAFE_INTEGER,limit:ie},{account:t});s(l.events.toReversed()),a(l.events.length===ie&&l.more)},"history")},[t,r]),e("div",{children:[e("h3",{children:i("timeline")}),e(v,{task:d}),n?.length===0&&e("p",{class:"hint",children:i("timelineEmpty")}),e("ol",{class:"timeline",children:n?.map(l=>e("li",{children:[e("time",{dateTime:l.at,children:J(l.at)}),e(R,{state:l.data.state})]},l.seq))}),o&&e("p",{class:"hint",children:i("timelineMore",{n:ie})})]})}function We({rows:t,onRemove:r}){return e("ul",{class:"cards",children:t.map(n=>e(Ze,{account:n,onRemove:()=>r(n.uin)},n.uin))})}function Ze({account:t,onRemove:r}){let{uin:n,status:s,state:o}=t,a=y(),d=W(C(t)),l=k=>a.run(()=>U(n,k),k),u=S("manage"),p=u?Pe(t):"chats",b=()=>g(f("accounts",[n]));return e("li",{class:"card account","aria-label":`${d} ${n}`,children:[e("div",{class:"who",children:[e(Q,{uin:n,face:t.face,size:"large"}),e("div",{children:[e("h2",{children:e(L,{person:t,uin:n})}),e("p",{class:"hint",children:[n,o==="online"&&s!==void 0&&` \xB7 ${c(s)}`]})]})]}),e(ae,{account:t}),e(se,{account:t}),e(v,{task:a}),e("div",{class:"actions",children:[p==="chats"&&e("a",{class:"button primary",href:f("chats",[n]),children:c("openChats")}),p==="login"&&e("button",{type:"button",class:"primary",disabled:a.busy,onClick:()=>l("login"),children:c("logIn")}),p==="password"&&e("button",{type:"button",class:"primary",onClick:b,children:i("changePassword")}),e("a",{class:"button quiet",href:f("accounts",[n]),children:i("details")}),u&&e(je,{name:i("moreActions",{name:d}),items:[{text:c("openChats"),icon:"chats",onChoose:()=>g(f("chats",[n]))},T(t)?{text:c("logIn"),icon:"logIn",onChoose:()=>void l("login")}:{text:c("logOut"),icon:"logOut",onChoose:()=>void l("logout")},{text:i("changePassword"),icon:"edit",onChoose:b},{text:c("removeAccount",{uin:n}),icon:"remove",isDanger:!0,onChoose:r}]})]})]})}function $e({rows:t,chosen:r,selected:n,onSelect:s,isCompact:o}){let[a,d]=h({column:"number",isDescending:!1}),l=Ce.value;z.version;let u=P(()=>{let p=t.map(b=>({account:b,unread:z.peek(b.uin)??0,requests:l.get(b.uin)??0}));return Je(p,a)},[t,a,l,z.version]);return e(Ne,{name:c("accounts"),columns:Ke(n,s,o),rows:u,keyOf:({account:p})=>p.uin,chosen:r,sort:a,onSort:d,onChoose:({account:p})=>g(f("accounts",[p.uin]))})}function Je(t,{column:r,isDescending:n}){let{compare:s}=new Intl.Collator(be()),o={name:(l,u)=>s(C(l.account),C(u.account)),number:(l,u)=>ne(l.account.uin,u.account.uin),state:(l,u)=>s(l.account.state,u.account.state),since:(l,u)=>s(l.account.since,u.account.since),waiting:(l,u)=>(l.account.waiting??0)-(u.account.waiting??0),unread:(l,u)=>l.unread-u.unread,requests:(l,u)=>l.requests-u.requests},a=o[r]??o.number,d=n?-1:1;return t.sort((l,u)=>d*a(l,u)||ne(l.account.uin,u.account.uin))}function Ke(t,r,n){return[t!==void 0&&{key:"select",title:"",width:"2.5rem",render:({account:{uin:o,nickname:a}})=>e("input",{type:"checkbox",tabIndex:-1,"aria-label":i("select",{name:a||o}),checked:t.has(o),onClick:d=>d.stopPropagation(),onChange:({currentTarget:d})=>r([o],d.checked)})},{key:"name",title:i("name"),isSortable:!0,render:({account:o})=>e(L,{person:o,uin:o.uin})},{key:"number",title:i("number"),width:"8rem",isSortable:!0,render:({account:o})=>o.uin},{key:"state",title:i("state"),width:"9rem",isSortable:!0,render:({account:o})=>e(R,{state:o.state})},!n&&{key:"since",title:i("sinceWhen"),width:"6rem",isSortable:!0,render:({account:o})=>Z(o.since)},!n&&{key:"presence",title:i("presence"),width:"6rem",render:({account:{state:o,status:a}})=>o==="online"&&a!==void 0?c(a):""},!n&&{key:"poll",title:i("lastPoll"),width:"6rem",render:({account:{lastPollAt:o}})=>o===void 0?i("never"):Z(o)},!n&&{key:"waiting",title:i("waiting"),width:"6rem",isNumber:!0,isSortable:!0,render:({account:o})=>o.waiting??0},{key:"unread",title:i("unread"),width:"5rem",isNumber:!0,isSortable:!0,render:({unread:o})=>o},!n&&{key:"requests",title:i("requests"),width:"6rem",isNumber:!0,isSortable:!0,render:({requests:o})=>o}].filter(o=>o!==!1)}var He=`.page.accounts {
  display: flex;
  flex-direction: column;
  min-height: 0;
  max-width: 110rem;
}

.page.accounts:has(.ui-table) {
  flex: 1;
}

.accounts .toolbar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px;
  margin-bottom: 12px;
}

.accounts .toolbar input[type="search"] {
  flex: 1;
  min-width: 12rem;
  max-width: 24rem;
}

.accounts .toolbar .tabs {
  margin: 0;
}

.accounts .note {
  margin-bottom: 12px;
}

.accounts-body {
  display: flex;
  flex: 1;
  gap: 16px;
  min-height: 0;
}

.accounts-body > .cards {
  flex: 1;
}

.table-box {
  display: flex;
  flex: 1;
  min-width: 0;
  min-height: 16rem;
}

.accounts .detail {
  display: grid;
  flex: 0 0 min(26rem, 100%);
  gap: 16px;
  align-content: start;
  overflow: auto;
}

.account {
  display: grid;
  gap: 12px;
  align-content: start;
}

.who > button {
  margin-inline-start: auto;
}

.state-line {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px;
  color: var(--muted);
  font-size: 13px;
  line-height: 18px;
}

.why {
  display: grid;
  gap: 4px;
  padding: 8px 12px;
  border-radius: 6px;
  background: var(--sunken);
  font-size: 13px;
  line-height: 18px;
}

.timeline li {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 8px;
  padding: 2px 0;
  font-size: 13px;
}

.form-end {
  justify-content: flex-end;
}

@media (max-width: 64rem) {
  .with-detail > :not(.detail) {
    display: none;
  }

  .accounts .detail {
    flex: 1;
  }
}
`;var tt=4,E=pe(void 0),V;async function ce(t,r){V?.abort();let n=V=new AbortController,s=[...t];E.value={all:t.length,done:0,failures:[],isRunning:!0};let o=a=>{let d=E.value;V===n&&d!==void 0&&(E.value={...d,...a(d)})};await Promise.all(Array.from({length:tt},async()=>{for(;;){let a=s.shift();if(a===void 0||n.signal.aborted)return;try{await D(a,r),o(d=>({done:d.done+1}))}catch(d){let l=W(C(j.peek(a),a)),u=I(d,r).text;o(p=>({failures:[...p.failures,{name:l,why:u}]}))}}})),o(()=>({isRunning:!1})),await w().catch(()=>{})}function Qe(){let t=E.value;if(t===void 0)return null;let{all:r,done:n,failures:s,isRunning:o}=t,a=!o&&n+s.length<r;return e("div",{class:`note bulk ${s.length>0?"bad":"good"}`,children:[e("div",{class:"note-text",role:"status",children:[e("p",{children:a?i("stopped",{done:n,all:r}):i("progress",{done:n,all:r,failed:s.length})}),s.length>0&&e("ul",{children:s.map(({name:d,why:l})=>e("li",{children:i("failedHere",{name:d,why:l})},d))})]}),o?e("button",{type:"button",class:"small",onClick:()=>{V?.abort(),E.value={...t,isRunning:!1}},children:i("stop")}):e("button",{type:"button",class:"small",onClick:()=>E.value=void 0,children:c("dismiss")})]})}ve(He);var nt=12;function oo({params:t,query:r}){let[n,s]=h(!1),[o,a]=h(he("accountsLayout")),[d,l]=h(new Set),[u,p]=h();F(()=>void w().catch(()=>{}),[]);let b=r.get("text")??"",k=G.find(m=>m===r.get("state")),O=P(()=>te.value.flatMap(m=>j.peek(m)??[]),[te.value,j.version]),N=P(()=>{let m=b.trim().toLowerCase();return O.filter(A=>(k===void 0||A.state===k)&&`${A.uin} ${A.nickname}`.toLowerCase().includes(m))},[O,b,k]),le=S("manage"),de=(o??(O.length>nt?"table":"cards"))==="table",_=t.uin===void 0?void 0:j.get(t.uin),Ue=m=>g(f("accounts",[t.uin],{text:(m.text??b)||void 0,state:(m.state??k)||void 0})),ue=(m,A)=>{let X=new Set(d);for(let me of m)A?X.add(me):X.delete(me);l(X)};return e("div",{class:"page accounts",children:[e("header",{class:"page-head",children:[e("h1",{children:c("accounts")}),le?e("button",{type:"button",class:"primary",onClick:()=>s(!0),children:[e(B,{name:"add"}),c("addAccount")]}):e("p",{class:"hint",children:i("readOnly")})]}),Y.value!==void 0&&e("p",{class:"note warn",children:i("staleNote",{time:xe(Y.value)})}),!ee.value&&(re.value===void 0?e(ke,{onRetry:()=>void w().catch(()=>{})}):e(Te,{error:I(re.value)})),ee.value&&O.length===0&&e(K,{title:c("noAccounts"),hint:c("noAccountsHint")}),O.length>0&&e(ot,{text:b,state:k,isTable:de,onFilter:Ue,onLayout:m=>{ge("accountsLayout",m),a(m)}}),d.size>0&&e(rt,{selected:d,shown:N.map(({uin:m})=>m),onSelect:ue,onRun:m=>{let A=[...d];if(m==="remove")return p(A);l(new Set),ce(A,m)}}),e(Qe,{}),O.length>0&&N.length===0&&e(K,{title:i("noMatch"),children:e("button",{type:"button",onClick:()=>g(f("accounts")),children:i("clearFilter")})}),e("div",{class:`accounts-body ${_===void 0?"":"with-detail"}`,children:[N.length>0&&(de?e("div",{class:"table-box","data-region":!0,children:e($e,{rows:N,chosen:t.uin,selected:le?d:void 0,onSelect:ue,isCompact:_!==void 0||matchMedia("(max-width: 64rem)").matches})}):e(We,{rows:N,onRemove:m=>p([m])})),_!==void 0&&e(ze,{account:_,onRemove:()=>p([_.uin])})]}),n&&e(Fe,{onClose:()=>s(!1)}),u!==void 0&&e(it,{uins:u,onClose:()=>p(void 0),onMany:()=>{l(new Set),ce(u,"remove")}})]})}function ot({text:t,state:r,isTable:n,onFilter:s,onLayout:o}){return e("div",{class:"toolbar",children:[e("input",{type:"search","data-filter":!0,"aria-label":i("filter"),placeholder:i("filter"),value:t,onInput:({currentTarget:a})=>s({text:a.value})}),e("select",{class:"compact","aria-label":i("state"),value:r??"",onChange:({currentTarget:a})=>s({state:a.value}),children:[e("option",{value:"",children:i("allStates")}),G.map(a=>e("option",{value:a,children:c(we[a])},a))]}),e("div",{class:"tabs",role:"group","aria-label":i("layout"),children:["cards","table"].map(a=>e("button",{type:"button","aria-pressed":n===(a==="table"),onClick:()=>o(a),children:i(a)},a))})]})}function rt({selected:t,shown:r,onSelect:n,onRun:s}){return e("div",{class:"toolbar selection",role:"group","aria-label":i("selected",{n:t.size}),children:[e("span",{children:i("selected",{n:t.size})}),e("button",{type:"button",class:"small",onClick:()=>n(r,!0),children:i("selectAll")}),e("button",{type:"button",class:"small",onClick:()=>s("login"),children:c("logIn")}),e("button",{type:"button",class:"small",onClick:()=>s("logout"),children:c("logOut")}),e("button",{type:"button",class:"small quiet",onClick:()=>s("remove"),children:[c("remove"),"\u2026"]})]})}function it({uins:t,onClose:r,onMany:n}){let s=y(),[o]=t,a=t.length===1;return e(Me,{title:a?c("removeAccount",{uin:o}):i("removeMany",{n:t.length}),action:c("remove"),isBusy:s.busy,onClose:r,onConfirm:()=>{if(!a)return n(),r();s.run(async()=>{await D(o,"remove"),r()},"removeAccount")},children:[e("p",{children:a?c("removeAccountAsk",{uin:o}):i("removeManyAsk")}),e(v,{task:s})]})}export{oo as AccountsPage};

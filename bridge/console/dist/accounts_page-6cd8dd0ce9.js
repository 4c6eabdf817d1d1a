import{b as C,e as v,g as w,i as H}from"./chunk-5001f569cf.js";import{a as O,f as T,g as F,h as j,j as b,o as S}from"./chunk-0e66535407.js";import{d as D,g as k}from"./chunk-34c92d9368.js";import{h as E}from"./chunk-03cb81ffd2.js";import{e as z,i as N,j as P}from"./chunk-af527bdfdd.js";import{a as d,b as L,c as g,d as _}from"./chunk-306655d49f.js";import{h as s}from"./chunk-8e34d52bc6.js";import{a as R}from"./chunk-56edc73042.js";import{A as n,G as A,c as f,e,f as y}from"./chunk-3848f2550c.js";var q=`.account {
  display: grid;
  gap: 0.85rem;
  align-content: start;
}

.state-line {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.6rem;
  color: var(--muted);
  font-size: 0.9rem;
}

.why {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 0.25rem 0.8rem;
  padding: 0.7rem 0.85rem;
  border-radius: 10px;
  background: var(--sunken);
  font-size: 0.9rem;
}

.why dt {
  color: var(--muted);
}

.why small {
  display: block;
  color: var(--muted);
}
`;R(q);var U={offline:"doOffline",penalised:"doPenalised",refused:"doRefused",replaced:"doReplaced"},$=200;function me(){let[o,t]=y(!1),a=F.value?j.value.map(c=>T.get(c)):void 0;return e("div",{class:"page",children:[e("header",{class:"page-head",children:[e("h1",{children:n("accounts")}),A("manage")&&e("button",{type:"button",class:"primary",onClick:()=>t(!0),children:[e(z,{name:"add"}),n("addAccount")]})]}),a===void 0&&e("p",{class:"hint",children:n("loading")}),a?.length===0&&e(L,{title:n("noAccounts"),hint:n("noAccountsHint")}),e("ul",{class:"cards",children:a?.slice(0,$).map(c=>e(B,{account:c},c.uin))}),o&&e(V,{onClose:()=>t(!1)})]})}function B({account:o}){let{uin:t,state:a,since:c,reason:r,action:u}=o,[m,p]=y(!1),l=v(),h=k(o),i=U[a];return e("li",{class:"card account","aria-label":`${h} ${t}`,children:[e("div",{class:"who",children:[e(H,{uin:t,face:D(t,t)?.face,size:"large"}),e("div",{children:[e("h2",{children:h}),e("p",{class:"hint",children:t})]})]}),e("p",{class:"state-line",children:[e(C,{state:a}),e("time",{dateTime:c,title:P(c),children:n("since",{when:N(c)})})]}),a!=="online"&&(r!==void 0||i!==void 0)&&e("dl",{class:"why",children:[r!==void 0&&e(f,{children:[e("dt",{children:n("reason")}),e("dd",{lang:"en",children:r})]}),i!==void 0&&e(f,{children:[e("dt",{children:n("whatToDo")}),e("dd",{children:[n(i),u!==void 0&&e("small",{lang:"en",children:u})]})]})]}),e(w,{task:l}),e(M,{account:o,task:l,onRemove:()=>p(!0)}),m&&e(W,{uin:t,onClose:()=>p(!1)})]})}function M({account:{uin:o,state:t,...a},task:c,onRemove:r}){let[u,m]=y(""),p=k({uin:o,...a}),l=t==="offline"||t==="refused"||t==="replaced",h=i=>c.run(async()=>{await s(i,{},{account:o}),await b()});return e("div",{class:"actions",children:[e("a",{class:"button",href:O("chats",[o]),children:n("openChats")}),A("manage")&&e(f,{children:[e("button",{type:"button",disabled:c.busy,onClick:()=>h(l?"login":"logout"),children:n(l?"logIn":"logOut")}),t==="online"&&e("select",{class:"compact","aria-label":n("presenceOf",{name:p}),value:"",disabled:c.busy,onChange:({currentTarget:i})=>{let x=i.value;return i.value="",c.run(async()=>{m(""),await s("setStatus",{status:x},{account:o}),m(n("presenceSet",{status:n(x)}))})},children:[e("option",{value:"",disabled:!0,children:n("setPresence")}),Object.keys(E).map(i=>e("option",{value:i,children:n(i)},i))]}),e("button",{type:"button",class:"danger","aria-label":n("removeAccount",{uin:o}),onClick:r,children:n("remove")})]}),e("span",{class:"hint",role:"status",children:u})]})}function V({onClose:o}){let t=v();return e(S,{title:n("addAccount"),onClose:o,children:e("form",{onSubmit:_(a=>{let c=g(a,"nickname"),r=g(a,"policy");return t.run(async()=>{await s("addAccount",{uin:g(a,"uin"),password:String(new FormData(a).get("password")),...c===""?{}:{nickname:c},...r===""?{}:{policy:r}}),await b(),o()})}),children:[e("p",{class:"hint",children:n("addAccountHint")}),e(d,{label:n("uin"),children:e("input",{name:"uin",inputMode:"numeric",autocomplete:"off",required:!0,pattern:"[1-9][0-9]{4,19}"})}),e(d,{label:n("password"),children:e("input",{name:"password",type:"password",autocomplete:"new-password",required:!0,maxLength:256})}),e(d,{label:n("nickname"),hint:n("optional"),children:e("input",{name:"nickname",autocomplete:"off",maxLength:256})}),e(d,{label:n("policy"),children:e("select",{name:"policy",children:[e("option",{value:"",children:n("policyDefault")}),e("option",{value:"verify",children:n("policyVerify")}),e("option",{value:"anybody",children:n("policyAnybody")}),e("option",{value:"nobody",children:n("policyNobody")})]})}),e(w,{task:t}),e("div",{class:"actions",children:[e("button",{type:"submit",class:"primary",disabled:t.busy,children:n(t.busy?"adding":"add")}),e("button",{type:"button",onClick:o,children:n("cancel")})]})]})})}function W({uin:o,onClose:t}){let a=v();return e(S,{title:n("removeAccount",{uin:o}),onClose:t,children:[e("p",{children:n("removeAccountAsk",{uin:o})}),e(w,{task:a}),e("div",{class:"actions",children:[e("button",{type:"button",class:"danger",disabled:a.busy,onClick:()=>a.run(async()=>{await s("removeAccount",{uin:o}),t(),await b()}),children:n("remove")}),e("button",{type:"button",onClick:t,children:n("cancel")})]})]})}export{me as AccountsPage};

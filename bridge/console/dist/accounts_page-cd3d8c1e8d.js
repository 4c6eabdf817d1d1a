import{a as Se,b as z,c as Q,d as Ee,e as se,f as Y,h as A,i as G,j as O,k as Ne,l as I,m as Z,n as Le,o as _e,p as Pe,q as P}from"./chunk-a65250a6a0.js";import{a as w,c as v,f as R,g as oe,h as re,i as ie,k as C,l as Te,m as Oe,p as Fe,q as Ie,s as ue}from"./chunk-74725ece9a.js";import"./chunk-58933fb59d.js";import{j as N,r as K,v as Me}from"./chunk-a182c3ebc6.js";import{a as Ce,c as ne,h as T}from"./chunk-8e34d52bc6.js";import{h as De,s as qe}from"./chunk-bfc41d3313.js";import{e as F,g as Re,i as ce,j as le}from"./chunk-af527bdfdd.js";import{a as je}from"./chunk-56edc73042.js";import{c as X,d as ae}from"./chunk-306655d49f.js";import{A as u,G as E,c as V,e,f as b,g as _,h as ye,i as be,j as B,m as we,p as xe,q as ke,v as ve,x as Ae}from"./chunk-3848f2550c.js";var de=["offline","connecting","online","penalised","refused","replaced"];var $e={offline:"doOffline",penalised:"doPenalised",refused:"doRefused",replaced:"doReplaced"};function D({state:t}){return t==="offline"||t==="refused"||t==="replaced"}function Be(t){return t.state==="refused"?"password":D(t)?"login":"chats"}async function W(t,i){i==="remove"?(await T("removeAccount",{uin:t}),Oe(t)):await T(i,{},{account:t})}async function J(t,i){await W(t,i),await C()}var ze={filter:"Filter by name or number",allStates:"All states",state:"State",layout:"Layout",cards:"Cards",table:"Table",name:"Name",number:"Number",sinceWhen:"Since",presence:"Presence",lastPoll:"Last poll",waiting:"Waiting",unread:"Unread",requests:"Requests",select:"Select {name}",selectAll:"Select all that are shown",selected:"{n} selected",noMatch:"No account matches the filter. Clear it to see all.",clearFilter:"Clear the filter",moreActions:"More actions for {name}",changePassword:"Change password",details:"Details",never:"never",notSet:"not set",progress:"{done} of {all} done, {failed} failed",stop:"Stop",stopped:"Stopped after {done} of {all}.",failedHere:"{name}: {why}",removeMany:"Remove {n} accounts?",removeManyAsk:"The bridge logs them out and forgets them. If it runs its own QQ server, they and their friends are also removed there.",addedAlready:"{uin} is already here. Change its password instead?",passwordMissing:"Enter a password.",numberWrong:"A QQ number has 5 to 20 digits and does not begin with 0.",changed:"The change was made. A new password logs the account in again.",nothingChanged:"Nothing was changed: all fields are empty.",newPassword:"New password",change:"Change",unchanged:"leave empty to keep it",keepPolicy:"As it is",timeline:"Last 24 hours",timelineEmpty:"No change of state in the last 24 hours.",timelineMore:"Only the last {n} changes are shown.",danger:"Danger zone",close:"Close details",readOnly:"Read-only: this token lacks manage.",staleNote:"As of {time}: not connected. Actions wait for the connection."};var s=Ae(ze,async()=>(await import("./accounts-48ba52bd7d.js")).ZH);function We(t){return String(new FormData(t).get("password")??"")}function He(t){let i=X(t,"nickname"),n=X(t,"policy");return{...i===""?{}:{nickname:i},...n===""?{}:{policy:n}}}function Ue({onClose:t}){let[i,n]=b({}),a=A();return e(Fe,{title:u("addAccount"),onClose:t,children:e("form",{noValidate:!0,onSubmit:ae(o=>{let c=X(o,"uin"),d=We(o),l={...qe(c)?{}:{uin:s("numberWrong")},...d===""?{password:s("passwordMissing")}:{}};if(n(l),Object.keys(l).length>0){let m="uin"in l?"uin":"password";o.elements.namedItem(m).focus();return}a.run(async()=>{try{await T("addAccount",{uin:c,password:d,...He(o)})}catch(m){if(!et(m))throw m;return n({uin:s("addedAlready",{uin:c}),existing:c})}await C(),t()},"addAccount")}),children:[e("p",{class:"hint",children:u("addAccountHint")}),e(P,{name:u("uin"),problem:i.uin,isRequired:!0,render:o=>e("input",{...o,name:"uin",inputMode:"numeric",autocomplete:"off"})}),i.existing!==void 0&&e("button",{type:"button",class:"small",onClick:()=>{t(),v(w("accounts",[i.existing]))},children:s("changePassword")}),e(P,{name:u("password"),problem:i.password,isRequired:!0,render:o=>e("input",{...o,name:"password",type:"password",autocomplete:"new-password",maxLength:256})}),e(Ke,{noPolicy:u("policyDefault"),note:u("optional")}),e(O,{task:a}),e("div",{class:"actions form-end",children:[e("button",{type:"button",onClick:t,children:u("cancel")}),e("button",{type:"submit",class:"primary",disabled:a.busy,children:u(a.busy?"adding":"add")})]})]})})}function Ve({uin:t}){let i=A();return e("form",{noValidate:!0,onSubmit:ae(n=>{let a=We(n),o={...a===""?{}:{password:a},...He(n)};if(Object.keys(o).length===0)return i.fail(s("nothingChanged"));i.run(async()=>(await T("changeAccount",{uin:t,...o}),n.reset(),await C(),s("changed")),"changeAccount")}),children:[e(P,{name:s("newPassword"),note:s("unchanged"),render:n=>e("input",{...n,name:"password",type:"password",autocomplete:"new-password",maxLength:256})}),e(Ke,{noPolicy:s("keepPolicy"),note:s("unchanged")}),e(G,{task:i}),e("div",{class:"actions",children:e("button",{type:"submit",disabled:i.busy,children:s("change")})})]})}function Ke({noPolicy:t,note:i}){return e(V,{children:[e(P,{name:u("nickname"),note:i,render:n=>e("input",{...n,name:"nickname",autocomplete:"off",maxLength:256})}),e(P,{name:u("policy"),render:n=>e("select",{...n,name:"policy",children:[e("option",{value:"",children:t}),e("option",{value:"verify",children:u("policyVerify")}),e("option",{value:"anybody",children:u("policyAnybody")}),e("option",{value:"nobody",children:u("policyNobody")})]})})]})}function et(t){return t instanceof Ce&&t.code==="already_exists"}var tt=24*36e5,me=100;function Qe({account:t,onRemove:i}){let{uin:n}=t,a=A();return e("section",{class:"card detail","aria-labelledby":"account-title","data-region":!0,children:[e("header",{class:"who",children:[e(Z,{uin:n,face:t.face,size:"large"}),e("div",{children:[e("h2",{id:"account-title",children:e(I,{person:t,uin:n})}),e("p",{class:"hint",children:n})]}),e("button",{type:"button",class:"quiet ui-square","aria-label":s("close"),onClick:()=>v(w("accounts")),children:e(F,{name:"close"})})]}),e(fe,{account:t}),e(pe,{account:t}),e("div",{class:"actions",children:[e("a",{class:"button",href:w("chats",[n]),children:u("openChats")}),E("manage")&&e("button",{type:"button",disabled:a.busy,onClick:()=>a.run(()=>J(n,D(t)?"login":"logout"),D(t)?"login":"logout"),children:u(D(t)?"logIn":"logOut")})]}),e(O,{task:a}),E("manage")?e(nt,{account:t}):e("p",{class:"hint",children:s("readOnly")}),e(ot,{uin:n,state:t.state}),E("manage")&&e(V,{children:[e(Ve,{uin:n},n),e("h3",{children:s("danger")}),e("div",{class:"actions",children:e("button",{type:"button",class:"danger",onClick:i,children:u("removeAccount",{uin:n})})})]})]})}function fe({account:{state:t,since:i}}){return e("p",{class:"state-line",children:[e(z,{state:t}),e("time",{dateTime:i,children:u("since",{when:le(i)})})]})}function pe({account:t}){let{state:i,reason:n,action:a}=t,o=$e[i];return o===void 0?null:e("div",{class:"why",children:[e("p",{children:u(o)}),(n??a)!==void 0&&e("details",{children:[e("summary",{children:u("details")}),e("p",{lang:"en",dir:"auto",children:[n,a].filter(Boolean).join(". ")})]})]})}function nt({account:{uin:t,status:i,state:n}}){let a=A();return e("div",{children:[e("label",{class:"field",children:[e("span",{children:u("presence")}),e("select",{value:i??"",disabled:a.busy||n!=="online",onChange:({currentTarget:o})=>{let c=o.value;return a.run(async()=>(await T("setStatus",{status:c},{account:t}),Te(t,c),u("presenceSet",{status:u(c)})),"setStatus")},children:[i===void 0&&e("option",{value:"",children:s("notSet")}),Object.keys(De).map(o=>e("option",{value:o,children:u(o)},o))]})]}),e(G,{task:a})]})}function ot({uin:t,state:i}){let[n,a]=b(),[o,c]=b(!1),d=A();return _(()=>{d.run(async()=>{let l=await T("history",{events:["account.state"],since:new Date(Date.now()-tt).toISOString(),before:Number.MAX_SAFE_INTEGER,limit:me},{account:t});a(l.events.toReversed()),c(l.events.length===me&&l.more)},"history")},[t,i]),e("div",{children:[e("h3",{children:s("timeline")}),e(O,{task:d}),n?.length===0&&e("p",{class:"hint",children:s("timelineEmpty")}),e("ol",{class:"timeline",children:n?.map(l=>e("li",{children:[e("time",{dateTime:l.at,children:le(l.at)}),e(z,{state:l.data.state})]},l.seq))}),o&&e("p",{class:"hint",children:s("timelineMore",{n:me})})]})}function Xe({rows:t,onRemove:i}){return e("ul",{class:"cards",children:t.map(n=>e(rt,{account:n,onRemove:()=>i(n.uin)},n.uin))})}function rt({account:t,onRemove:i}){let{uin:n,status:a,state:o}=t,c=A(),d=Q(N(t)),l=g=>c.run(()=>J(n,g),g),m=E("manage"),p=m?Be(t):"chats",x=()=>v(w("accounts",[n]));return e("li",{class:"card account","aria-label":`${d} ${n}`,children:[e("div",{class:"who",children:[e(Z,{uin:n,face:t.face,size:"large"}),e("div",{children:[e("h2",{children:e(I,{person:t,uin:n})}),e("p",{class:"hint",children:[n,o==="online"&&a!==void 0&&` \xB7 ${u(a)}`]})]})]}),e(fe,{account:t}),e(pe,{account:t}),e(O,{task:c}),e("div",{class:"actions",children:[p==="chats"&&e("a",{class:"button primary",href:w("chats",[n]),children:u("openChats")}),p==="login"&&e("button",{type:"button",class:"primary",disabled:c.busy,onClick:()=>l("login"),children:u("logIn")}),p==="password"&&e("button",{type:"button",class:"primary",onClick:x,children:s("changePassword")}),e("a",{class:"button quiet",href:w("accounts",[n]),children:s("details")}),m&&e(Le,{name:s("moreActions",{name:d}),items:[{text:u("openChats"),icon:"chats",onChoose:()=>v(w("chats",[n]))},D(t)?{text:u("logIn"),icon:"logIn",onChoose:()=>void l("login")}:{text:u("logOut"),icon:"logOut",onChoose:()=>void l("logout")},{text:s("changePassword"),icon:"edit",onChoose:x},{text:u("removeAccount",{uin:n}),icon:"remove",isDanger:!0,onChoose:i}]})]})]})}function Ye(t){let{columns:i,rows:n,keyOf:a}=t,[o,c]=b(),[d,l]=b(),m=be(!1),p=o===void 0?-1:n.findIndex(r=>a(r)===o),x=t.chosen===void 0?-1:n.findIndex(r=>a(r)===t.chosen),g=p>=0?p:Math.max(0,x),y=_e({count:n.length,estimate:t.rowHeight??36,keyOf:r=>a(n[r]),keep:g,...t.anchor===void 0?{}:{anchor:t.anchor}}),M=y.items[0]?.index??0,L=y.items.at(-1)?.index??-1;_(()=>{L>=0&&t.onShow?.(M,L)},[M,L,n.length]),ye(()=>{if(!m.current)return;let r=d===void 0?`[data-index="${p}"]`:`[data-title="${d}"]`;y.scroll.current?.querySelector(r)?.focus({preventScroll:!0})},[o,d]);let $=r=>{l(void 0),c(a(n[r])),y.scrollTo(r)},j=({key:r,isSortable:f})=>{f===!0&&t.onSort?.({column:r,isDescending:t.sort?.column===r&&!t.sort.isDescending})},te=r=>{if(r.altKey||r.ctrlKey||r.metaKey)return;let f=r.target,h=f.dataset.title!==void 0;if(!h&&f.dataset.index===void 0)return;if(h){let k=Number(f.dataset.title),ge=r.key==="ArrowRight"?Math.min(i.length-1,k+1):r.key==="ArrowLeft"?Math.max(0,k-1):void 0;if(ge!==void 0)l(ge);else if(r.key==="ArrowDown"&&n.length>0)$(g);else if(r.key==="Enter"||r.key===" ")j(i[k]);else return;r.preventDefault();return}let S=n[g];if(S===void 0)return;if(r.key==="Enter"||r.key===" "){r.preventDefault(),t.onChoose?.(S);return}if(t.onMenu!==void 0&&(r.key==="ContextMenu"||r.key==="F10"&&r.shiftKey)){r.preventDefault(),t.onMenu(S,f);return}if(r.key==="ArrowUp"&&g===0){r.preventDefault(),l(0);return}let U=Pe(r.key,g,n.length);U!==void 0&&(r.preventDefault(),$(U))},H=i.map(({width:r})=>r??"minmax(0, 1fr)").join(" ");return e("div",{ref:y.scroll,class:"ui-table",role:"grid","aria-label":t.name,"aria-rowcount":(t.total??n.length)+1,"aria-colcount":i.length,style:{"--columns":H},onKeyDown:te,onFocusIn:()=>m.current=!0,onFocusOut:()=>m.current=!1,children:[e("div",{class:"ui-table-head",role:"rowgroup",children:e("div",{class:"ui-row",role:"row","aria-rowindex":1,children:i.map((r,f)=>{let h=t.sort?.column===r.key;return e("div",{class:r.isNumber===!0?"ui-cell number":"ui-cell",role:"columnheader","aria-sort":r.isSortable!==!0?void 0:h?t.sort.isDescending?"descending":"ascending":"none","data-title":f,tabIndex:d===f||n.length===0&&f===0?0:-1,onFocus:()=>l(f),onClick:()=>j(r),children:[r.title,h&&e(F,{name:t.sort.isDescending?"down":"up",size:16})]},r.key)})})}),n.length===0?t.empty:e("div",{class:"ui-table-body",role:"rowgroup",style:{height:`${y.height}px`},children:y.items.map(({index:r,start:f})=>{let h=n[r];if(h===void 0)return null;let S=a(h),U=S===t.chosen;return e("div",{ref:y.measure,class:`ui-row ${t.rowClass?.(h)??""}`,role:"row","aria-rowindex":r+2,"aria-selected":t.onChoose===void 0?void 0:U,"data-index":r,tabIndex:d===void 0&&r===g?0:-1,style:{transform:`translateY(${f}px)`},onFocus:()=>{l(void 0),c(S)},onClick:()=>t.onChoose?.(h),onContextMenu:k=>{t.onMenu!==void 0&&(k.preventDefault(),t.onMenu(h,k.currentTarget))},children:i.map(k=>e("div",{class:`ui-cell of-${k.key}${k.isNumber===!0?" number":""}`,role:"gridcell","data-name":k.title,children:k.render(h,r)},k.key))},S)})})]})}function Ge({rows:t,chosen:i,selected:n,onSelect:a,isCompact:o}){let[c,d]=b({column:"number",isDescending:!1}),l=Me.value;K.version;let m=B(()=>{let p=t.map(x=>({account:x,unread:K.peek(x.uin)??0,requests:l.get(x.uin)??0}));return it(p,c)},[t,c,l,K.version]);return e(Ye,{name:u("accounts"),columns:at(n,a,o),rows:m,keyOf:({account:p})=>p.uin,chosen:i,sort:c,onSort:d,onChoose:({account:p})=>v(w("accounts",[p.uin]))})}function it(t,{column:i,isDescending:n}){let{compare:a}=new Intl.Collator(ve()),o={name:(l,m)=>a(N(l.account),N(m.account)),number:(l,m)=>ie(l.account.uin,m.account.uin),state:(l,m)=>a(l.account.state,m.account.state),since:(l,m)=>a(l.account.since,m.account.since),waiting:(l,m)=>(l.account.waiting??0)-(m.account.waiting??0),unread:(l,m)=>l.unread-m.unread,requests:(l,m)=>l.requests-m.requests},c=o[i]??o.number,d=n?-1:1;return t.sort((l,m)=>d*c(l,m)||ie(l.account.uin,m.account.uin))}function at(t,i,n){return[t!==void 0&&{key:"select",title:"",width:"2.5rem",render:({account:{uin:o,nickname:c}})=>e("input",{type:"checkbox",tabIndex:-1,"aria-label":s("select",{name:c||o}),checked:t.has(o),onClick:d=>d.stopPropagation(),onChange:({currentTarget:d})=>i([o],d.checked)})},{key:"name",title:s("name"),isSortable:!0,render:({account:o})=>e(I,{person:o,uin:o.uin})},{key:"number",title:s("number"),width:"8rem",isSortable:!0,render:({account:o})=>o.uin},{key:"state",title:s("state"),width:"9rem",isSortable:!0,render:({account:o})=>e(z,{state:o.state})},!n&&{key:"since",title:s("sinceWhen"),width:"6rem",isSortable:!0,render:({account:o})=>ce(o.since)},!n&&{key:"presence",title:s("presence"),width:"6rem",render:({account:{state:o,status:c}})=>o==="online"&&c!==void 0?u(c):""},!n&&{key:"poll",title:s("lastPoll"),width:"6rem",render:({account:{lastPollAt:o}})=>o===void 0?s("never"):ce(o)},!n&&{key:"waiting",title:s("waiting"),width:"6rem",isNumber:!0,isSortable:!0,render:({account:o})=>o.waiting??0},{key:"unread",title:s("unread"),width:"5rem",isNumber:!0,isSortable:!0,render:({unread:o})=>o},!n&&{key:"requests",title:s("requests"),width:"6rem",isNumber:!0,isSortable:!0,render:({requests:o})=>o}].filter(o=>o!==!1)}var Ze=`.page.accounts {
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
`;var ct=4,q=we(void 0),ee;async function he(t,i){ee?.abort();let n=ee=new AbortController,a=[...t];q.value={all:t.length,done:0,failures:[],isRunning:!0};let o=c=>{let d=q.value;ee===n&&d!==void 0&&(q.value={...d,...c(d)})};await Promise.all(Array.from({length:ct},async()=>{for(;;){let c=a.shift();if(c===void 0||n.signal.aborted)return;try{await W(c,i),o(d=>({done:d.done+1}))}catch(d){let l=Q(N(R.peek(c),c)),m=Y(d,i).text;o(p=>({failures:[...p.failures,{name:l,why:m}]}))}}})),o(()=>({isRunning:!1})),await C().catch(()=>{})}function Je(){let t=q.value;if(t===void 0)return null;let{all:i,done:n,failures:a,isRunning:o}=t,c=!o&&n+a.length<i;return e("div",{class:`note bulk ${a.length>0?"bad":"good"}`,children:[e("div",{class:"note-text",role:"status",children:[e("p",{children:c?s("stopped",{done:n,all:i}):s("progress",{done:n,all:i,failed:a.length})}),a.length>0&&e("ul",{children:a.map(({name:d,why:l})=>e("li",{children:s("failedHere",{name:d,why:l})},d))})]}),o?e("button",{type:"button",class:"small",onClick:()=>{ee?.abort(),q.value={...t,isRunning:!1}},children:s("stop")}):e("button",{type:"button",class:"small",onClick:()=>q.value=void 0,children:u("dismiss")})]})}je(Ze);var lt=12;function xo({params:t,query:i}){let[n,a]=b(!1),[o,c]=b(xe("accountsLayout")),[d,l]=b(new Set),[m,p]=b();_(()=>void C().catch(()=>{}),[]);let x=i.get("text")??"",g=de.find(r=>r===i.get("state")),y=B(()=>re.value.flatMap(r=>R.peek(r)??[]),[re.value,R.version]),M=B(()=>{let r=x.trim().toLowerCase();return y.filter(f=>(g===void 0||f.state===g)&&`${f.uin} ${f.nickname}`.toLowerCase().includes(r))},[y,x,g]),L=E("manage"),$=(o??(y.length>lt?"table":"cards"))==="table",j=t.uin===void 0?void 0:R.get(t.uin),te=r=>v(w("accounts",[t.uin],{text:(r.text??x)||void 0,state:(r.state??g)||void 0})),H=(r,f)=>{let h=new Set(d);for(let S of r)f?h.add(S):h.delete(S);l(h)};return e("div",{class:"page accounts",children:[e("header",{class:"page-head",children:[e("h1",{children:u("accounts")}),L?e("button",{type:"button",class:"primary",onClick:()=>a(!0),children:[e(F,{name:"add"}),u("addAccount")]}):e("p",{class:"hint",children:s("readOnly")})]}),ne.value!==void 0&&e("p",{class:"note warn",children:s("staleNote",{time:Re(ne.value)})}),!oe.value&&(ue.value===void 0?e(Ee,{onRetry:()=>void C().catch(()=>{})}):e(Ne,{error:Y(ue.value)})),oe.value&&y.length===0&&e(se,{title:u("noAccounts"),hint:u("noAccountsHint")}),y.length>0&&e(ut,{text:x,state:g,isTable:$,onFilter:te,onLayout:r=>{ke("accountsLayout",r),c(r)}}),d.size>0&&e(dt,{selected:d,shown:M.map(({uin:r})=>r),onSelect:H,onRun:r=>{let f=[...d];if(r==="remove")return p(f);l(new Set),he(f,r)}}),e(Je,{}),y.length>0&&M.length===0&&e(se,{title:s("noMatch"),children:e("button",{type:"button",onClick:()=>v(w("accounts")),children:s("clearFilter")})}),e("div",{class:`accounts-body ${j===void 0?"":"with-detail"}`,children:[M.length>0&&($?e("div",{class:"table-box","data-region":!0,children:e(Ge,{rows:M,chosen:t.uin,selected:L?d:void 0,onSelect:H,isCompact:j!==void 0||matchMedia("(max-width: 64rem)").matches})}):e(Xe,{rows:M,onRemove:r=>p([r])})),j!==void 0&&e(Qe,{account:j,onRemove:()=>p([j.uin])})]}),n&&e(Ue,{onClose:()=>a(!1)}),m!==void 0&&e(mt,{uins:m,onClose:()=>p(void 0),onMany:()=>{l(new Set),he(m,"remove")}})]})}function ut({text:t,state:i,isTable:n,onFilter:a,onLayout:o}){return e("div",{class:"toolbar",children:[e("input",{type:"search","data-filter":!0,"aria-label":s("filter"),placeholder:s("filter"),value:t,onInput:({currentTarget:c})=>a({text:c.value})}),e("select",{class:"compact","aria-label":s("state"),value:i??"",onChange:({currentTarget:c})=>a({state:c.value}),children:[e("option",{value:"",children:s("allStates")}),de.map(c=>e("option",{value:c,children:u(Se[c])},c))]}),e("div",{class:"tabs",role:"group","aria-label":s("layout"),children:["cards","table"].map(c=>e("button",{type:"button","aria-pressed":n===(c==="table"),onClick:()=>o(c),children:s(c)},c))})]})}function dt({selected:t,shown:i,onSelect:n,onRun:a}){return e("div",{class:"toolbar selection",role:"group","aria-label":s("selected",{n:t.size}),children:[e("span",{children:s("selected",{n:t.size})}),e("button",{type:"button",class:"small",onClick:()=>n(i,!0),children:s("selectAll")}),e("button",{type:"button",class:"small",onClick:()=>a("login"),children:u("logIn")}),e("button",{type:"button",class:"small",onClick:()=>a("logout"),children:u("logOut")}),e("button",{type:"button",class:"small quiet",onClick:()=>a("remove"),children:[u("remove"),"\u2026"]})]})}function mt({uins:t,onClose:i,onMany:n}){let a=A(),[o]=t,c=t.length===1;return e(Ie,{title:c?u("removeAccount",{uin:o}):s("removeMany",{n:t.length}),action:u("remove"),isBusy:a.busy,onClose:i,onConfirm:()=>{if(!c)return n(),i();a.run(async()=>{await W(o,"remove"),i()},"removeAccount")},children:[e("p",{children:c?u("removeAccountAsk",{uin:o}):s("removeManyAsk")}),e(O,{task:a})]})}export{xo as AccountsPage};

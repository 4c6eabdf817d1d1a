import{a as Ae,b as Ee}from"./chunk-670e7c767f.js";import{a as H}from"./chunk-4af76ce4bc.js";import{a as Ne,b as je,c as Oe,e as Fe,f as Re}from"./chunk-c624a3363b.js";import{c as J}from"./chunk-f70c6f7bef.js";import{a as Ce}from"./chunk-2e0a9e6d76.js";import"./chunk-cd11ed7832.js";import{a as v}from"./chunk-5261a8dfcd.js";import"./chunk-f79c9d1716.js";import"./chunk-5ea57c0536.js";import{a as Se,b as L,c as ve}from"./chunk-d2620b2114.js";import"./chunk-03cb81ffd2.js";import{b as Te}from"./chunk-b37d78cfe4.js";import"./chunk-570872fef3.js";import{b as y}from"./chunk-ff4ab8e738.js";import{b as O,f as xe}from"./chunk-d490d1e7a1.js";import{b as ge}from"./chunk-6c4968ad0d.js";import{e as w}from"./chunk-d5ac9a946b.js";import{a as e,b as fe,c as Y,k as he,n as j,o as ke}from"./chunk-9587a19931.js";import{a as pe,e as M,p as we}from"./chunk-984849db8b.js";import{c as k,e as b,f as C,h as S,i as de,k as me,l as $,n as ue,p as D,u as ye,v as be}from"./chunk-f76a2ab3ff.js";function $e(n){let{fields:t,value:o,onChange:r,problems:a}=n;return e("div",{class:"ui-form",children:t.map(c=>{let{name:s,isRequired:l}=c,m=d=>{let f={...o};d===void 0?delete f[s]:f[s]=d,r(f)};return e("div",{onFocusOut:()=>n.onLeave?.(s),children:e(v,{name:e("code",{children:s}),note:l?void 0:y("uiOptional"),problem:Ke(s,a),isRequired:l,render:d=>n.renderControl?.(c,o[s],m,d)??e(Qe,{field:c,value:o[s],onChange:m,attributes:d})})},s)})})}function Ke(n,t){let o=t.filter(({path:r})=>r===n||r.startsWith(`${n}.`)||r.startsWith(`${n}[`));if(o.length!==0)return o.slice(0,3).map(({path:r,label:a,values:c})=>r===n?y(a,c):`${r}: ${y(a,c)}`).join(" ")}function Qe(n){switch(n.field.kind){case"choice":return e(Xe,{...n});case"boolean":return e(Ge,{...n});case"number":return e(Ze,{...n});case"longText":return e(Ve,{...n});case"list":return n.field.choices===void 0?e(en,{...n}):e(Ye,{...n});case"map":return e(nn,{...n});case"json":return e(tn,{...n});default:return e(Ue,{...n})}}function Ue({field:n,value:t,onChange:o,attributes:r}){let a={...r,spellcheck:!1,value:typeof t=="string"?t:"",onInput:({currentTarget:{value:c}})=>o(c===""&&!n.isRequired?void 0:c)};return n.kind==="secret"?e("input",{...a,type:"password",autocomplete:"new-password"}):e("input",{...a,type:"text",autocomplete:"off",placeholder:n.kind==="time"?"2026-01-31T12:00:00Z":void 0})}function Ve({field:n,value:t,onChange:o,attributes:r}){return e("textarea",{...r,rows:3,value:typeof t=="string"?t:"",onInput:({currentTarget:{value:a}})=>o(a===""&&!n.isRequired?void 0:a)})}function Ze({value:n,onChange:t,attributes:o}){let[r,a]=z(n,c=>c===void 0?"":String(c));return e("input",{...o,type:"text",inputMode:"numeric",autocomplete:"off",value:r,onInput:({currentTarget:{value:c}})=>{let s=c.trim(),l=Number(s),m=s===""?void 0:Number.isNaN(l)?s:l;a(c,m),t(m)}})}function Xe({field:n,value:t,onChange:o,attributes:r}){return e("select",{...r,value:typeof t=="string"?t:"",onChange:({currentTarget:{value:a}})=>o(a===""?void 0:a),children:[e("option",{value:"",children:y("uiNotSet")}),n.choices.map(a=>e("option",{value:a,children:a},a))]})}function Ge({value:n,onChange:t,attributes:o}){return e("select",{...o,value:typeof n=="boolean"?String(n):"",onChange:({currentTarget:{value:r}})=>t(r===""?void 0:r==="true"),children:[e("option",{value:"",children:y("uiNotSet")}),e("option",{value:"true",children:y("uiTrue")}),e("option",{value:"false",children:y("uiFalse")})]})}function Ye({field:n,value:t,onChange:o,attributes:r}){let a=Array.isArray(t)?t:[],{id:c,"aria-describedby":s}=r;return e("div",{id:c,class:"ui-choices",role:"group","aria-label":n.name,"aria-describedby":s,children:n.choices.map(l=>e("label",{class:"check",children:[e("input",{type:"checkbox",checked:a.includes(l),onChange:({currentTarget:{checked:m}})=>{let d=n.choices.filter(f=>f===l?m:a.includes(f));o(d.length===0?void 0:d)}}),l]},l))})}function en({value:n,onChange:t,attributes:o}){let[r,a]=z(n,c=>Array.isArray(c)?c.join(`
`):"");return e("textarea",{...o,rows:2,spellcheck:!1,placeholder:y("uiOnePerLine"),value:r,onInput:({currentTarget:{value:c}})=>{let s=c.split(/[\n,]/).map(m=>m.trim()).filter(m=>m!==""),l=s.length===0?void 0:s;a(c,l),t(l)}})}function nn({field:n,value:t,onChange:o,attributes:r}){let[a,c]=z(t,d=>typeof d=="object"&&d!==null?Object.entries(d).map(([f,p])=>[f,String(p)]):[]),s=d=>{let f=d.filter(([u])=>u!==""),p=f.length===0?void 0:Object.fromEntries(f);c(d,p),o(p)},{id:l,"aria-describedby":m}=r;return e("div",{id:l,class:"ui-pairs",role:"group","aria-label":n.name,"aria-describedby":m,children:[a.map(([d,f],p)=>e("div",{children:[[d,f].map((u,g)=>e("input",{type:"text",autocomplete:"off",spellcheck:!1,"aria-label":y(g===0?"uiFieldName":"uiFieldValue"),placeholder:y(g===0?"uiFieldName":"uiFieldValue"),value:u,onInput:({currentTarget:{value:x}})=>s(a.map((T,R)=>R!==p?T:g===0?[x,f]:[d,x]))},g)),e("button",{type:"button",class:"quiet ui-square","aria-label":y("uiRemoveItem",{name:d}),onClick:()=>s(a.filter((u,g)=>g!==p)),children:e(w,{name:"close",size:16})})]},p)),e("button",{type:"button",class:"small",onClick:()=>s([...a,["",""]]),children:[e(w,{name:"add",size:16}),y("uiAdd")]})]})}function tn({value:n,onChange:t,attributes:o}){let[r,a]=z(n,m=>m===void 0?"":JSON.stringify(m,null,2)),[c,s]=b(!1),l=[o["aria-describedby"],`${o.id}-json`].filter(m=>m!==void 0).join(" ");return e(k,{children:[e("textarea",{...o,class:"mono",rows:4,spellcheck:!1,placeholder:y("uiJson"),"aria-invalid":c||o["aria-invalid"],"aria-describedby":c?l:o["aria-describedby"],value:r,onInput:({currentTarget:{value:m}})=>{if(m.trim()===""){s(!1),a(m,void 0),t(void 0);return}try{let d=JSON.parse(m);s(!1),a(m,d),t(d)}catch{s(!0),a(m,m),t(m)}}}),c&&e("p",{id:`${o.id}-json`,class:"hint bad",children:y("uiErrorJson")})]})}function z(n,t){let[o,r]=b(()=>t(n)),a=S(n),c=JSON.stringify(a.current)!==JSON.stringify(n);return C(()=>{c&&(a.current=n,r(t(n)))}),[c?t(n):o,(s,l)=>{a.current=l,r(s)}]}var Je=["curl","fetch","client","frame"];function _(n){return typeof n!="object"||n===null?n:Array.isArray(n)?n.map(_):Object.fromEntries(Object.entries(n).map(([t,o])=>[t,(Oe.test(t)||t==="PS")&&typeof o=="string"?`<${t}>`:_(o)]))}function q({params:n,account:t,key:o}){return{...t===void 0?{}:{account:t},...n,...o===void 0?{}:{key:o}}}function rn({command:n,params:t,account:o,key:r}){return{type:"command",id:1,...o===void 0?{}:{account:o},command:n,...Object.keys(t).length===0?{}:{params:t},...r===void 0?{}:{key:r}}}function te(n,t,o){let r=_(t);switch(n){case"curl":return[`curl -sS '${o}/api/${r.command}'`,'-H "Authorization: Bearer $TQQ_TOKEN"',"-H 'Content-Type: application/json'",`-d ${an(JSON.stringify(q(r)))}`].join(` \\
  `);case"fetch":return`const response = await fetch(${JSON.stringify(`${o}/api/${r.command}`)}, {
  method: "POST",
  headers: {
    "authorization": \`Bearer \${process.env.TQQ_TOKEN}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify(${ne(ee(q(r)))}),
});
console.log(response.status, await response.json());
`;case"client":return on(r,o);case"frame":return JSON.stringify(rn(r))}}function on({command:n,params:t,account:o,key:r},a){let c={...o===void 0?{}:{account:o},...r===void 0?{}:{key:r}},s=[JSON.stringify(n),ne(ee(t))];return Object.keys(c).length>0&&s.push(ne(ee(c))),`import { BridgeClient } from ${JSON.stringify(`${a}/mod.ts`)};

await using bridge = new BridgeClient({
  url: ${JSON.stringify(`${a.replace(/^http/,"ws")}/ws`)},
  token: process.env.TQQ_TOKEN ?? "",
});
console.log(await bridge.command(${s.join(", ")}));
`}function ee(n){return JSON.stringify(n,null,2).replace(/^(\s*)"([A-Za-z_]\w*)":/gm,"$1$2:")}function ne(n){return n.replaceAll(`
`,`
  `)}function an(n){return`'${n.replaceAll("'","'\\''")}'`}var _e={playground:"Playground",commands:"Commands",call:"Call",calling:"Calling\u2026",result:"Result",searchCommands:"Search commands",noSuchCommand:"No command matches.",pickCommand:"Choose a command",pickCommandHint:"Fill in its parameters, call it, and copy the call as code.",noCommand:"This bridge has no command {name}",noDocuments:"The list of commands cannot be loaded.",scopeRead:"Read",scopeSend:"Send",scopeManage:"Manage",lacksScope:"This token lacks the scope {scope}.",parameters:"Parameters",parametersAsJson:"Parameters as JSON",noParameters:"This command has no parameters.",editAs:"Edit as",asForm:"Form",asJson:"JSON",chooseAccount:"Choose an account",noAccount:"no account",key:"Key",keyHint:"A command that is repeated with the same key within 24 hours is done once.",keyNone:"none",keyNew:"new for each call",keyKeep:"keep this one",transport:"Over",asCode:"As code",tokenHint:"Set TQQ_TOKEN to a token first: it is in none of these texts.",askTitle:"Call {name}?",askAction:"Call {name}",askText:"This command ends or removes something.",noResult:"Call the command to see its result.",ok:"ok",bytes:"{n} bytes",retriable:"The same call can succeed later.",notRetriable:"The same call fails again.",retryAfter:"Wait {ms} ms before that.",calledWithKey:"Called with the key",pastCalls:"Last calls",pastCallsHint:"This browser keeps the last 50 calls until you sign out, without passwords, tokens and secrets.",clearCalls:"Clear",rawFrame:"Raw frame",rawFrameHint:"Sends any text over a WebSocket of its own. A bad frame ends that one, not the console's.",rawFrames:"Frames, newest first",frame:"Frame",sendFrame:"Send frame",disconnect:"Disconnect",rawConnected:"Connected",rawNotConnected:"Not connected: sending connects",rawClosed:"The connection was closed: {code} {reason}",received:"received",sent:"sent"};var i=he(_e,async()=>(await import("./playground-b071d64c6f.js")).ZH);var sn={params:{},account:void 0,key:"none",keyText:"",transport:"ws"},ln=/^(remove|revoke|logout|disconnect)/,cn=/^\d{1,20}$/;function Pe({entry:n,schemas:t,scopes:o,draft:r,onDraft:a,onCall:c}){let{name:s,scope:l,summary:m}=n,d=r??sn,f=de(()=>Fe(n.params,t),[n]),[p,u]=b(!1),[g,x]=b(new Set),[T,R]=b(!1),[P,U]=b(!1),[V,ae]=b(!1),[Z,Be]=b(0),ie=S(null);C(()=>{Z!==0&&ie.current?.querySelector("[aria-invalid=true]")?.focus()},[Z]);let se=o.includes(l),A=h=>a({...d,...h}),E=Re(f,d.params,t),le=n.account==="none"||n.account==="optional"&&d.account===void 0?void 0:d.account===void 0?y("uiErrorMissing"):cn.test(d.account)?void 0:y("uiErrorQqNumber"),X=h=>({command:s,params:d.params,account:n.account==="none"?void 0:d.account,key:h}),G=d.key==="keep"&&d.keyText!==""?d.keyText:void 0,ce=async()=>{U(!1),ae(!0);let h=d.key==="new"?crypto.randomUUID():G;await c(X(h),d.transport),ae(!1)};return e("form",{ref:ie,class:"call",noValidate:!0,onSubmit:h=>{if(h.preventDefault(),R(!0),V||E.length>0||le!==void 0){Be(Z+1);return}ln.test(s)?U(!0):ce()},children:[e("header",{children:[e("h2",{children:[e("code",{children:s}),e("span",{class:"chip",children:l})]}),e("p",{lang:"en",class:"hint",children:m})]}),n.account!=="none"&&e(dn,{isRequired:n.account==="required",value:d.account,problem:T||g.has("account")?le:void 0,onChange:h=>A({account:h})}),e("div",{class:"call-parameters",children:[e("div",{class:"call-tools",children:[e("h3",{children:i("parameters")}),e("div",{class:"segments",role:"group","aria-label":i("editAs"),children:[!1,!0].map(h=>e("button",{type:"button","aria-pressed":p===h,onClick:()=>u(h),children:i(h?"asJson":"asForm")},String(h)))})]}),p?e(mn,{value:d.params,onChange:h=>A({params:h})}):f.length===0?e("p",{class:"hint",children:i("noParameters")}):e($e,{fields:f,value:d.params,onChange:h=>A({params:h}),problems:T?E:E.filter(({path:h})=>g.has(h.split(/[.[]/)[0])),onLeave:h=>{d.params[h]!==void 0&&x(new Set([...g,h]))}}),p&&T&&E.length>0&&e("ul",{class:"hint bad",role:"alert",children:E.map(({path:h,label:N,values:I})=>e("li",{children:[e("code",{children:h}),": ",y(N,I)]},h))})]}),e("div",{class:"call-options",children:[e(v,{name:i("key"),hint:i("keyHint"),render:h=>e("div",{class:"call-key",children:[e("select",{...h,value:d.key,onChange:({currentTarget:{value:N}})=>{let I=N;A({key:I,keyText:I==="keep"&&d.keyText===""?crypto.randomUUID():d.keyText})},children:[e("option",{value:"none",children:i("keyNone")}),e("option",{value:"new",children:i("keyNew")}),e("option",{value:"keep",children:i("keyKeep")})]}),d.key==="keep"&&e("input",{type:"text",class:"mono",autocomplete:"off",spellcheck:!1,maxLength:128,"aria-label":i("key"),value:d.keyText,onInput:({currentTarget:{value:N}})=>A({keyText:N})})]})}),e(v,{name:i("transport"),render:h=>e("select",{...h,value:d.transport,onChange:({currentTarget:{value:N}})=>A({transport:N}),children:[e("option",{value:"ws",children:"WebSocket"}),e("option",{value:"http",children:"HTTP"})]})})]}),e("div",{class:"actions",children:[e("button",{type:"submit",class:"primary",disabled:!se||V,children:[e(w,{name:"run",size:16}),i(V?"calling":"call")]}),!se&&e("span",{class:"hint",children:i("lacksScope",{scope:l})})]}),e(un,{call:X(G)}),P&&e(Te,{title:i("askTitle",{name:s}),action:i("askAction",{name:s}),onConfirm:()=>void ce(),onClose:()=>U(!1),children:[e("p",{children:i("askText")}),e("p",{lang:"en",class:"hint",children:m}),e(J,{name:i("parameters"),text:te("frame",X(G),"")})]})]})}function dn({isRequired:n,value:t,problem:o,onChange:r}){let a=Ae.value,c=[...n?[]:[{value:"",text:i("noAccount")}],...a];return e(v,{name:e("code",{children:"account"}),note:n?void 0:y("uiOptional"),problem:o,isRequired:n,render:s=>a.length===0?e("input",{...s,type:"text",inputMode:"numeric",autocomplete:"off",value:t??"",onInput:({currentTarget:{value:l}})=>r(l.trim()===""?void 0:l.trim())}):e(Ce,{attributes:s,name:"account",options:c,value:t??"",placeholder:i("chooseAccount"),onChoose:l=>r(l===""?void 0:l)})})}function mn({value:n,onChange:t}){let[o,r]=b(()=>JSON.stringify(n,null,2)),[a,c]=b();return e(v,{name:i("parametersAsJson"),problem:a,render:s=>e("textarea",{...s,class:"mono",rows:8,spellcheck:!1,value:o,onInput:({currentTarget:l})=>{r(l.value);try{let m=JSON.parse(l.value||"{}");if(typeof m!="object"||m===null||Array.isArray(m)){c(y("uiErrorType",{type:"object"}));return}c(void 0),t(m)}catch{c(y("uiErrorJson"))}}})})}function un({call:n}){let[t,o]=b("curl"),r=new URL(".",location.href).href.replace(/\/$/,"");return e("section",{class:"snippets","aria-label":i("asCode"),children:[e("div",{class:"call-tools",children:[e("h3",{children:i("asCode")}),e("div",{class:"segments",role:"group","aria-label":i("asCode"),children:Je.map(a=>e("button",{type:"button","aria-pressed":t===a,onClick:()=>o(a),children:pn[a]},a))})]}),e(J,{name:i("asCode"),text:te(t,n,r)}),e("p",{class:"hint",children:i("tokenHint")})]})}var pn={curl:"curl",fetch:"fetch",client:"BridgeClient",frame:"WebSocket"};function Ie({entry:n,outcome:t}){return e("div",{class:"call-result",children:[e("h2",{children:i("result")}),e("div",{role:"status",children:t!==void 0&&e(fn,{outcome:t})}),t===void 0?e(L,{title:i("noResult")}):e(hn,{entry:n,outcome:t})]})}function fn({outcome:n}){let{error:t,status:o,tookMs:r,bytes:a,at:c}=n;return e("p",{class:t===void 0?"outcome-line good":"outcome-line bad",children:[e(w,{name:t===void 0?"ok":"error",size:16}),e("strong",{children:t?.code??i("ok")}),o!==void 0&&e("span",{children:["HTTP ",o]}),e("span",{children:[Math.round(r)," ms"]}),e("span",{children:i("bytes",{n:a})}),e("time",{dateTime:new Date(c).toISOString(),children:O(c)})]})}function hn({entry:n,outcome:t}){let{data:o,error:r,call:a}=t;return e(k,{children:[r!==void 0&&e("div",{class:"call-error",children:[e("p",{children:ge(r.code,n.name)}),e("p",{lang:"en",dir:"auto",class:"hint",children:r.message}),e("p",{class:"hint",children:[i(r.isRetriable?"retriable":"notRetriable"),r.retryAfterMs!==void 0&&` ${i("retryAfter",{ms:r.retryAfterMs})}`]})]}),r===void 0&&e(H,{name:i("result"),value:o??{}}),a.key!==void 0&&e("p",{class:"hint",children:[i("calledWithKey")," ",e("code",{children:a.key})]}),e(gn,{entry:n,outcome:t})]})}function gn({entry:n,outcome:{call:t,data:o,error:r}}){let a=yn({account:t.account??"",command:n.name,params:M(t.params),...r===void 0?{data:o??{}}:{error:r}});return e("details",{class:"call-wire",children:[e("summary",{children:j("wire")}),a===void 0?e("p",{class:"hint",children:j("wireOwn")}):e(k,{children:[a.map(({kind:c,text:s},l)=>e("figure",{children:[e("figcaption",{children:j(c==="request"?"wireRequest":"wireReply")}),s===null?e("p",{children:j("wireNull")}):e(J,{text:s,name:j("wire")})]},l)),e("p",{class:"hint",children:j("wireHint")})]})]})}function yn(n){try{return Ee(n)}catch{return}}var bn=["read","send","manage"],wn={read:"scopeRead",send:"scopeSend",manage:"scopeManage"};function Me({commands:n,current:t,scopes:o}){let[r,a]=b(""),c=r.toLowerCase().split(/\s+/).filter(l=>l!==""),s=n.filter(({name:l,summary:m})=>{let d=`${l} ${m}`.toLowerCase();return c.every(f=>d.includes(f))});return e(k,{children:[e("h1",{children:i("playground")}),e("input",{type:"search",class:"filter","aria-label":i("searchCommands"),placeholder:i("searchCommands"),value:r,onInput:({currentTarget:{value:l}})=>a(l),onKeyDown:l=>{let m=s.find(({scope:d})=>o.includes(d));l.key!=="Enter"||l.isComposing||m!==void 0&&(location.hash=`#/playground/${m.name}`)}}),e("nav",{"aria-label":i("commands"),children:[bn.map(l=>{let m=s.filter(f=>f.scope===l);if(m.length===0)return null;let d=o.includes(l);return e("div",{children:[e("h2",{children:i(wn[l])}),!d&&e("p",{class:"hint",children:i("lacksScope",{scope:l})}),e("ul",{children:m.map(({name:f,summary:p})=>e("li",{children:e("a",{href:`#/playground/${f}`,"aria-current":f===t?"page":void 0,class:d?void 0:"lacking",title:p,children:e("code",{children:f})})},f))})]},l)}),s.length===0&&e("p",{class:"hint",children:i("noSuchCommand")}),e("ul",{class:"playground-raw",children:e("li",{children:e("a",{href:`#/playground/${W}`,"aria-current":t===W?"page":void 0,children:[e(w,{name:"terminal",size:16}),i("rawFrame")]})})})]})]})}var De=50,re="playground.calls",F=$(Sn());function B(){F.value=[],Y(re,[])}async function Le(n,t){let o=Date.now(),r=performance.now(),a=await(t==="ws"?xn(n):kn(n)),c={call:n,transport:t,at:o,tookMs:performance.now()-r,bytes:new TextEncoder().encode(JSON.stringify(a.data??a.error??null)).length,...a},s={call:_(n),transport:t,at:o,outcome:c.error?.code??"ok"};return F.value=[s,...F.value].slice(0,De),Y(re,F.value),c}async function xn(n){let{account:t,key:o}=n;try{return{data:await we(n.command,n.params,{...t===void 0?{}:{account:t},...o===void 0?{}:{key:o}})}}catch(r){return{error:He(r)}}}async function kn(n){try{let t=await be(`api/${n.command}`,{method:"POST",headers:{"content-type":"application/json"},body:JSON.stringify(q(n))}),{status:o}=t,r=await t.json();if(t.ok)return{status:o,data:r};let{code:a,detail:c,retriable:s,retryAfterMs:l}=r;return{status:o,error:{code:String(a??o),message:String(c??""),isRetriable:s===!0,...typeof l=="number"?{retryAfterMs:l}:{}}}}catch(t){return{error:He(t)}}}function He(n){return n instanceof pe?{code:n.code,message:n.message,isRetriable:n.retriable,...n.retryAfterMs===void 0?{}:{retryAfterMs:n.retryAfterMs}}:{code:"unreachable",message:String(n),isRetriable:!0}}function Sn(){let n=fe(re);return Array.isArray(n)?n.filter(t=>typeof t?.call?.command=="string"&&typeof t.at=="number"&&typeof t.call.params=="object"&&t.call.params!==null).slice(0,De):[]}var ze=`/* Playground: commands, form, result. */

.playground {
  display: grid;
  grid-template-columns: 14rem minmax(0, 1fr) minmax(0, 1fr);
  flex: 1;
  min-height: 0;
}

.playground > section {
  min-width: 0;
  min-height: 0;
  padding: 1rem;
  overflow: auto;
}

.playground > section + section {
  border-inline-start: 1px solid var(--line);
}

.playground-list h1 {
  margin-bottom: 0.75rem;
}

.playground-list h2 {
  margin: 0.9rem 0 0.25rem;
  color: var(--muted);
  font-size: 0.8125rem;
}

.playground-list li a {
  display: flex;
  align-items: center;
  gap: 0.4rem;
  min-height: 1.75rem;
  padding: 0.1rem 0.5rem;
  border-radius: 6px;
  color: inherit;
  text-decoration: none;
}

.playground-list li a:hover {
  background: var(--sunken);
}

.playground-list li a[aria-current] {
  background: color-mix(in srgb, var(--accent) 14%, transparent);
}

.playground-list .lacking {
  color: var(--muted);
}

.playground-raw {
  margin-top: 1rem;
  padding-top: 0.5rem;
  border-top: 1px solid var(--line);
}

.playground-back {
  display: none;
  align-items: center;
  gap: 0.35rem;
  min-height: 2.25rem;
}

.playground code {
  font-family: var(--mono);
  font-size: 0.9em;
}

.call,
.call > form,
.call-result {
  display: grid;
  gap: 1rem;
  align-content: start;
}

.call h2 {
  display: flex;
  align-items: center;
  gap: 0.6rem;
}

.chip {
  padding: 0.05rem 0.55rem;
  border-radius: 1rem;
  background: var(--sunken);
  color: var(--muted);
  font-size: 0.75rem;
  font-weight: 500;
}

.call-tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: 0.5rem;
  margin-bottom: 0.5rem;
}

.segments {
  display: flex;
  padding: 2px;
  border-radius: 8px;
  background: var(--sunken);
}

.segments button {
  min-height: 1.75rem;
  padding: 0 0.6rem;
  border-color: transparent;
  border-radius: 6px;
  background: none;
  color: var(--muted);
  font-size: 0.8125rem;
  font-weight: 500;
}

.segments [aria-pressed="true"] {
  background: var(--surface);
  color: var(--text);
}

.call-options {
  display: grid;
  grid-template-columns: 1fr 8rem;
  gap: 0.75rem;
}

.call-key {
  display: grid;
  gap: 0.35rem;
}

.outcome-line {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem 0.75rem;
  color: var(--muted);
  font-variant-numeric: tabular-nums;
}

.outcome-line.good > :first-child,
.outcome-line.good strong,
.past-calls .good {
  color: var(--good);
}

.outcome-line.bad > :first-child,
.outcome-line.bad strong,
.past-calls .bad {
  color: var(--bad);
}

.call-error {
  display: grid;
  gap: 0.25rem;
  padding: 0.65rem 0.85rem;
  border-radius: 10px;
  background: var(--bad-ground);
}

.call-wire summary {
  cursor: pointer;
}

.call-wire figure {
  margin-top: 0.5rem;
}

.call-wire figcaption {
  margin-bottom: 0.2rem;
  color: var(--muted);
  font-size: 0.8125rem;
}

.past-calls {
  margin-top: 1.5rem;
}

.past-calls li button {
  display: grid;
  grid-template-columns: auto auto minmax(0, 1fr) auto auto;
  justify-items: start;
  width: 100%;
  min-height: 2rem;
  padding: 0.15rem 0.5rem;
  font-size: 0.8125rem;
  font-weight: 400;
}

.past-calls .excerpt {
  max-width: 100%;
  overflow: hidden;
  color: var(--muted);
  text-overflow: ellipsis;
  white-space: nowrap;
}

.raw-lines {
  display: grid;
  gap: 0.75rem;
}

.raw-lines .hint {
  display: flex;
  align-items: center;
  gap: 0.35rem;
}

.playground-list .filter {
  font-size: 0.875rem;
}

/* Form above result. */
@media (max-width: 64rem) {
  .playground {
    grid-template-columns: 13rem minmax(0, 1fr);
    grid-template-rows: auto 1fr;
    overflow: auto;
  }

  .playground-list {
    grid-row: 1 / span 2;
    position: sticky;
    top: 0;
    height: 100%;
    max-height: calc(100dvh - 3rem);
  }

  .playground > .playground-form,
  .playground > .playground-result {
    min-height: auto;
    overflow: visible;
  }

  .playground > .playground-result {
    border-top: 1px solid var(--line);
  }
}

/* One step at a time. */
@media (max-width: 37.5rem) {
  .playground {
    display: block;
  }

  .playground > .playground-list {
    position: static;
    height: auto;
    max-height: none;
  }

  .playground > section + section {
    border-inline-start: 0;
  }

  .has-command > .playground-list {
    display: none;
  }

  .playground-back {
    display: inline-flex;
  }

  .playground-list li a {
    min-height: 2.75rem;
  }

  .call-options {
    grid-template-columns: 1fr;
  }
}
`;var Cn=50;function We(){let[n,t]=b('{"type":"command","id":1,"command":"ping"}'),[o,r]=b([]),[a,c]=b(!1),s=S(void 0),l=S(0),m=(p,u)=>r(g=>[{number:++l.current,at:Date.now(),kind:p,value:u},...g].slice(0,Cn));C(()=>()=>s.current?.close(),[]);let d=()=>{let p=new URL("ws",location.href);p.protocol=location.protocol==="https:"?"wss:":"ws:",p.searchParams.set("events","unknown");let u=new WebSocket(p);return s.current=u,u.onopen=()=>{u.send(JSON.stringify({type:"hello",proof:ye()??"none"})),c(!0)},u.onmessage=({data:g})=>m("in",qe(String(g))),u.onclose=({code:g,reason:x})=>{s.current===u&&(s.current=void 0,c(!1),m("note",i("rawClosed",{code:g,reason:x})))},u},f=()=>{let p=s.current??d(),u=()=>{p.send(n),m("out",qe(n))};p.readyState===WebSocket.OPEN?u():p.addEventListener("open",u,{once:!0})};return e("div",{class:"call raw-frame",children:[e("header",{children:[e("h2",{children:i("rawFrame")}),e("p",{class:"hint",children:i("rawFrameHint")})]}),e("form",{onSubmit:p=>{p.preventDefault(),f()},children:[e(v,{name:i("frame"),render:p=>e("textarea",{...p,class:"mono",rows:5,spellcheck:!1,value:n,onInput:({currentTarget:{value:u}})=>t(u)})}),e("div",{class:"actions",children:[e("button",{type:"submit",class:"primary",children:[e(w,{name:"send",size:16}),i("sendFrame")]}),e("button",{type:"button",disabled:!a,onClick:()=>s.current?.close(),children:i("disconnect")}),e("span",{class:"hint",role:"status",children:i(a?"rawConnected":"rawNotConnected")})]})]}),e("ol",{class:"raw-lines",reversed:!0,"aria-label":i("rawFrames"),children:o.map(({number:p,at:u,kind:g,value:x})=>e("li",{children:[e("p",{class:"hint",children:[g!=="note"&&e(k,{children:[e(w,{name:g==="in"?"down":"up",size:16}),i(g==="in"?"received":"sent")]})," ",e("time",{dateTime:new Date(u).toISOString(),children:O(u)})]}),g==="note"?e("p",{children:String(x)}):e(H,{name:i("frame"),value:x})]},p))})]})}function qe(n){try{return M(JSON.parse(n))}catch{return n}}function oe({command:n,onRepeat:t}){let o=F.value.filter(({call:r})=>n===void 0||r.command===n);return o.length===0?null:e("section",{class:"past-calls","aria-label":i("pastCalls"),children:[e("div",{class:"call-tools",children:[e("h3",{children:i("pastCalls")}),n===void 0&&e("button",{type:"button",class:"quiet small",onClick:B,children:i("clearCalls")})]}),e("ul",{children:o.map(r=>e("li",{children:e("button",{type:"button",class:"quiet",title:xe(r.at),onClick:()=>t(r),children:[e(w,{name:"retry",size:16}),e("code",{children:r.call.command}),e("span",{class:"excerpt",dir:"auto",children:JSON.stringify(r.call.params)}),e("span",{class:r.outcome==="ok"?"good":"bad",children:r.outcome}),e("time",{dateTime:new Date(r.at).toISOString(),children:O(r.at)})]})},`${r.at} ${r.call.command}`))}),e("p",{class:"hint",children:i("pastCallsHint")})]})}ke(ze);var K=$(new Map),Q=$(new Map);ue(()=>{D.value===null&&queueMicrotask(()=>me(()=>{K.value=new Map,Q.value=new Map,B()}))});var W="raw-frame";function nr({params:n}){let{command:t}=n,[o,r]=b(),a=S(null),c=()=>{r(void 0),je().catch(u=>r(String(u)))};C(c,[]);let s=Ne.value;if(s===void 0)return e("div",{class:"page",children:[e("h1",{children:i("playground")}),o===void 0?e(Se,{onRetry:c}):e(ve,{text:i("noDocuments"),details:o,onRetry:c})]});let l=s.commands.find(({name:u})=>u===t),m=Q.value.get(t??""),d=(u,g)=>K.value=new Map(K.value).set(u,g),f=async(u,g)=>{let x=await Le(u,g);Q.value=new Map(Q.value).set(u.command,x),requestAnimationFrame(()=>a.current?.scrollIntoView({block:"nearest"}))},p=({call:u,transport:g})=>{let{command:x,params:T,account:R,key:P}=u;d(x,{params:T,account:R,key:P===void 0?"none":"keep",keyText:P??"",transport:g}),location.hash=`#/playground/${x}`};return e("div",{class:t===void 0?"playground":"playground has-command",children:[e("section",{class:"playground-list","aria-label":i("commands"),children:e(Me,{commands:s.commands,current:t,scopes:D.value?.scopes??[]})}),e("section",{class:"playground-form","aria-label":i("call"),children:[t!==void 0&&e("a",{class:"playground-back",href:"#/playground",children:[e(w,{name:"back",size:16}),i("commands")]}),t===W?e(We,{}):l===void 0?e(k,{children:[e(L,{title:t===void 0?i("pickCommand"):i("noCommand",{name:t}),hint:i("pickCommandHint")}),e(oe,{onRepeat:p})]}):e(Pe,{entry:l,schemas:s.schemas,scopes:D.value?.scopes??[],draft:K.value.get(l.name),onDraft:u=>d(l.name,u),onCall:f},l.name)]}),l!==void 0&&e("section",{ref:a,class:"playground-result","aria-label":i("result"),children:[e(Ie,{entry:l,outcome:m}),e(oe,{command:l.name,onRepeat:p})]})]})}export{nr as PlaygroundPage,W as RAW_FRAME};

import{a as Ae,b as B,c as Fe,e as I,f as $e,g as v,h as Re,k as K}from"./chunk-f56dc3ddb9.js";import{t as $,x as Ne}from"./chunk-31f36525f9.js";import{a as je,h as x,j as y,l as Ee}from"./chunk-c6f6d0800a.js";import{a as ke,d as z,m as Te,p as Oe}from"./chunk-3d81bef68b.js";import{C as Ce,D as oe,K as ve,N as E,c as S,e,f as b,g as T,i as C,j as be,l as we,m as N,o as xe,p as F,u as Se,v as W}from"./chunk-b581a42b12.js";var D=N(void 0),ie;function Pe(){let n=F.value?.version;return D.value!==void 0&&D.value.version===n?Promise.resolve():(ie??=Ge().finally(()=>ie=void 0),ie)}async function Ge(){let[n,r]=await Promise.all([Me("openapi.json"),Me("asyncapi.json")]);D.value=Ze(n,r)}async function Me(n){let r=await W(n);if(r.ok)return await r.json();throw await r.body?.cancel(),new Error(`Cannot load ${n}: the answer is ${r.status}.`)}function Ze(n,r){let{schemas:i}=r.components;return{version:n.info.version,schemas:i,limits:r["x-limits"],commands:Object.entries(r["x-scopes"]).map(([t,o])=>{let s=t[0].toUpperCase()+t.slice(1),a=i[`${s}Params`]??{},c=n.components.schemas[`${s}Body`];return{name:t,scope:o,summary:n.paths[`/api/${t}`]?.post?.summary??"",account:a.properties?.account!==void 0||c?.properties?.account===void 0?"none":c.required?.includes("account")?"required":"optional",params:a,result:i[`${s}Data`]??{}}}),events:(i.EventFrame?.oneOf??[]).flatMap(({$ref:t})=>{let o=i[t?.split("/").at(-1)??""]?.properties,s=o?.event?.const;return typeof s=="string"?[{name:s,data:o?.data??{}}]:[]}),errors:Object.entries(r["x-error-codes"]).map(([t,{retriable:o}])=>({code:t,isRetriable:o,status:n["x-error-status"][t]})),closeCodes:Object.entries(r["x-close-codes"]).map(([t,{meaning:o,reconnect:s}])=>({code:t,meaning:o,isReconnectable:s}))}}var ae=/password|token|secret/i;function R(n,r){let i=n;for(let t=0;i.$ref!==void 0&&t<8;t++)i=r[i.$ref.split("/").at(-1)]??{};return i}function _e(n,r){let i=R(n,r),t=new Set(i.required??[]),o=Object.entries(i.properties??{}).map(([s,a])=>Ye(s,a,t.has(s),r));return[...o.filter(({isRequired:s})=>s),...o.filter(({isRequired:s})=>!s)]}function Ye(n,r,i,t){let o=R(r,t),s=!1,a=o.anyOf??o.oneOf;if(a!==void 0){let u=a.map(l=>R(l,t)).filter(({type:l})=>l!=="null");s=u.length<a.length,u.length===1&&(o=u[0])}if(Array.isArray(o.type)){let u=o.type.filter(l=>l!=="null");s=u.length<o.type.length,u.length===1&&(o={...o,type:u[0]})}let c=o.items===void 0?void 0:R(o.items,t);return{name:n,kind:en(n,o,c,t),schema:o,isRequired:i,isNullable:s,choices:se(o)??(c&&se(c))}}function se(n){return n.enum?.every(r=>typeof r=="string")?n.enum:void 0}function en(n,r,i,t){if(se(r)!==void 0)return"choice";switch(r.type){case"string":return ae.test(n)&&r.const===void 0?"secret":r.format==="date-time"?"time":(r.maxLength??0)>=1e3&&n!=="url"?"longText":"text";case"integer":case"number":return"number";case"boolean":return"boolean";case"array":return i?.type==="string"?"list":"json";case"object":{let{additionalProperties:o}=r;return typeof o=="object"&&r.properties===void 0&&R(o,t).type==="string"?"map":"json"}default:return"json"}}function Je(n,r,i){let t=new Set(n.map(({name:s})=>s)),o=Object.keys(r).filter(s=>!t.has(s)).map(s=>({path:s,label:"uiErrorName",values:{name:s}}));return[...n.flatMap(s=>{let a=r[s.name];return a===void 0?s.isRequired?[w(s.name,"uiErrorMissing")]:[]:a===null&&s.isNullable?[]:M(s.name,a,s.schema,i)}),...o]}function w(n,r,i={}){return{path:n,label:r,values:i}}function M(n,r,i,t){let o=R(i,t),s=o.anyOf??o.oneOf;if(s!==void 0){let a=s.map(c=>M(n,r,c,t));return a.find(c=>c.length===0)??a[0]??[]}if(o.const!==void 0)return r===o.const?[]:[w(n,"uiErrorOption",{options:String(o.const)})];if(o.enum!==void 0)return o.enum.includes(r)?[]:[w(n,"uiErrorOption",{options:o.enum.join(", ")})];switch(o.type){case"string":return nn(n,r,o);case"integer":case"number":return rn(n,r,o);case"boolean":return typeof r=="boolean"?[]:[w(n,"uiErrorType",{type:"true, false"})];case"array":return tn(n,r,o,t);case"object":return on(n,r,o,t);default:return[]}}function nn(n,r,{minLength:i=0,maxLength:t,pattern:o,format:s}){if(typeof r!="string")return[w(n,"uiErrorType",{type:"string"})];let a=[...r].length;return a===0&&(i>0||o!==void 0)?[w(n,"uiErrorEmpty")]:a<i?[w(n,"uiErrorMinLength",{n:i})]:t!==void 0&&a>t?[w(n,"uiErrorMaxLength",{n:a,most:t})]:o===void 0||new RegExp(o).test(r)?[]:s==="date-time"?[w(n,"uiErrorTime")]:/^\^\\d\{1,\d+\}\$$/.test(o)?[w(n,"uiErrorQqNumber")]:[w(n,"uiErrorPattern",{pattern:o})]}function rn(n,r,{type:i,minimum:t,maximum:o}){return typeof r!="number"||i==="integer"&&!Number.isInteger(r)?[w(n,"uiErrorInteger")]:t!==void 0&&r<t?[w(n,"uiErrorMin",{least:t})]:o!==void 0&&r>o?[w(n,"uiErrorMax",{most:o})]:[]}function tn(n,r,{items:i,minItems:t=0,maxItems:o=1/0},s){return Array.isArray(r)?r.length<t||r.length>o?[w(n,"uiErrorItems",{n:r.length,least:t,most:o})]:i===void 0?[]:r.flatMap((a,c)=>M(`${n}[${c}]`,a,i,s)):[w(n,"uiErrorType",{type:"list"})]}function on(n,r,i,t){if(typeof r!="object"||r===null||Array.isArray(r))return[w(n,"uiErrorType",{type:"object"})];let{properties:o={},required:s=[],additionalProperties:a}=i,c=s.filter(l=>!(l in r)).map(l=>w(`${n}.${l}`,"uiErrorMissing")),u=Object.entries(r).flatMap(([l,f])=>{let p=`${n}.${l}`,m=o[l];if(m!==void 0)return M(p,f,m,t);if(a===!1)return[w(p,"uiErrorName",{name:l})];let h=i.propertyNames===void 0?[]:M(p,l,i.propertyNames,t);return typeof a=="object"?[...h,...M(p,f,a,t)]:h});return[...c,...u]}function Ie(n){let{fields:r,value:i,onChange:t,problems:o}=n;return e("div",{class:"ui-form",children:r.map(s=>{let{name:a,isRequired:c}=s,u=l=>{let f={...i};l===void 0?delete f[a]:f[a]=l,t(f)};return e("div",{onFocusOut:()=>n.onLeave?.(a),children:e(v,{name:e("code",{children:a}),note:c?void 0:y("uiOptional"),problem:sn(a,o),isRequired:c,render:l=>n.renderControl?.(s,i[a],u,l)??e(an,{field:s,value:i[a],onChange:u,attributes:l})})},a)})})}function sn(n,r){let i=r.filter(({path:t})=>t===n||t.startsWith(`${n}.`)||t.startsWith(`${n}[`));if(i.length!==0)return i.slice(0,3).map(({path:t,label:o,values:s})=>t===n?y(o,s):`${t}: ${y(o,s)}`).join(" ")}function an(n){switch(n.field.kind){case"choice":return e(un,{...n});case"boolean":return e(mn,{...n});case"number":return e(dn,{...n});case"longText":return e(ln,{...n});case"list":return n.field.choices===void 0?e(fn,{...n}):e(pn,{...n});case"map":return e(hn,{...n});case"json":return e(gn,{...n});default:return e(cn,{...n})}}function cn({field:n,value:r,onChange:i,attributes:t}){let o={...t,spellcheck:!1,value:typeof r=="string"?r:"",onInput:({currentTarget:{value:s}})=>i(s===""&&!n.isRequired?void 0:s)};return n.kind==="secret"?e("input",{...o,type:"password",autocomplete:"new-password"}):e("input",{...o,type:"text",autocomplete:"off",placeholder:n.kind==="time"?"2026-01-31T12:00:00Z":void 0})}function ln({field:n,value:r,onChange:i,attributes:t}){return e("textarea",{...t,rows:3,value:typeof r=="string"?r:"",onInput:({currentTarget:{value:o}})=>i(o===""&&!n.isRequired?void 0:o)})}function dn({value:n,onChange:r,attributes:i}){let[t,o]=Q(n,s=>s===void 0?"":String(s));return e("input",{...i,type:"text",inputMode:"numeric",autocomplete:"off",value:t,onInput:({currentTarget:{value:s}})=>{let a=s.trim(),c=Number(a),u=a===""?void 0:Number.isNaN(c)?a:c;o(s,u),r(u)}})}function un({field:n,value:r,onChange:i,attributes:t}){return e("select",{...t,value:typeof r=="string"?r:"",onChange:({currentTarget:{value:o}})=>i(o===""?void 0:o),children:[e("option",{value:"",children:y("uiNotSet")}),n.choices.map(o=>e("option",{value:o,children:o},o))]})}function mn({value:n,onChange:r,attributes:i}){return e("select",{...i,value:typeof n=="boolean"?String(n):"",onChange:({currentTarget:{value:t}})=>r(t===""?void 0:t==="true"),children:[e("option",{value:"",children:y("uiNotSet")}),e("option",{value:"true",children:y("uiTrue")}),e("option",{value:"false",children:y("uiFalse")})]})}function pn({field:n,value:r,onChange:i,attributes:t}){let o=Array.isArray(r)?r:[],{id:s,"aria-describedby":a}=t;return e("div",{id:s,class:"ui-choices",role:"group","aria-label":n.name,"aria-describedby":a,children:n.choices.map(c=>e("label",{class:"check",children:[e("input",{type:"checkbox",checked:o.includes(c),onChange:({currentTarget:{checked:u}})=>{let l=n.choices.filter(f=>f===c?u:o.includes(f));i(l.length===0?void 0:l)}}),c]},c))})}function fn({value:n,onChange:r,attributes:i}){let[t,o]=Q(n,s=>Array.isArray(s)?s.join(`
`):"");return e("textarea",{...i,rows:2,spellcheck:!1,placeholder:y("uiOnePerLine"),value:t,onInput:({currentTarget:{value:s}})=>{let a=s.split(/[\n,]/).map(u=>u.trim()).filter(u=>u!==""),c=a.length===0?void 0:a;o(s,c),r(c)}})}function hn({field:n,value:r,onChange:i,attributes:t}){let[o,s]=Q(r,l=>typeof l=="object"&&l!==null?Object.entries(l).map(([f,p])=>[f,String(p)]):[]),a=l=>{let f=l.filter(([m])=>m!==""),p=f.length===0?void 0:Object.fromEntries(f);s(l,p),i(p)},{id:c,"aria-describedby":u}=t;return e("div",{id:c,class:"ui-pairs",role:"group","aria-label":n.name,"aria-describedby":u,children:[o.map(([l,f],p)=>e("div",{children:[[l,f].map((m,h)=>e("input",{type:"text",autocomplete:"off",spellcheck:!1,"aria-label":y(h===0?"uiFieldName":"uiFieldValue"),placeholder:y(h===0?"uiFieldName":"uiFieldValue"),value:m,onInput:({currentTarget:{value:k}})=>a(o.map((j,_)=>_!==p?j:h===0?[k,f]:[l,k]))},h)),e("button",{type:"button",class:"quiet ui-square","aria-label":y("uiRemoveItem",{name:l}),onClick:()=>a(o.filter((m,h)=>h!==p)),children:e(x,{name:"close",size:16})})]},p)),e("button",{type:"button",class:"small",onClick:()=>a([...o,["",""]]),children:[e(x,{name:"add",size:16}),y("uiAdd")]})]})}function gn({value:n,onChange:r,attributes:i}){let[t,o]=Q(n,u=>u===void 0?"":JSON.stringify(u,null,2)),[s,a]=b(!1),c=[i["aria-describedby"],`${i.id}-json`].filter(u=>u!==void 0).join(" ");return e(S,{children:[e("textarea",{...i,class:"mono",rows:4,spellcheck:!1,placeholder:y("uiJson"),"aria-invalid":s||i["aria-invalid"],"aria-describedby":s?c:i["aria-describedby"],value:t,onInput:({currentTarget:{value:u}})=>{if(u.trim()===""){a(!1),o(u,void 0),r(void 0);return}try{let l=JSON.parse(u);a(!1),o(u,l),r(l)}catch{a(!0),o(u,u),r(u)}}}),s&&e("p",{id:`${i.id}-json`,class:"hint bad",children:y("uiErrorJson")})]})}function Q(n,r){let[i,t]=b(()=>r(n)),o=C(n),s=JSON.stringify(o.current)!==JSON.stringify(n);return T(()=>{s&&(o.current=n,t(r(n)))}),[s?r(n):i,(a,c)=>{o.current=c,t(a)}]}var De=["curl","fetch","client","frame"];function L(n){return typeof n!="object"||n===null?n:Array.isArray(n)?n.map(L):Object.fromEntries(Object.entries(n).map(([r,i])=>[r,(ae.test(r)||r==="PS")&&typeof i=="string"?`<${r}>`:L(i)]))}function U({params:n,account:r,key:i}){return{...r===void 0?{}:{account:r},...n,...i===void 0?{}:{key:i}}}function yn({command:n,params:r,account:i,key:t}){return{type:"command",id:1,...i===void 0?{}:{account:i},command:n,...Object.keys(r).length===0?{}:{params:r},...t===void 0?{}:{key:t}}}function de(n,r,i){let t=L(r);switch(n){case"curl":return[`curl -sS '${i}/api/${t.command}'`,'-H "Authorization: Bearer $TQQ_TOKEN"',"-H 'Content-Type: application/json'",`-d ${wn(JSON.stringify(U(t)))}`].join(` \\
  `);case"fetch":return`const response = await fetch(${JSON.stringify(`${i}/api/${t.command}`)}, {
  method: "POST",
  headers: {
    "authorization": \`Bearer \${process.env.TQQ_TOKEN}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify(${le(ce(U(t)))}),
});
console.log(response.status, await response.json());
`;case"client":return bn(t,i);case"frame":return JSON.stringify(yn(t))}}function bn({command:n,params:r,account:i,key:t},o){let s={...i===void 0?{}:{account:i},...t===void 0?{}:{key:t}},a=[JSON.stringify(n),le(ce(r))];return Object.keys(s).length>0&&a.push(le(ce(s))),`import { BridgeClient } from ${JSON.stringify(`${o}/mod.ts`)};

await using bridge = new BridgeClient({
  url: ${JSON.stringify(`${o.replace(/^http/,"ws")}/ws`)},
  token: process.env.TQQ_TOKEN ?? "",
});
console.log(await bridge.command(${a.join(", ")}));
`}function ce(n){return JSON.stringify(n,null,2).replace(/^(\s*)"([A-Za-z_]\w*)":/gm,"$1$2:")}function le(n){return n.replaceAll(`
`,`
  `)}function wn(n){return`'${n.replaceAll("'","'\\''")}'`}var Le={playground:"Playground",commands:"Commands",call:"Call",calling:"Calling\u2026",result:"Result",searchCommands:"Search commands",noSuchCommand:"No command matches.",pickCommand:"Choose a command",pickCommandHint:"Fill in its parameters, call it, and copy the call as code.",noCommand:"This bridge has no command {name}",noDocuments:"The list of commands cannot be loaded.",scopeRead:"Read",scopeSend:"Send",scopeManage:"Manage",lacksScope:"This token lacks the scope {scope}.",parameters:"Parameters",parametersAsJson:"Parameters as JSON",noParameters:"This command has no parameters.",editAs:"Edit as",asForm:"Form",asJson:"JSON",chooseAccount:"Choose an account",noAccount:"no account",key:"Key",keyHint:"A command that is repeated with the same key within 24 hours is done once.",keyNone:"none",keyNew:"new for each call",keyKeep:"keep this one",transport:"Over",asCode:"As code",tokenHint:"Set TQQ_TOKEN to a token first: it is in none of these texts.",askTitle:"Call {name}?",askAction:"Call {name}",askText:"This command ends or removes something.",noResult:"Call the command to see its result.",ok:"ok",bytes:"{n} bytes",retriable:"The same call can succeed later.",notRetriable:"The same call fails again.",retryAfter:"Wait {ms} ms before that.",calledWithKey:"Called with the key",pastCalls:"Last calls",pastCallsHint:"This browser keeps the last 50 calls until you sign out, without passwords, tokens and secrets.",clearCalls:"Clear",rawFrame:"Raw frame",rawFrameHint:"Sends any text over a WebSocket of its own. A bad frame ends that one, not the console's.",rawFrames:"Frames, newest first",frame:"Frame",sendFrame:"Send frame",disconnect:"Disconnect",rawConnected:"Connected",rawNotConnected:"Not connected: sending connects",rawClosed:"The connection was closed: {code} {reason}",received:"received",sent:"sent"};var d=ve(Le,async()=>(await import("./playground-b071d64c6f.js")).ZH);var xn={params:{},account:void 0,key:"none",keyText:"",transport:"ws"},kn=/^(remove|revoke|logout|disconnect)/,Sn=/^\d{1,20}$/;function qe({entry:n,schemas:r,scopes:i,draft:t,onDraft:o,onCall:s}){let{name:a,scope:c,summary:u}=n,l=t??xn,f=be(()=>_e(n.params,r),[n]),[p,m]=b(!1),[h,k]=b(new Set),[j,_]=b(!1),[q,Y]=b(!1),[ee,pe]=b(!1),[ne,Xe]=b(0),fe=C(null);T(()=>{ne!==0&&fe.current?.querySelector("[aria-invalid=true]")?.focus()},[ne]);let he=i.includes(c),A=g=>o({...l,...g}),J=Je(f,l.params,r),ge=n.account==="none"||n.account==="optional"&&l.account===void 0?void 0:l.account===void 0?y("uiErrorMissing"):Sn.test(l.account)?void 0:y("uiErrorQqNumber"),re=g=>({command:a,params:l.params,account:n.account==="none"?void 0:l.account,key:g}),te=l.key==="keep"&&l.keyText!==""?l.keyText:void 0,ye=async()=>{Y(!1),pe(!0);let g=l.key==="new"?crypto.randomUUID():te;await s(re(g),l.transport),pe(!1)};return e("form",{ref:fe,class:"call",noValidate:!0,onSubmit:g=>{if(g.preventDefault(),_(!0),ee||J.length>0||ge!==void 0){Xe(ne+1);return}kn.test(a)?Y(!0):ye()},children:[e("header",{children:[e("h2",{children:[e("code",{children:a}),e("span",{class:"chip",children:c})]}),e("p",{lang:"en",class:"hint",children:u})]}),n.account!=="none"&&e(Cn,{isRequired:n.account==="required",value:l.account,problem:j||h.has("account")?ge:void 0,onChange:g=>A({account:g})}),e("div",{class:"call-parameters",children:[e("div",{class:"call-tools",children:[e("h3",{children:d("parameters")}),e("div",{class:"segments",role:"group","aria-label":d("editAs"),children:[!1,!0].map(g=>e("button",{type:"button","aria-pressed":p===g,onClick:()=>m(g),children:d(g?"asJson":"asForm")},String(g)))})]}),p?e(vn,{value:l.params,onChange:g=>A({params:g})}):f.length===0?e("p",{class:"hint",children:d("noParameters")}):e(Ie,{fields:f,value:l.params,onChange:g=>A({params:g}),problems:j?J:J.filter(({path:g})=>h.has(g.split(/[.[]/)[0])),onLeave:g=>{l.params[g]!==void 0&&k(new Set([...h,g]))}}),p&&j&&J.length>0&&e("ul",{class:"hint bad",role:"alert",children:J.map(({path:g,label:O,values:H})=>e("li",{children:[e("code",{children:g}),": ",y(O,H)]},g))})]}),e("div",{class:"call-options",children:[e(v,{name:d("key"),hint:d("keyHint"),render:g=>e("div",{class:"call-key",children:[e("select",{...g,value:l.key,onChange:({currentTarget:{value:O}})=>{let H=O;A({key:H,keyText:H==="keep"&&l.keyText===""?crypto.randomUUID():l.keyText})},children:[e("option",{value:"none",children:d("keyNone")}),e("option",{value:"new",children:d("keyNew")}),e("option",{value:"keep",children:d("keyKeep")})]}),l.key==="keep"&&e("input",{type:"text",class:"mono",autocomplete:"off",spellcheck:!1,maxLength:128,"aria-label":d("key"),value:l.keyText,onInput:({currentTarget:{value:O}})=>A({keyText:O})})]})}),e(v,{name:d("transport"),render:g=>e("select",{...g,value:l.transport,onChange:({currentTarget:{value:O}})=>A({transport:O}),children:[e("option",{value:"ws",children:"WebSocket"}),e("option",{value:"http",children:"HTTP"})]})})]}),e("div",{class:"actions",children:[e("button",{type:"submit",class:"primary",disabled:!he||ee,children:[e(x,{name:"run",size:16}),d(ee?"calling":"call")]}),!he&&e("span",{class:"hint",children:d("lacksScope",{scope:c})})]}),e(Tn,{call:re(te)}),q&&e(Ee,{title:d("askTitle",{name:a}),action:d("askAction",{name:a}),onConfirm:()=>void ye(),onClose:()=>Y(!1),children:[e("p",{children:d("askText")}),e("p",{lang:"en",class:"hint",children:u}),e(I,{name:d("parameters"),text:de("frame",re(te),"")})]})]})}function Cn({isRequired:n,value:r,problem:i,onChange:t}){let o=je.value??[],s=[...n?[]:[{value:"",text:d("noAccount")}],...o.map(({uin:a,nickname:c})=>({value:a,text:a,hint:c}))];return e(v,{name:e("code",{children:"account"}),note:n?void 0:y("uiOptional"),problem:i,isRequired:n,render:a=>o.length===0?e("input",{...a,type:"text",inputMode:"numeric",autocomplete:"off",value:r??"",onInput:({currentTarget:{value:c}})=>t(c.trim()===""?void 0:c.trim())}):e($e,{attributes:a,name:"account",options:s,value:r??"",placeholder:d("chooseAccount"),onChoose:c=>t(c===""?void 0:c)})})}function vn({value:n,onChange:r}){let[i,t]=b(()=>JSON.stringify(n,null,2)),[o,s]=b();return e(v,{name:d("parametersAsJson"),problem:o,render:a=>e("textarea",{...a,class:"mono",rows:8,spellcheck:!1,value:i,onInput:({currentTarget:c})=>{t(c.value);try{let u=JSON.parse(c.value||"{}");if(typeof u!="object"||u===null||Array.isArray(u)){s(y("uiErrorType",{type:"object"}));return}s(void 0),r(u)}catch{s(y("uiErrorJson"))}}})})}function Tn({call:n}){let[r,i]=b("curl"),t=new URL(".",location.href).href.replace(/\/$/,"");return e("section",{class:"snippets","aria-label":d("asCode"),children:[e("div",{class:"call-tools",children:[e("h3",{children:d("asCode")}),e("div",{class:"segments",role:"group","aria-label":d("asCode"),children:De.map(o=>e("button",{type:"button","aria-pressed":r===o,onClick:()=>i(o),children:jn[o]},o))})]}),e(I,{name:d("asCode"),text:de(r,n,t)}),e("p",{class:"hint",children:d("tokenHint")})]})}var jn={curl:"curl",fetch:"fetch",client:"BridgeClient",frame:"WebSocket"};function He({entry:n,outcome:r}){return e("div",{class:"call-result",children:[e("h2",{children:d("result")}),e("div",{role:"status",children:r!==void 0&&e(On,{outcome:r})}),r===void 0?e(B,{title:d("noResult")}):e(Nn,{entry:n,outcome:r})]})}function On({outcome:n}){let{error:r,status:i,tookMs:t,bytes:o,at:s}=n;return e("p",{class:r===void 0?"outcome-line good":"outcome-line bad",children:[e(x,{name:r===void 0?"ok":"error",size:16}),e("strong",{children:r?.code??d("ok")}),i!==void 0&&e("span",{children:["HTTP ",i]}),e("span",{children:[Math.round(t)," ms"]}),e("span",{children:d("bytes",{n:o})}),e("time",{dateTime:new Date(s).toISOString(),children:$(s)})]})}function Nn({entry:n,outcome:r}){let{data:i,error:t,call:o}=r;return e(S,{children:[t!==void 0&&e("div",{class:"call-error",children:[e("p",{lang:"en",dir:"auto",children:t.message}),e("p",{class:"hint",children:[d(t.isRetriable?"retriable":"notRetriable"),t.retryAfterMs!==void 0&&` ${d("retryAfter",{ms:t.retryAfterMs})}`]})]}),t===void 0&&e(K,{name:d("result"),value:i??{}}),o.key!==void 0&&e("p",{class:"hint",children:[d("calledWithKey")," ",e("code",{children:o.key})]}),e(En,{entry:n,outcome:r})]})}function En({entry:n,outcome:{call:r,data:i,error:t}}){let o=An({account:r.account??"",command:n.name,params:z(r.params),...t===void 0?{data:i??{}}:{error:t}});return e("details",{class:"call-wire",children:[e("summary",{children:E("wire")}),o===void 0?e("p",{class:"hint",children:E("wireOwn")}):e(S,{children:[o.map(({kind:s,text:a},c)=>e("figure",{children:[e("figcaption",{children:E(s==="request"?"wireRequest":"wireReply")}),a===null?e("p",{children:E("wireNull")}):e(I,{text:a,name:E("wire")})]},c)),e("p",{class:"hint",children:E("wireHint")})]})]})}function An(n){try{return Re(n)}catch{return}}var Fn=["read","send","manage"],$n={read:"scopeRead",send:"scopeSend",manage:"scopeManage"};function ze({commands:n,current:r,scopes:i}){let[t,o]=b(""),s=t.toLowerCase().split(/\s+/).filter(c=>c!==""),a=n.filter(({name:c,summary:u})=>{let l=`${c} ${u}`.toLowerCase();return s.every(f=>l.includes(f))});return e(S,{children:[e("h1",{children:d("playground")}),e("input",{type:"search",class:"filter","aria-label":d("searchCommands"),placeholder:d("searchCommands"),value:t,onInput:({currentTarget:{value:c}})=>o(c),onKeyDown:c=>{let u=a.find(({scope:l})=>i.includes(l));c.key!=="Enter"||c.isComposing||u!==void 0&&(location.hash=`#/playground/${u.name}`)}}),e("nav",{"aria-label":d("commands"),children:[Fn.map(c=>{let u=a.filter(f=>f.scope===c);if(u.length===0)return null;let l=i.includes(c);return e("div",{children:[e("h2",{children:d($n[c])}),!l&&e("p",{class:"hint",children:d("lacksScope",{scope:c})}),e("ul",{children:u.map(({name:f,summary:p})=>e("li",{children:e("a",{href:`#/playground/${f}`,"aria-current":f===r?"page":void 0,class:l?void 0:"lacking",title:p,children:e("code",{children:f})})},f))})]},c)}),a.length===0&&e("p",{class:"hint",children:d("noSuchCommand")}),e("ul",{class:"playground-raw",children:e("li",{children:e("a",{href:`#/playground/${V}`,"aria-current":r===V?"page":void 0,children:[e(x,{name:"terminal",size:16}),d("rawFrame")]})})})]})]})}var We=50,ue="playground.calls",P=N(Pn());function X(){P.value=[],oe(ue,[])}async function Be(n,r){let i=Date.now(),t=performance.now(),o=await(r==="ws"?Rn(n):Mn(n)),s={call:n,transport:r,at:i,tookMs:performance.now()-t,bytes:new TextEncoder().encode(JSON.stringify(o.data??o.error??null)).length,...o},a={call:L(n),transport:r,at:i,outcome:s.error?.code??"ok"};return P.value=[a,...P.value].slice(0,We),oe(ue,P.value),s}async function Rn(n){let{account:r,key:i}=n;try{return{data:await Te(n.command,n.params,{...r===void 0?{}:{account:r},...i===void 0?{}:{key:i}})}}catch(t){return{error:Ke(t)}}}async function Mn(n){try{let r=await W(`api/${n.command}`,{method:"POST",headers:{"content-type":"application/json"},body:JSON.stringify(U(n))}),{status:i}=r,t=await r.json();if(r.ok)return{status:i,data:t};let{code:o,detail:s,retriable:a,retryAfterMs:c}=t;return{status:i,error:{code:String(o??i),message:String(s??""),isRetriable:a===!0,...typeof c=="number"?{retryAfterMs:c}:{}}}}catch(r){return{error:Ke(r)}}}function Ke(n){return n instanceof ke?{code:n.code,message:n.message,isRetriable:n.retriable,...n.retryAfterMs===void 0?{}:{retryAfterMs:n.retryAfterMs}}:{code:"unreachable",message:String(n),isRetriable:!0}}function Pn(){let n=Ce(ue);return Array.isArray(n)?n.filter(r=>typeof r?.call?.command=="string"&&typeof r.at=="number"&&typeof r.call.params=="object"&&r.call.params!==null).slice(0,We):[]}var Qe=`/* Playground: commands, form, result. */

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
`;var Jn=50;function Ve(){let[n,r]=b('{"type":"command","id":1,"command":"ping"}'),[i,t]=b([]),[o,s]=b(!1),a=C(void 0),c=C(0),u=(p,m)=>t(h=>[{number:++c.current,at:Date.now(),kind:p,value:m},...h].slice(0,Jn));T(()=>()=>a.current?.close(),[]);let l=()=>{let p=new URL("ws",location.href);p.protocol=location.protocol==="https:"?"wss:":"ws:",p.searchParams.set("events","unknown");let m=new WebSocket(p);return a.current=m,m.onopen=()=>{m.send(JSON.stringify({type:"hello",proof:Se()??"none"})),s(!0)},m.onmessage=({data:h})=>u("in",Ue(String(h))),m.onclose=({code:h,reason:k})=>{a.current===m&&(a.current=void 0,s(!1),u("note",d("rawClosed",{code:h,reason:k})))},m},f=()=>{let p=a.current??l(),m=()=>{p.send(n),u("out",Ue(n))};p.readyState===WebSocket.OPEN?m():p.addEventListener("open",m,{once:!0})};return e("div",{class:"call raw-frame",children:[e("header",{children:[e("h2",{children:d("rawFrame")}),e("p",{class:"hint",children:d("rawFrameHint")})]}),e("form",{onSubmit:p=>{p.preventDefault(),f()},children:[e(v,{name:d("frame"),render:p=>e("textarea",{...p,class:"mono",rows:5,spellcheck:!1,value:n,onInput:({currentTarget:{value:m}})=>r(m)})}),e("div",{class:"actions",children:[e("button",{type:"submit",class:"primary",children:[e(x,{name:"send",size:16}),d("sendFrame")]}),e("button",{type:"button",disabled:!o,onClick:()=>a.current?.close(),children:d("disconnect")}),e("span",{class:"hint",role:"status",children:d(o?"rawConnected":"rawNotConnected")})]})]}),e("ol",{class:"raw-lines",reversed:!0,"aria-label":d("rawFrames"),children:i.map(({number:p,at:m,kind:h,value:k})=>e("li",{children:[e("p",{class:"hint",children:[h!=="note"&&e(S,{children:[e(x,{name:h==="in"?"down":"up",size:16}),d(h==="in"?"received":"sent")]})," ",e("time",{dateTime:new Date(m).toISOString(),children:$(m)})]}),h==="note"?e("p",{children:String(k)}):e(K,{name:d("frame"),value:k})]},p))})]})}function Ue(n){try{return z(JSON.parse(n))}catch{return n}}function me({command:n,onRepeat:r}){let i=P.value.filter(({call:t})=>n===void 0||t.command===n);return i.length===0?null:e("section",{class:"past-calls","aria-label":d("pastCalls"),children:[e("div",{class:"call-tools",children:[e("h3",{children:d("pastCalls")}),n===void 0&&e("button",{type:"button",class:"quiet small",onClick:X,children:d("clearCalls")})]}),e("ul",{children:i.map(t=>e("li",{children:e("button",{type:"button",class:"quiet",title:Ne(t.at),onClick:()=>r(t),children:[e(x,{name:"retry",size:16}),e("code",{children:t.call.command}),e("span",{class:"excerpt",dir:"auto",children:JSON.stringify(t.call.params)}),e("span",{class:t.outcome==="ok"?"good":"bad",children:t.outcome}),e("time",{dateTime:new Date(t.at).toISOString(),children:$(t.at)})]})},`${t.at} ${t.call.command}`))}),e("p",{class:"hint",children:d("pastCallsHint")})]})}Oe(Qe);var G=N(new Map),Z=N(new Map);xe(()=>{F.value===null&&queueMicrotask(()=>we(()=>{G.value=new Map,Z.value=new Map,X()}))});var V="raw-frame";function yt({params:n}){let{command:r}=n,[i,t]=b(),o=C(null),s=()=>{t(void 0),Pe().catch(m=>t(String(m)))};T(s,[]);let a=D.value;if(a===void 0)return e("div",{class:"page",children:[e("h1",{children:d("playground")}),i===void 0?e(Ae,{onRetry:s}):e(Fe,{text:d("noDocuments"),details:i,onRetry:s})]});let c=a.commands.find(({name:m})=>m===r),u=Z.value.get(r??""),l=(m,h)=>G.value=new Map(G.value).set(m,h),f=async(m,h)=>{let k=await Be(m,h);Z.value=new Map(Z.value).set(m.command,k),requestAnimationFrame(()=>o.current?.scrollIntoView({block:"nearest"}))},p=({call:m,transport:h})=>{let{command:k,params:j,account:_,key:q}=m;l(k,{params:j,account:_,key:q===void 0?"none":"keep",keyText:q??"",transport:h}),location.hash=`#/playground/${k}`};return e("div",{class:r===void 0?"playground":"playground has-command",children:[e("section",{class:"playground-list","aria-label":d("commands"),children:e(ze,{commands:a.commands,current:r,scopes:F.value?.scopes??[]})}),e("section",{class:"playground-form","aria-label":d("call"),children:[r!==void 0&&e("a",{class:"playground-back",href:"#/playground",children:[e(x,{name:"back",size:16}),d("commands")]}),r===V?e(Ve,{}):c===void 0?e(S,{children:[e(B,{title:r===void 0?d("pickCommand"):d("noCommand",{name:r}),hint:d("pickCommandHint")}),e(me,{onRepeat:p})]}):e(qe,{entry:c,schemas:a.schemas,scopes:F.value?.scopes??[],draft:G.value.get(c.name),onDraft:m=>l(c.name,m),onCall:f},c.name)]}),c!==void 0&&e("section",{ref:o,class:"playground-result","aria-label":d("result"),children:[e(He,{entry:c,outcome:u}),e(me,{command:c.name,onRepeat:p})]})]})}export{yt as PlaygroundPage,V as RAW_FRAME};

import{a as N,b as se,c as ce,d as T,e as q,f as ie,g as ue,h as x,i as w,j as ae,k as de,l as L,m as fe,n as me,o as le,r as he,s as V,t as Q}from"./chunk-bfc41d3313.js";import{e as oe,g as pe}from"./chunk-af527bdfdd.js";import{a as ne}from"./chunk-56edc73042.js";import{a as re,b as P}from"./chunk-306655d49f.js";import{A as d,C as k,P as U,Q as b,R as te,c as G,e as u,f as R}from"./chunk-3848f2550c.js";var ge=`.inspector {
  display: flex;
  flex-direction: column;
  flex: 1;
  min-height: 0;
  max-width: none;
}

.inspector .page-head p {
  max-width: 46rem;
}

.toolbar {
  display: flex;
  flex-wrap: wrap;
  align-items: end;
  gap: 0.75rem;
  margin-bottom: 1rem;
}

.toolbar .field {
  margin: 0;
  min-width: 13rem;
}

.split {
  display: grid;
  grid-template-columns: minmax(19rem, 2fr) 3fr;
  gap: 1rem;
  flex: 1;
  min-height: 0;
}

.split > .card {
  min-width: 0;
  min-height: 14rem;
  overflow: auto;
}

.frames {
  display: flex;
  padding: 0.4rem;
}

.frames ol {
  flex: 1;
  min-width: 0;
  overflow: auto;
}

.frames > .empty + ol {
  display: none;
}

.frame-row {
  display: grid;
  grid-template-columns: auto 4.5rem 1fr auto auto;
  justify-content: start;
  gap: 0.6rem;
  width: 100%;
  min-height: 2.1rem;
  padding: 0.2rem 0.6rem;
  border-color: transparent;
  border-radius: 8px;
  background: none;
  font: 0.83rem/1.4 var(--mono);
  text-align: start;
}

.frame-row:hover {
  background: var(--sunken);
}

.frame-row[aria-pressed="true"] {
  border-color: var(--accent);
  background: color-mix(in srgb, var(--accent) 12%, transparent);
}

.frame-row .ui-icon {
  color: var(--good);
}

.frame-row.out .ui-icon {
  color: var(--accent);
}

.frame-row.failed .what {
  color: var(--bad);
}

.frame-row .kind,
.frame-row .size,
.frame-row time {
  color: var(--muted);
}

.frame-row .what {
  overflow: hidden;
  text-overflow: ellipsis;
}

.detail {
  display: flex;
  flex-direction: column;
  gap: 0.7rem;
}

.detail h2 {
  font-family: var(--mono);
}

figcaption {
  margin-bottom: 0.2rem;
  color: var(--muted);
  font-size: 0.85rem;
}

pre {
  max-height: 24rem;
  margin: 0;
  padding: 0.8rem 0.95rem;
  overflow: auto;
  border-radius: 10px;
  background: var(--sunken);
  font: 0.82rem/1.55 var(--mono);
  white-space: pre-wrap;
}

@media (max-width: 64rem) {
  .split {
    grid-template-columns: minmax(0, 1fr);
    flex: none;
  }

  .frames {
    max-height: 45dvh;
  }

  .inspector {
    flex: none;
  }
}

@media (max-width: 37.49rem) {
  .frame-row {
    grid-template-columns: auto 4.2rem 1fr auto;
  }

  .frame-row .size {
    display: none;
  }
}
`;var we=48;var Ye=127;function Xe(e,t){return e<0||t>Ye?-1:e<<8|t}var Be=1,ze=3;function Ne(e){if(e.length>ze)return-1;let t=Be;for(let n=0;n<e.length;n++)t=Xe(t,e.charCodeAt(n));return t}function $(e){return e.split(" ").map(t=>Ne(t))}function O(e,t){let n={};for(let r in t)n[r]=$(`${e} ${t[r]}`.trim());return n}function C(e,t,n,r){if(t===void 0)return"";let o="";for(let[s,i]of Object.entries(t)){if(n.includes(Ne(s))||/[&=]/.test(s))throw new TypeError(`Cannot encode ${e}: extra may hold only codes that the command does not use, without & and =, got ${JSON.stringify(s)}`);o+=`&${s}=${r(i)}`}return o}var Je=Array.from({length:128},(e,t)=>`%${t.toString(16).padStart(2,"0")}`);function Ee(e){return Je[e.charCodeAt(0)]}var Ze=/[%,&=\x00-\x1f\x7f]/,et=/[%&=\x00-\x1f\x7f]/g,tt=/[%&=+,\x00-\x1f\x7f]/g,nt=/%(?=2[cC5])/g;function l(e){return Ze.test(e)?e.replace(nt,"%25").replaceAll(",","%2c").replace(et,Ee):e}function S(e){return Q(e,0)===e.length?e:e.replace(tt,Ee)}function j(e){return e===""||e.endsWith(",")}function E(e){return e.length===0?"":e.join(",")+","}function A(e,t=0,n=e.length){if(n<=t||n-t>20)return-1;let r=0;for(let o=t;o<n;o++){let s=e.charCodeAt(o)-we;if(!(s>=0&&s<=9))return-1;r=r*10+s}return r<=Number.MAX_SAFE_INTEGER?r:-1}var xe=40;function g(e){let t=typeof e=="string"?JSON.stringify(e):String(e);return t.length>xe?`${t.slice(0,xe)}\u2026`:t}function m(e,t,n){if(!V(n))throw new TypeError(`Cannot encode ${e}: ${t} must be a QQ number of 1 to 20 digits as a string, got ${g(n)}`);return n}function h(e,t,n){if(typeof n!="number"||!Number.isSafeInteger(n)||n<0)throw new RangeError(`Cannot encode ${e}: ${t} must be a whole number of at least 0, got ${g(n)}`);return String(n)}function f(e,t,n){if(typeof n!="string")throw new TypeError(`Cannot encode ${e}: ${t} must be a string, got ${g(n)}`);return n}function p(e,t,n,r){if(typeof r!="string"||!Object.hasOwn(n,r))throw new RangeError(`Cannot encode ${e}: ${t} must be one of ${Object.keys(n).join(", ")}, got ${g(r)}`);return String(n[r])}var rt="VER CMD SEQ UIN",ot="CON SID XP M5 LG GD CKE SC TO CM",st="ST",H=O(rt,{Login:"PS M5 LC",List:"TN UN",Query_Stat:"TN UN",GetInfo:"LV UN",AddToList:"UN",Ack_AddToList:"UN CD RS",DelFromList:"UN",Finger:"AG SX PV",Change_Stat:"ST",GetMsgEx:"",CLTMSG:"UN MG",Logout:"",VERIFYCODE:"VC",SimpleInfo2:"UN",Query_Stat2:"UN",Change_Stat2:"ST"}),ct=it();function it(){let e=$(ot),t=$(st);return new Map(N.map(n=>[n,[...H[n],...e,...n==="Login"?t:[]]]))}function Ce(e,t){return(t?ct.get(e):H[e])??H[e]}var y="1.4",mt="&SID=&XP=C4CA4238A0B92382",lt="&GD=AAAAAAAAAAAAAAAA&CKE=";function W(e){let{cmd:t}=e,n=e.ver??"1.1";if(!N.includes(t))throw new RangeError(`Cannot encode a command: cmd must be one of ${N.join(", ")}, got ${g(t)}`);if(!q.includes(n))throw new RangeError(`Cannot encode ${t}: ver must be one of ${q.join(", ")}, got ${g(n)}`);let r=n===y;if(!r&&ce.has(t))throw new RangeError(`Cannot encode ${t}: ver must be ${y}, got ${g(n)}`);let o=S(f(t,"seq",e.seq)),s=m(t,"uin",e.uin),i=C(t,e.extra,Ce(t,r),S);return`${`VER=${n}${r?"&CON=1":""}&CMD=${t}&SEQ=${o}`}&UIN=${s}${r&&t!=="Login"?mt:""}${ht(e)}${i}`}function ht(e){let{cmd:t}=e;switch(e.cmd){case"Login":return pt(e);case"List":case"Query_Stat":return(e.limit===void 0?"":`&TN=${h(t,"limit",e.limit)}`)+(e.after===void 0?"":`&UN=${m(t,"after",e.after)}`);case"GetInfo":return`&LV=${h(t,"level",e.level)}&UN=${m(t,"target",e.target)}`;case"AddToList":case"DelFromList":return`&UN=${m(t,"target",e.target)}`;case"Ack_AddToList":return`&UN=${m(t,"target",e.target)}&CD=${p(t,"answer",de,e.answer)}&RS=${S(f(t,"reason",e.reason))}`;case"Finger":return gt(e);case"Change_Stat":case"Change_Stat2":return`&ST=${p(t,"status",x,e.status)}`;case"VERIFYCODE":return`&SC=2&VC=${S(f(t,"text",e.text??""))}`;case"SimpleInfo2":return`&UN=${h(t,"offset",e.offset)}&TO=0`;case"Query_Stat2":return`&CM=2&UN=${m(t,"after",e.after??"0")}`;case"CLTMSG":return`&UN=${m(t,"target",e.target)}&MG=${S(f(t,"text",e.text))}`;case"GetMsgEx":case"Logout":return""}}function pt(e){let{cmd:t,passwordMd5:n,status:r,ver:o}=e,s=o===y;if(r!==void 0&&!s)throw new RangeError(`Cannot encode Login: status must be absent unless ver is ${y}, got ${g(r)}`);let i=e.licence??(s?ue[0]:ie);if(!/^[0-9a-f]{32}$/.test(f(t,"passwordMd5",n)))throw new TypeError("Cannot encode Login: passwordMd5 must be 32 lower-case hex digits");let c=S(f(t,"licence",i));if(!s)return`&PS=${n}&M5=1&LC=${c}`;let a=r===void 0?"":`&ST=${p(t,"status",x,r)}`;return`&PS=${n}&M5=1&LG=0${a}&LC=${c}${lt}`}function gt({age:e,cmd:t,province:n,sex:r}){let o="";return e!==void 0&&(o+=`&AG=${h(t,"age",e)}`),r!==void 0&&(o+=`&SX=${p(t,"sex",L,r)}`),n!==void 0&&(o+=`&PV=${S(f(t,"province",n))}`),o}var xt=he(x);function $e(e,t,n){switch(e){case w.message:return{type:"message",from:t,text:n};case w.status:{let r=xt[A(n.trim())];return r===void 0?{type:"unknown",code:e,from:t,text:n}:{type:"status",from:t,status:r}}case w.stranger_message:return{type:"stranger_message",from:t,text:n};case w.request:return{type:"request",from:t,text:n};case w.accepted:return{type:"accepted",from:t,text:n};case w.refused:return{type:"refused",from:t,text:n};case w.added:return{type:"added",from:t,text:n};default:return{type:"unknown",code:e,from:t,text:n}}}function be(e){let t=0,n="",r="",o="";for(let[s,i]of e.entries())if(i.type==="unreadable"){let c=/^MT=([^&]*)&UN=([^&]*)&MG=([^&]*)$/.exec(i.raw);if(c===null||s!==e.length-1)throw new TypeError(`Cannot encode a mailbox: an unreadable item must be the last and of the form MT=..&UN=..&MG=.., got ${g(i.raw)}`);c[3]===""&&t>0&&!j(c[1])&&(o=o.slice(0,-1)),n+=c[1],r+=c[2],o+=c[3]}else if(t++,r+=m("a mailbox","from",i.from)+",",i.type==="status")n+="99,",o+=p("a mailbox","status",x,i.status)+",";else{let c=f("a mailbox","text",i.text);n+=X(i)+",",o+=l(c)+(i.type==="message"?" ,":",")}return`MN=${t}&MT=${n}&UN=${r}&MG=${o}`}function X(e){if(e.type!=="unknown")return p("a mailbox","type",w,e.type);let t=h("a mailbox","code",e.code);if($e(e.code,e.from,e.text).type!=="unknown")throw new RangeError(`Cannot encode a mailbox: code must be one that has no name, got ${e.code}`);return t}var St=65535;function B(e,t){return`&FN=${h(e,"count",t)}`}function Te(e,t){return v(e,t.length)+`&UN=${E(t.map(n=>m("List","uins",n)))}`}function Le(e,t){let n="Query_Stat",r=o=>E(t.map(o));return`&FC=${r(({face:o})=>h(n,"face",o))}`+v(e,t.length)+`&ST=${r(({status:o})=>p(n,"status",x,o))}&UN=${r(({uin:o})=>m(n,"uin",o))}&NK=${r(({nickname:o})=>l(f(n,"nickname",o)))}`}function Oe(e,t){let n="SimpleInfo2",r=o=>E(t.map(o));return`&FN=${e===void 0?St:h(n,"next",e)}&SN=${t.length}&UN=${r(({uin:o})=>m(n,"uin",o))}&FC=${r(({face:o})=>h(n,"face",o))}&NK=${r(({nickname:o})=>l(f(n,"nickname",o)))}`}function Me(e,t){let n="Query_Stat2";return v(e,t.length)+`&ST=${E(t.map(({status:r})=>p(n,"status",x,r)))}&UN=${E(t.map(({uin:r})=>m(n,"uin",r)))}`}function _e(e,t){let n="Finger";return v(e,t.length)+`&UN=${E(t.map(({uin:r})=>m(n,"uin",r)))}&NK=${E(t.map(({nickname:r})=>l(f(n,"nickname",r))))}`}function v(e,t){return`&FN=${e?1:0}&SN=${t}`}var ke=["LV","","number"],z=[["UN","uin","uin"],["NK","nickname","text"]],Re=[["AD","address","text"],["AG","age","number"],["EM","email","text"],["FC","face","number"],["HP","homepage","text"],["JB","occupation","text"],ke,["PC","postcode","text"],["PH","phone","text"],["PR","introduction","text"],["PV","province","text"],["RN","realName","text"],["SC","school","text"],["SX","sex",L]],wt=[["BT","bloodType",fe],["CO","zodiac",me],["CT","city","text"],["CV","","extra"],["CY","country","text"],["ID","","extra"],["MO","mobile","text"],["MT","","extra"],["MV","","extra"],["SH","animal",le]],M=Nt();function Nt(){let e=[...Re,...wt].sort(([t],[n])=>t<n?-1:1);return[[ke,...z],[...Re,...z],[...e,...z]]}function J(e){return M[Math.max(0,Math.min(2,e-1))]}var Et=M.map(e=>$([T,...e.filter(([,,t])=>t!=="extra").map(([t])=>t)].join(" ")));function Ue(e){return Et[M.indexOf(J(e))]}function ye(e,t,n){let r="";for(let[o,s,i]of J(e))if(o==="LV")r+=`&LV=${e}`;else if(s==="")Object.hasOwn(n,o)&&(r+=`&${o}=${l(f("GetInfo",o,n[o]))}`);else{let c=t[s];i==="text"?c!==void 0&&(r+=`&${o}=${l(f("GetInfo",s,c))}`):i==="number"?r+=`&${o}=${h("GetInfo",s,c)}`:i==="uin"?r+=`&${o}=${m("GetInfo",s,c)}`:i!=="extra"&&(r+=`&${o}=${c===null?Ct(i):p("GetInfo",s,i,c)}`)}return r}function Ct(e){return e===L?"":"0"}var At=M.map(e=>new Set(e.filter(([,,t])=>t==="extra").map(([t])=>t)));function ve(e){return At[M.indexOf(J(e))]}function Ie(e){return e.type==="status"?"update_stat":"Server_Msg"}function Fe(e,t){if(Ie(t)!==e)throw new TypeError(`Cannot encode a push: cmd must be ${Ie(t)} for a ${t.type}, got ${e}`);if(t.type==="unreadable")return`&MN=1&${t.raw}`;let n=m(e,"from",t.from);if(t.type==="status")return`&ST=${p(e,"status",x,t.status)}&UN=${n}`;let r=l(f(e,"text",t.text));return`&MN=1&MT=${X(t)}&UN=${n}&MG=${r}`}var I=O(T,{Login:"RS HI LI RA",List:"FN SN UN",Query_Stat:"FC FN SN ST UN NK",GetInfo:"LV",AddToList:"CD UN",Ack_AddToList:"",DelFromList:"",Finger:"FN SN UN NK",Change_Stat:"",GetMsgEx:"MN MT UN MG",CLTMSG:"",Logout:"",VERIFYCODE:"SC SN VC",SimpleInfo2:"FN SN UN FC NK",Query_Stat2:"FN SN ST UN",Change_Stat2:""}),De=O(T,{Server_Msg:"MN MT UN MG",update_stat:"ST UN"});function $t(e){return Object.hasOwn(De,e)}var bt=new Set(["Ack_AddToList","DelFromList","Change_Stat","Change_Stat2","CLTMSG"]);function Tt(e,t){return e!=="GetInfo"||t===void 0?I[e]:Ue(t)}function Ge(e){let{cmd:t}=e;if(Ot(e))return Mt(e);if(!Lt(t))throw new RangeError(`Cannot encode a reply: cmd must be one of ${N.join(", ")}, got ${g(t)}`);let n=Pe(e,se[t]);if(e.res!==0)return n+C(t,e.extra,I[t],l);let r=e;if(r.cmd==="GetInfo")return n+_t(r);let o=Rt(r),s=C(t,r.extra,I[t],l);return n+o+s+(bt.has(t)&&s===""?"&":"")}function Lt(e){return Object.hasOwn(I,e)}function Ot(e){return $t(e.cmd)}function Pe({cmd:e,ver:t,seq:n,uin:r,res:o},s){return`VER=${l(f(e,"ver",t))}&CMD=${s}&SEQ=${l(f(e,"seq",n))}&UIN=${m(e,"uin",r)}&RES=${h(e,"res",o)}`}function Mt(e){let{cmd:t,extra:n,item:r}=e;return Pe(e,t)+Fe(t,r)+C(t,n,De[t],l)}function _t({cmd:e,extra:t={},level:n,profile:r}){let o=ve(n),s=Object.fromEntries(Object.entries(t).filter(([i])=>!o.has(i)));return ye(Number(h(e,"level",n)),r,t)+C(e,s,Tt(e,n),l)}function Rt(e){let{cmd:t}=e;switch(e.cmd){case"Login":return e.loggedIn?`&RS=0&HI=${h(t,"heartbeatSeconds",e.heartbeatSeconds)}&LI=${h(t,"idleSeconds",e.idleSeconds)}`:`&RS=1&RA=${l(f(t,"reason",e.reason))}`;case"List":return"count"in e?B(t,e.count):Te(e.complete,e.uins);case"Query_Stat":return"count"in e?B(t,e.count):Le(e.complete,e.friends);case"AddToList":return`&CD=${p(t,"answer",ae,e.answer)}&UN=${m(t,"target",e.target)}`;case"Finger":return _e(e.complete,e.people);case"GetMsgEx":return"&"+be(e.items);case"VERIFYCODE":return e.picture===void 0?"":`&SC=2&SN=1&VC=${f(t,"picture",e.picture)}`;case"SimpleInfo2":return Oe(e.next,e.friends);case"Query_Stat2":return Me(e.complete,e.friends);default:return""}}var F="0",_=120,kt={penalised:3,invalid_uin:5,not_logged_in:20};function Z(e){if(e.command==="raw")return Dt(e);let t=vt(e);if(t===void 0)return;let{account:n,error:r}=e;return t.flatMap(({request:o,reply:s})=>{let c=[{kind:"request",source:"reconstructed",text:W({...o,seq:F,uin:n}).replace(/(?<=&PS=)[0-9a-f]+/,k)}],a=s??yt(o.cmd,r?.code);return a!==void 0?c.push({kind:"reply",source:"reconstructed",text:Qe(n,a)}):r?.code==="rejected"&&c.push({kind:"reply",source:"reconstructed",text:null}),c})}function Ve(e){let t=String(e.account),n=e.data;if(e.event==="message.sent")return Z({account:t,command:"send",params:n,data:{}});if(e.event==="unknown"&&n.raw!==void 0)return[{kind:"reply",source:"reported",text:n.raw}];let r=Ut(String(e.event),n);if(r!==void 0)return[{kind:"request",source:"reconstructed",text:W({cmd:"GetMsgEx",seq:F,uin:t})},{kind:"reply",source:"reconstructed",text:Qe(t,{cmd:"GetMsgEx",res:0,items:[r]})}]}function Ut(e,t){let{from:n,text:r,status:o,code:s}=t;switch(e){case"message":return{type:"message",from:n,text:r};case"message.stranger":return{type:"stranger_message",from:n,text:r};case"friend.request":case"friend.accepted":case"friend.refused":case"friend.added":return{type:e.slice(7),from:n,text:r};case"presence":return{type:"status",from:n,status:o};case"unknown":return{type:"unknown",code:s,from:n,text:r};default:return}}function Qe(e,t){return Ge({...t,ver:"1.1",seq:F,uin:e})}function yt(e,t){let n=t===void 0?void 0:kt[t];return n===void 0?void 0:{cmd:e,res:n}}function vt({command:e,params:t,data:n}){let r=n!==void 0,o=n??{},s=String(t.uin??t.to??""),i=c=>[{request:c,reply:r?{cmd:c.cmd,res:0}:void 0}];switch(e){case"send":return i({cmd:"CLTMSG",target:s,text:String(t.text)});case"friends":return qe(r?o.friends:void 0,"List",c=>c,(c,a)=>({cmd:"List",res:0,complete:a,uins:c}));case"onlineFriends":return qe(r?o.friends:void 0,"Query_Stat",({uin:c})=>c,(c,a)=>({cmd:"Query_Stat",res:0,complete:a,friends:c}));case"profile":return It(s,Number(t.level??2),r,o);case"search":return[{request:{cmd:"Finger",...t},reply:r?{cmd:"Finger",res:0,complete:!0,people:o.people}:void 0}];case"addFriend":return Ft(s,String(t.reason??""),o.answer);case"answerRequest":return i({cmd:"Ack_AddToList",target:s,answer:t.answer,reason:String(t.reason??"")});case"removeFriend":return i({cmd:"DelFromList",target:s});case"setStatus":return i({cmd:"Change_Stat",status:t.status});case"login":return[{request:{cmd:"Login",passwordMd5:"0".repeat(32)}}];case"logout":return i({cmd:"Logout"});default:return}}function qe(e,t,n,r){if(e===void 0)return[{request:{cmd:t,limit:_}}];let o=[];for(let s=0;s===0||s<e.length;s+=_){let i=e.slice(s,s+_),c=e[s-1];o.push({request:{cmd:t,limit:_,...c===void 0?{}:{after:n(c)}},reply:r(i,s+_>=e.length)})}return o}function It(e,t,n,r){let{profile:o,extra:s}=r;return[{request:{cmd:"GetInfo",target:e,level:t},reply:n?{cmd:"GetInfo",res:0,level:t,profile:o,...s===void 0?{}:{extra:s}}:void 0}]}function Ft(e,t,n){let r={request:{cmd:"AddToList",target:e},reply:n===void 0?void 0:{cmd:"AddToList",res:0,answer:n,target:e}};return n!=="needs_verification"?[r]:[r,{request:{cmd:"Ack_AddToList",target:e,answer:"ask",reason:t},reply:{cmd:"Ack_AddToList",res:0}}]}function Dt({account:e,params:t,data:n}){let r=t.fields??{},s=[{kind:"request",source:"reconstructed",text:`VER=1.1&CMD=${t.cmd}&SEQ=${F}&UIN=${e}`+Object.entries(r).map(([i,c])=>`&${i}=${c===k?k:S(c)}`).join("")}];if(n!==void 0){let i=n.fields,c=Object.entries(i).map(([a,D])=>`${a}=${l(D)}`).join("&");s.push({kind:"reply",source:"reconstructed",text:c})}return s}ne(ge);var je=["showAll","showCommands","showEvents"],Gt=200,He=2e4;function Or(){let[e,t]=R("showAll"),[n,r]=R(!1),[o,s]=R(),i=Ht(U.value),c=U.value.filter(a=>Kt(a,e)&&(n||ee(a,i)!=="ping")).slice(-Gt).reverse();return u("div",{class:"page inspector",children:[u("header",{class:"page-head",children:u("div",{children:[u("h1",{children:d("events")}),u("p",{class:"hint",children:d("inspectorLead")})]})}),u("div",{class:"toolbar",children:[u(re,{label:d("show"),children:u("select",{value:e,onChange:({currentTarget:{value:a}})=>t(je.find(D=>D===a)??"showAll"),children:je.map(a=>u("option",{value:a,children:d(a)},a))})}),u("label",{class:"check",children:[u("input",{type:"checkbox",checked:!n,onChange:({currentTarget:a})=>r(!a.checked)}),d("hidePings")]}),u("button",{type:"button","aria-pressed":b.value,onClick:()=>b.value=!b.value,children:d(b.value?"resume":"pause")}),u("button",{type:"button",onClick:()=>{te(),s(void 0)},children:d("clear")})]}),u("div",{class:"split",children:[u("section",{class:"card frames","aria-label":d("frames"),children:[c.length===0&&u(P,{title:d("noFrames")}),u("ol",{reversed:!0,tabIndex:0,"aria-label":d("frames"),children:c.map(a=>u(Pt,{frame:a,name:ee(a,i),isChosen:a.number===o?.number,onChoose:()=>s(a)},a.number))})]}),u("section",{class:"card detail","aria-label":d("frame"),children:o===void 0?u(P,{title:d("pickFrame")}):u(qt,{frame:o,name:ee(o,i)})})]})]})}function Pt({frame:e,name:t,isChosen:n,onChoose:r}){let{direction:o,at:s,size:i,value:c}=e,a=o==="in";return u("li",{children:u("button",{type:"button",class:`frame-row ${o} ${c.ok===!1?"failed":""}`,"aria-pressed":n,onClick:r,children:[u(oe,{name:a?"down":"up"}),u("span",{class:"visually-hidden",children:d(a?"received":"sentFrame")}),u("span",{class:"kind",children:String(c.type)}),u("span",{class:"what",children:t}),u("span",{class:"size",children:i}),u("time",{children:pe(s)})]})})}function qt({frame:e,name:t}){return u(G,{children:[u("h2",{children:[String(e.value.type)," ",t]}),u(Ke,{text:JSON.stringify(e.value,null,2),label:d("frame")}),u("h3",{children:d("wire")}),u(Vt,{frame:e}),u("p",{class:"hint",children:d("wireHint")})]})}function Vt({frame:e}){let t=Qt(e);return typeof t=="string"?u("p",{children:d(t)}):u(G,{children:[t.texts.map(({kind:n,source:r,text:o},s)=>u("figure",{children:[u("figcaption",{children:[d(n==="request"?"wireRequest":"wireReply")," \xB7"," ",d(r==="reported"?"wireReported":"wireReconstructed")]}),o===null?u("p",{children:d("wireNull")}):u(Ke,{text:o,label:d("wire")})]},s)),t.isWaiting&&u("p",{class:"hint",children:d("wireWaiting")})]})}function Ke({text:e,label:t}){let n=e.length-He;return u("pre",{tabIndex:0,role:"group","aria-label":t,children:[u("code",{children:n>0?e.slice(0,He):e}),n>0&&u("em",{children:d("cutOff",{n})})]})}function Qt(e){let{value:t}=e;try{if(t.type==="event"){let s=Ve(t);return s===void 0?"wireNone":{texts:s,isWaiting:!1}}let n=jt(e);if(n===void 0)return"wireNone";let r=Z(n);if(r===void 0)return"wireOwn";let o=n.data===void 0&&n.error===void 0;return{texts:r,isWaiting:o}}catch{return"wireNone"}}function jt(e){let{id:t,type:n}=e.value;if(n!=="command"&&n!=="result")return;let r=i=>e.value.type===i?e:U.value.find(c=>c.value.type===i&&c.value.id===t),o=r("command")?.value;if(o===void 0)return;let s=r("result")?.value;return{account:String(o.account??""),command:String(o.command),params:o.params??{},...s?.ok===!0?{data:s.data??{}}:{},...s?.ok===!1?{error:s.error}:{}}}function Ht(e){let t=new Map([["alive","ping"]]);for(let{value:n}of e)n.type==="command"&&t.set(n.id,String(n.command));return t}function ee({value:e},t){switch(e.type){case"command":return String(e.command);case"result":return t.get(e.id)??"";case"event":return String(e.event);default:return""}}function Kt({value:{type:e}},t){switch(t){case"showAll":return!0;case"showCommands":return e==="command"||e==="result";case"showEvents":return e==="event"||e==="gap"}}export{Or as FramesPage};

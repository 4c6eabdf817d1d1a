import{a as A}from"./chunk-0235c4fe36.js";import{b as L}from"./chunk-d87e4d84ed.js";import{a as P,c as W}from"./chunk-d2620b2114.js";import{a as m}from"./chunk-42e248aa20.js";import"./chunk-ff4ab8e738.js";import{b as C,e as $,f as I}from"./chunk-d490d1e7a1.js";import{a as E}from"./chunk-6c4968ad0d.js";import{e as _}from"./chunk-d5ac9a946b.js";import{a as n,k as R,o as N}from"./chunk-9587a19931.js";import{j as F,p as f}from"./chunk-984849db8b.js";import{c as D,e as b,f as S,h as j,p as k,s as M,v as O}from"./chunk-f76a2ab3ff.js";var B=`/* Overview: verdict, problems, numbers. */

.verdict {
  display: flex;
  align-items: center;
  gap: 0.6rem;
  margin-bottom: 1rem;
  font-size: 1.0625rem;
}

.verdict.good > .ui-icon {
  color: var(--good);
}

.verdict.bad > .ui-icon,
.problem > .ui-icon {
  color: var(--bad);
}

.problems {
  margin-bottom: 1.25rem;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
}

.problem {
  display: flex;
  align-items: flex-start;
  gap: 0.75rem;
  padding: 0.75rem 1rem;
}

.problem + .problem {
  border-top: 1px solid var(--line);
}

.problem > div {
  flex: 1;
  min-width: 0;
}

.problem .button {
  flex: none;
}

.overview-numbers {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr));
  gap: 0.75rem;
  margin-bottom: 1rem;
}

.overview-card {
  padding: 0.9rem 1rem;
}

.overview-card h2 {
  color: var(--muted);
  font-size: 0.8125rem;
  font-weight: 500;
}

.overview-value {
  font-size: 1.5rem;
  font-variant-numeric: tabular-nums;
  line-height: 2rem;
}

.overview-states {
  display: flex;
  flex-wrap: wrap;
  gap: 0.35rem 0.75rem;
}

.sparkline {
  display: block;
  width: 100%;
  height: 1.75rem;
  fill: none;
  stroke: var(--accent);
  stroke-width: 1.5;
}

.sparkline path {
  vector-effect: non-scaling-stroke;
}

.stale .sparkline {
  stroke: var(--away);
}

.stale .verdict > .ui-icon {
  color: var(--away);
}

.stale .overview-value,
.stale .verdict {
  color: var(--muted);
}

.overview-steps {
  display: grid;
  gap: 0.75rem;
  margin-top: 0.75rem;
  padding-inline-start: 1.25rem;
  list-style: decimal;
}

@media (max-width: 37.5rem) {
  .problem {
    flex-wrap: wrap;
  }

  .problem .button {
    margin-inline-start: 2rem;
  }
}
`;var Y=["events_total","connections","journal_append_seconds","journal_append_failures_total","journal_head","journal_oldest","journal_bytes","gaps_total","slow_closes_total","auth_failures_total"],G=500;async function U(t){let e=k.value?.accounts==="all",o=e&&M("manage"),r={lane:t},[a,i,l,c,d,u]=await Promise.all([Z(),f("accounts",{limit:1},r),o?f("targets",{limit:G},r):void 0,f("consumers",{limit:G},r),e?f("figures",{names:Y,range:"10m"},r):void 0,o?f("settings",{},r):void 0]),{counts:p}=i;return{readiness:a,counts:p,accountCount:Object.values(p).reduce((w,J)=>w+J,0),targets:l?.targets,consumers:c.consumers,figures:d,version:u?.version??k.value?.version??"",startedAt:u?.startedAt}}async function Z(){return await(await O("readyz")).json()}var ee=["journal_not_writable","journal_damaged","cluster_disconnected","cluster_log_lost","stopping"];var te=[["appendFailures",["journal_append_failures_total"]],["gaps",["gaps_total"]],["slowCloses",["slow_closes_total"]],["wrongTokens",["auth_failures_total"]]];function z(t){let{readiness:e,targets:o=[],consumers:r=[],figures:a}=t;return[...ee.flatMap(i=>{let l=e.reasons.find(({reason:c})=>c===i);return l===void 0?[]:[{kind:"bridge",problem:i,details:l.message}]}),...(e.unready??[]).map(({uin:i,nickname:l,state:c,problem:d,since:u})=>({kind:"account",problem:c==="refused"||c==="replaced"?c:d==="account_poll_old"?"notPolled":"notOnline",uin:i,nickname:l,since:u})),...o.filter(({enabled:i,states:l})=>i&&(l.retrying??0)>0).map(i=>({kind:"target",target:i})),...r.filter(({lag:i,lagMs:l})=>i>1e3||l>6e4).map(i=>({kind:"consumer",consumer:i})),...(a===void 0?[]:te).flatMap(([i,l])=>{let c=ne(a,l);return c<.5?[]:[{kind:"figure",problem:i,count:Math.round(c)}]})]}function ne({stepMs:t,series:e},o){let r=0;for(let{values:a}of H(e,o))for(let i of a)r+=(i??0)*t/1e3;return r}function H(t,e){return Object.entries(t).filter(([o])=>e.some(r=>o===r||o.startsWith(`${r}.`))).map(([,o])=>o)}function g({series:t},e){let o=H(t,e),r=Math.max(0,...o.map(({values:a})=>a.length));return Array.from({length:r},(a,i)=>{let l=o.map(c=>c.values[i]??null).filter(c=>c!==null);return l.length===0?null:l.reduce((c,d)=>c+d,0)})}function h(t){return t.findLast(e=>e!==null)??void 0}var Q={overview:"Overview",asOf:"As of {time}",allWell:"Ready. Everything works.",readyWithProblems:"Ready, but look at {n} things.",notReady:"Not ready: something needs you.",problems:"Problems",limited:"This token sees its own part: targets and the bridge's figures need a token that manages all accounts.",accounts:"Accounts",eventRate:"Events",append:"Write to the journal, slowest 1 %",connections:"Connections",journal:"Journal",positions:"Positions {from} to {to}.",inMemory:"In memory: a restart loses it.",version:"Bridge",runningFor:"running for {time}",days:"d",hours:"h",minutes:"min",seconds:"s",firstSteps:"First steps",stepAccount:"Add an account",stepAccountText:"A QQ number with its password. The bridge logs it in.",stepChat:"Open a conversation",stepChatText:"Read and answer as the account.",stepScript:"Copy a script",stepScriptText:"Programs with the address of this bridge.",since:"Since {time}.",showAccount:"Show the account",accountRefused:"The server refuses account {name}",accountRefusedDo:"The password is wrong: change it.",accountReplaced:"Account {name} is logged in elsewhere",accountReplacedDo:"Log out there, or wait: the bridge tries again.",accountNotOnline:"Account {name} is not online",accountNotOnlineDo:"The bridge tries again. Look at the reason.",accountNotPolled:"The mailbox of account {name} was not polled of late",accountNotPolledDo:"New messages are late. Is the QQ server reachable?",targetFailing:"The target {url} does not take events ({n} lines retry)",targetFailingDo:"Is the receiver running, and is its address right?",showTarget:"Show the target",consumerLagging:"The consumer {name} of {token} lags behind",consumerLaggingDo:"{n} events, the first {time} old. Is the program running, and does it acknowledge?",showConsumers:"Show consumers",showFigures:"Show figures",notWritable:"The journal cannot be written",notWritableDo:"No account is polled until it can. Is the disk full, or the folder read-only?",damaged:"The journal cannot be read",damagedDo:"Restore a backup. Events that cannot be read are not sent.",clusterDisconnected:"The cluster is not reachable",clusterDisconnectedDo:"Is the NATS server running?",clusterLogLost:"The log of the cluster has lost entries",clusterLogLostDo:"Restore this node from another one.",stopping:"The bridge is ending",stoppingDo:"This page connects again when it is back.",appendFailures:"{n} writes to the journal failed in 10 minutes",appendFailuresDo:"Is the disk full? What failed is polled again.",gaps:"{n} gaps were reported in 10 minutes",gapsDo:"Clients asked for events that are no longer kept. Keep them longer, or start those clients anew.",slowCloses:"{n} slow clients were closed in 10 minutes",slowClosesDo:"They read too slowly and come back by themselves.",wrongTokens:"{n} wrong tokens or passwords in 10 minutes",wrongTokensDo:"A program with an old token, or somebody who guesses."};var s=R(Q,async()=>(await import("./overview-8fea21bb40.js")).ZH);function x(t){let e=Math.max(0,Math.round(t/1e3)),o=[[Math.floor(e/86400),s("days")],[Math.floor(e/3600)%24,s("hours")],[Math.floor(e/60)%60,s("minutes")],[e%60,s("seconds")]],r=o.findIndex(([a])=>a>0);return r<0?`0 ${s("seconds")}`:o.slice(r,r+2).filter(([a])=>a>0).map(([a,i])=>`${a} ${i}`).join(" ")}function X(t){let e=["B","kB","MB","GB","TB"],o=t,r=0;for(;o>=1e3&&r<e.length-1;)o/=1e3,r++;return`${Math.round(o*10)/10} ${e[r]}`}function V({problems:t}){return n("ul",{class:"problems","aria-label":s("problems"),children:t.map(e=>{let{title:o,advice:r,link:a,action:i,details:l}=ae(e);return n("li",{class:`problem of-${e.kind}`,children:[n(_,{name:"error"}),n("div",{children:[n("p",{children:n("strong",{dir:"auto",children:o})}),n("p",{class:"hint",children:r}),l!==void 0&&n("p",{class:"hint",lang:"en",dir:"auto",children:l})]}),a!==void 0&&n("a",{class:"button small",href:a,children:i})]},o)})})}var oe={journal_not_writable:["notWritable","notWritableDo"],journal_damaged:["damaged","damagedDo"],cluster_disconnected:["clusterDisconnected","clusterDisconnectedDo"],cluster_log_lost:["clusterLogLost","clusterLogLostDo"],stopping:["stopping","stoppingDo"]},re={refused:["accountRefused","accountRefusedDo"],replaced:["accountReplaced","accountReplacedDo"],notOnline:["accountNotOnline","accountNotOnlineDo"],notPolled:["accountNotPolled","accountNotPolledDo"]},se={appendFailures:["appendFailures","appendFailuresDo"],gaps:["gaps","gapsDo"],slowCloses:["slowCloses","slowClosesDo"],wrongTokens:["wrongTokens","wrongTokensDo"]};function ae(t){switch(t.kind){case"bridge":{let[e,o]=oe[t.problem];return{title:s(e),advice:s(o),details:t.details}}case"account":{let[e,o]=re[t.problem],{uin:r,nickname:a,since:i}=t;return{title:s(e,{name:a===""||a===r?r:`${r} ${a}`}),advice:`${s("since",{time:$(i)})} ${s(o)}`,link:m("accounts",[r]),action:s("showAccount")}}case"target":{let{id:e,url:o,states:r,lastError:a}=t.target;return{title:s("targetFailing",{url:o,n:r.retrying??0}),advice:s("targetFailingDo"),details:a===void 0?void 0:`${a.code}: ${a.message}`,link:m("targets",[e]),action:s("showTarget")}}case"consumer":{let{name:e,token:o,lag:r,lagMs:a}=t.consumer;return{title:s("consumerLagging",{name:e,token:o}),advice:s("consumerLaggingDo",{n:r,time:x(a)}),link:m("connections",["consumers"]),action:s("showConsumers")}}case"figure":{let[e,o]=se[t.problem];return{title:s(e,{n:t.count}),advice:s(o),link:m("figures"),action:s("showFigures")}}}}var q=120,T=28;function y({values:t}){let e=Math.max(1e-9,...t.map(i=>i??0)),o=q/Math.max(1,t.length-1),r="",a=!1;return t.forEach((i,l)=>{if(i===null){a=!1;return}let c=(l*o).toFixed(1),d=(T-1-i/e*(T-2)).toFixed(1);r+=`${a?"L":"M"}${c} ${d}`,a=!0}),n("svg",{class:"sparkline",viewBox:`0 0 ${q} ${T}`,preserveAspectRatio:"none","aria-hidden":"true",focusable:"false",children:n("path",{d:r})})}N(B);var ie=15e3;function Xe(){let[t,e]=b(),[o,r]=b(0),[a,i]=b(),l=j(0),c=F.value.state==="open",d=async u=>{let p=++l.current;try{let w=await U(u);if(p!==l.current)return;e(w),r(Date.now()),i(void 0)}catch(w){p===l.current&&i(E(w))}};return S(()=>{if(!c)return;d("user");let u=()=>{document.hidden||d("background")},p=setInterval(u,ie);return document.addEventListener("visibilitychange",u),()=>{l.current++,clearInterval(p),document.removeEventListener("visibilitychange",u)}},[c]),n("div",{class:c?"page overview":"page overview stale",children:[n("header",{class:"page-head",children:[n("h1",{children:s("overview")}),t!==void 0&&!c&&n("p",{class:"hint",children:s("asOf",{time:C(o)})})]}),a!==void 0&&c&&n(W,{text:a.text,details:a.details,onRetry:()=>void d("user")}),t===void 0?a===void 0&&n(P,{onRetry:()=>void d("user")}):t.accountCount===0?n(de,{}):n(le,{data:t})]})}function le({data:t}){let e=z(t),o=t.readiness.status==="ready";return n(D,{children:[n("p",{class:`verdict ${e.length>0?"bad":"good"}`,role:"status",children:[n(_,{name:e.length>0?"warning":"ok"}),n("strong",{children:o?e.length>0?s("readyWithProblems",{n:e.length}):s("allWell"):s("notReady")})]}),e.length>0&&n(V,{problems:e}),n(ce,{data:t}),t.targets===void 0&&n("p",{class:"hint",children:s("limited")})]})}function ce({data:t}){let{figures:e,counts:o,accountCount:r,readiness:a}=t,i=e&&g(e,["events_total"]),l=e&&g(e,["journal_append_seconds.p99"]),c=e&&g(e,["connections"]),d=e&&[h(g(e,["journal_oldest"])),h(g(e,["journal_head"])),h(g(e,["journal_bytes"]))];return n("div",{class:"overview-numbers",children:[n(v,{name:s("accounts"),value:r,children:n("ul",{class:"overview-states",children:A.filter(u=>o[u]>0).map(u=>n("li",{children:[n(L,{state:u})," ",o[u]]},u))})}),i!==void 0&&n(v,{name:s("eventRate"),value:ue(h(i)),children:n(y,{values:i})}),l!==void 0&&n(v,{name:s("append"),value:me(h(l)),children:n(y,{values:l})}),c!==void 0&&n(v,{name:s("connections"),value:h(c)??"\u2014",children:n(y,{values:c})}),d!==void 0&&n(v,{name:s("journal"),value:d[2]===void 0?"\u2014":X(d[2]),children:n("p",{class:"hint",children:[s("positions",{from:d[0]??"\u2014",to:d[1]??"\u2014"}),a.journal==="memory"&&` ${s("inMemory")}`]})}),n(v,{name:s("version"),value:`tqq ${t.version}`,children:t.startedAt!==void 0&&n("p",{class:"hint",children:n("time",{dateTime:t.startedAt,title:I(t.startedAt),children:s("runningFor",{time:x(Date.now()-Date.parse(t.startedAt))})})})})]})}function v({name:t,value:e,children:o}){return n("section",{class:"card overview-card","aria-label":t,children:[n("h2",{children:t}),n("p",{class:"overview-value",children:e}),o]})}function de(){let t=[["stepAccount","stepAccountText",m("accounts")],["stepChat","stepChatText",m("chats")],["stepScript","stepScriptText",m("docs",["begin"])]];return n("section",{class:"card","aria-label":s("firstSteps"),children:[n("h2",{children:s("firstSteps")}),n("ol",{class:"overview-steps",children:t.map(([e,o,r])=>n("li",{children:[n("a",{href:r,children:s(e)}),n("p",{class:"hint",children:s(o)})]},e))})]})}function ue(t){return t===void 0?"\u2014":`${Math.round(t*10)/10}/s`}function me(t){return t===void 0?"\u2014":`${Math.round(t*1e4)/10} ms`}export{Xe as OverviewPage};

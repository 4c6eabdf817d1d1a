import{a as E,c as S}from"./chunk-5a25659985.js";import{M as p,Qa as b,Sa as w,Wa as j,e as o,eb as y,g,h as x,j as m}from"./chunk-90e2323897.js";var I=`.page > .hint:not(:last-child) {
  margin-bottom: 18px;
}

.polled {
  position: relative;
}

/* In the space above, so that nothing moves when the connection is lost. */
.polled > .as-of {
  position: absolute;
  bottom: 100%;
  inset-inline-end: 0;
  color: var(--muted);
  font-size: 12px;
  line-height: 16px;
}
`;y(I);function q(c,l,t=""){let[e,r]=g({key:t}),n=m(void 0),i=p.value.state==="open",h=async a=>{n.current?.abort();let s=n.current=new AbortController;try{let f=await c({lane:a,signal:s.signal});if(s.signal.aborted)return;r({key:t,data:f,at:Date.now()})}catch(f){if(s.signal.aborted)return;let L=w(f);r(v=>({...v.key===t?v:{key:t},failure:L}))}},d=m(h);d.current=h,x(()=>{if(!i)return;d.current("user");let a=()=>{document.hidden||d.current("background")},s=setInterval(a,l);return document.addEventListener("visibilitychange",a),()=>{clearInterval(s),document.removeEventListener("visibilitychange",a),n.current?.abort()}},[t,i,l]);let u=e.key===t?e:void 0;return{data:u?.data,failure:u?.failure,at:u?.at,reload:()=>d.current("user")}}function B({poll:c,children:l}){let{data:t,failure:e,at:r,reload:n}=c,i=p.value.state!=="open"&&r!==void 0;return o("div",{class:i?"polled stale":"polled",children:[e!==void 0&&o(S,{text:e.text,details:e.details,onRetry:()=>void n()}),i&&o("p",{class:"as-of",children:b("asOf",{time:j(r)})}),t!==void 0?l(t):e===void 0&&o(E,{onRetry:()=>void n()})]})}export{q as a,B as b};

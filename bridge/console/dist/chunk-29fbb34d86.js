import{a as t,c}from"./chunk-022ee914e1.js";import{m as e}from"./chunk-f76a2ab3ff.js";var a=e(()=>(t.version,c.value.map(o=>({value:o,text:o,hint:t.peek(o)?.nickname??""}))));export{a};

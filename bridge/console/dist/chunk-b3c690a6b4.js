import{na as t,o as e,pa as c}from"./chunk-90e2323897.js";var a=e(()=>(t.version,c.value.map(o=>({value:o,text:o,hint:t.peek(o)?.nickname??""}))));export{a};

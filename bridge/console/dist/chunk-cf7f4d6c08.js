import{na as t,o as e,pa as c}from"./chunk-1181c94833.js";var a=e(()=>(t.version,c.value.map(o=>({value:o,text:o,hint:t.peek(o)?.nickname??""}))));export{a};

import{a as t,c}from"./chunk-213641e462.js";import{m as e}from"./chunk-4d78443334.js";var a=e(()=>(t.version,c.value.map(o=>({value:o,text:o,hint:t.peek(o)?.nickname??""}))));export{a};

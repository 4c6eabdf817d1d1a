var t=e=>e;function l(e){t=e}function o(e,n){return t(e,n)}export{l as a,o as b};

function S(t){let e=new CSSStyleSheet;e.replaceSync(t),document.adoptedStyleSheets.push(e)}export{S as a};

import{g as j}from"./chunk-b0da9a62b8.js";import{b as N,e as Z}from"./chunk-c9a1993500.js";var u=[["path",{d:"M22 12h-2.48a2 2 0 0 0-1.93 1.46l-2.35 8.36a.25.25 0 0 1-.48 0L9.24 2.18a.25.25 0 0 0-.48 0l-2.35 8.36A2 2 0 0 1 4.49 12H2"}]];var d=[["path",{d:"M12 5v14"}],["path",{d:"m19 12-7 7-7-7"}]];var p=[["path",{d:"m12 19-7-7 7-7"}],["path",{d:"M19 12H5"}]];var m=[["path",{d:"m5 12 7-7 7 7"}],["path",{d:"M12 19V5"}]];var x=[["path",{d:"M12 5v16"}],["path",{d:"M20.001 19A2 2 0 0022 17V5a2 2 0 00-1.999-2L16 3.002A5 5 0 0012 5a5 5 0 00-4-2H4a2 2 0 00-2 2v12a2 2 0 001.999 2H8a5 5 0 014 2 5 5 0 014-2z"}]];var i=[["path",{d:"M17 19a1 1 0 0 1-1-1v-2a2 2 0 0 1 2-2h2a2 2 0 0 1 2 2v2a1 1 0 0 1-1 1z"}],["path",{d:"M17 21v-2"}],["path",{d:"M19 14V6.5a1 1 0 0 0-7 0v11a1 1 0 0 1-7 0V10"}],["path",{d:"M21 21v-2"}],["path",{d:"M3 5V3"}],["path",{d:"M4 10a2 2 0 0 1-2-2V6a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2a2 2 0 0 1-2 2z"}],["path",{d:"M7 5V3"}]];var e=[["path",{d:"M3 3v16a2 2 0 0 0 2 2h16"}],["path",{d:"m19 9-5 5-4-4-3 3"}]];var n=[["path",{d:"M20 6 9 17l-5-5"}]];var c=[["path",{d:"m6 9 6 6 6-6"}]];var h=[["path",{d:"m9 18 6-6-6-6"}]];var C=[["path",{d:"m18 15-6-6-6 6"}]];var a=[["circle",{cx:"12",cy:"12",r:"10"}],["line",{x1:"12",x2:"12",y1:"8",y2:"12"}],["line",{x1:"12",x2:"12.01",y1:"16",y2:"16"}]];var r=[["circle",{cx:"12",cy:"12",r:"10"}],["path",{d:"m16 9-5.5 5.5L8 12"}]];var g=[["circle",{cx:"12",cy:"12",r:"10"}],["path",{d:"M12 6v6l4 2"}]];var S=[["rect",{width:"14",height:"14",x:"8",y:"8",rx:"2",ry:"2"}],["path",{d:"M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"}]];var w=[["path",{d:"M12 15V3"}],["path",{d:"M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4"}],["path",{d:"m7 10 5 5 5-5"}]];var t=[["circle",{cx:"12",cy:"12",r:"1"}],["circle",{cx:"19",cy:"12",r:"1"}],["circle",{cx:"5",cy:"12",r:"1"}]];var k=[["path",{d:"M15 3h6v6"}],["path",{d:"M10 14 21 3"}],["path",{d:"M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6"}]];var L=[["path",{d:"M10.733 5.076a10.744 10.744 0 0 1 11.205 6.575 1 1 0 0 1 0 .696 10.747 10.747 0 0 1-1.444 2.49"}],["path",{d:"M14.084 14.158a3 3 0 0 1-4.242-4.242"}],["path",{d:"M17.479 17.499a10.75 10.75 0 0 1-15.417-5.151 1 1 0 0 1 0-.696 10.75 10.75 0 0 1 4.446-5.143"}],["path",{d:"m2 2 20 20"}]];var P=[["path",{d:"M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0"}],["circle",{cx:"12",cy:"12",r:"3"}]];var o=[["path",{d:"M10 20a1 1 0 0 0 .553.895l2 1A1 1 0 0 0 14 21v-7a2 2 0 0 1 .517-1.341L21.74 4.67A1 1 0 0 0 21 3H3a1 1 0 0 0-.742 1.67l7.225 7.989A2 2 0 0 1 10 14z"}]];var M=[["path",{d:"m12 14 4-4"}],["path",{d:"M3.34 19a10 10 0 1 1 17.32 0"}]];var A=[["circle",{cx:"12",cy:"12",r:"10"}],["path",{d:"M12 16v-4"}],["path",{d:"M12 8h.01"}]];var y=[["path",{d:"M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4z"}],["circle",{cx:"16.5",cy:"7.5",r:".5",fill:"currentColor"}]];var b=[["path",{d:"m10 17 5-5-5-5"}],["path",{d:"M15 12H3"}],["path",{d:"M15 3h4a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-4"}]];var v=[["path",{d:"m16 17 5-5-5-5"}],["path",{d:"M21 12H9"}],["path",{d:"M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4"}]];var B=[["path",{d:"M16 10a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 14.286V4a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2z"}],["path",{d:"M20 9a2 2 0 0 1 2 2v10.286a.71.71 0 0 1-1.212.502l-2.202-2.202A2 2 0 0 0 17.172 19H10a2 2 0 0 1-2-2v-1"}]];var D=[["rect",{x:"14",y:"3",width:"5",height:"18",rx:"1"}],["rect",{x:"5",y:"3",width:"5",height:"18",rx:"1"}]];var F=[["path",{d:"M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z"}],["path",{d:"m15 5 4 4"}]];var q=[["path",{d:"M5 5a2 2 0 0 1 3.008-1.728l11.997 6.998a2 2 0 0 1 .003 3.458l-12 7A2 2 0 0 1 5 19z"}]];var R=[["path",{d:"M5 12h14"}],["path",{d:"M12 5v14"}]];var T=[["path",{d:"M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8"}],["path",{d:"M21 3v5h-5"}]];var U=[["path",{d:"M15 12h-5"}],["path",{d:"M15 8h-5"}],["path",{d:"M19 17V5a2 2 0 0 0-2-2H4"}],["path",{d:"M8 21h12a2 2 0 0 0 2-2v-1a1 1 0 0 0-1-1H11a1 1 0 0 0-1 1v1a2 2 0 1 1-4 0V5a2 2 0 1 0-4 0v2a1 1 0 0 0 1 1h3"}]];var O=[["path",{d:"m21 21-4.34-4.34"}],["circle",{cx:"11",cy:"11",r:"8"}]];var H=[["path",{d:"M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11z"}],["path",{d:"m21.854 2.147-10.94 10.939"}]];var E=[["path",{d:"M9.671 4.136a2.34 2.34 0 0 1 4.659 0 2.34 2.34 0 0 0 3.319 1.915 2.34 2.34 0 0 1 2.33 4.033 2.34 2.34 0 0 0 0 3.831 2.34 2.34 0 0 1-2.33 4.033 2.34 2.34 0 0 0-3.319 1.915 2.34 2.34 0 0 1-4.659 0 2.34 2.34 0 0 0-3.32-1.915 2.34 2.34 0 0 1-2.33-4.033 2.34 2.34 0 0 0 0-3.831A2.34 2.34 0 0 1 6.35 6.051a2.34 2.34 0 0 0 3.319-1.915"}],["circle",{cx:"12",cy:"12",r:"3"}]];var f=[["path",{d:"m7 11 2-2-2-2"}],["path",{d:"M11 13h4"}],["rect",{width:"18",height:"18",x:"3",y:"3",rx:"2",ry:"2"}]];var G=[["rect",{width:"18",height:"18",x:"3",y:"3",rx:"2"}]];var l=[["path",{d:"M10 11v6"}],["path",{d:"M14 11v6"}],["path",{d:"M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6"}],["path",{d:"M3 6h18"}],["path",{d:"M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2"}]];var s=[["path",{d:"m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3"}],["path",{d:"M12 9v4"}],["path",{d:"M12 17h.01"}]];var V=[["path",{d:"M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"}],["circle",{cx:"9",cy:"7",r:"4"}],["line",{x1:"19",x2:"19",y1:"8",y2:"14"}],["line",{x1:"22",x2:"16",y1:"11",y2:"11"}]];var z=[["path",{d:"M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"}],["path",{d:"M16 3.128a4 4 0 0 1 0 7.744"}],["path",{d:"M22 21v-2a4 4 0 0 0-3-3.87"}],["circle",{cx:"9",cy:"7",r:"4"}]];var W=[["path",{d:"M18 16.98h-5.99c-1.1 0-1.95.94-2.48 1.9A4 4 0 0 1 2 17c.01-.7.2-1.4.57-2"}],["path",{d:"m6 17 3.13-5.78c.53-.97.1-2.18-.5-3.1a4 4 0 1 1 6.89-4.06"}],["path",{d:"m12 6 3.13 5.73C15.66 12.7 16.9 13 18 13a4 4 0 0 1 0 8"}]];var I=[["path",{d:"M12 20h.01"}],["path",{d:"M8.5 16.429a5 5 0 0 1 7 0"}],["path",{d:"M5 12.859a10 10 0 0 1 5.17-2.69"}],["path",{d:"M19 12.859a10 10 0 0 0-2.007-1.523"}],["path",{d:"M2 8.82a15 15 0 0 1 4.177-2.643"}],["path",{d:"M22 8.82a15 15 0 0 0-11.288-3.764"}],["path",{d:"m2 2 20 20"}]];var X=[["path",{d:"M18 6 6 18"}],["path",{d:"m6 6 12 12"}]];var J={account:z,activity:u,add:R,addPerson:V,back:p,chart:e,chats:B,check:n,clock:g,close:X,collapse:c,connection:i,copy:S,docs:x,down:d,download:w,edit:F,error:a,expand:h,filter:o,hide:L,info:A,logIn:b,logOut:v,logs:U,more:t,offline:I,ok:r,open:k,overview:M,pause:D,remove:l,retry:T,run:q,search:O,send:H,settings:E,show:P,stop:G,target:W,terminal:f,token:y,unfold:C,up:m,warning:s};var Q=`/* The shared parts. */

.ui-icon {
  flex: none;
  fill: none;
  stroke: currentColor;
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}

.ui-square {
  width: 2.25rem;
  min-height: 2.25rem;
  padding: 0;
  flex: none;
}

.mono,
.ui-code pre,
.ui-json-tree {
  font-family: var(--mono);
  font-size: 0.8125rem;
  line-height: 1.5;
}

/* Dialogs */

.ui-dialog {
  width: min(30rem, calc(100vw - 2rem));
  max-height: calc(100dvh - 2rem);
  padding: 0;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--surface);
  color: var(--text);
  box-shadow: var(--shadow);
}

.ui-dialog.wide {
  width: min(56rem, calc(100vw - 2rem));
}

.ui-dialog::backdrop {
  background: #0008;
}

.ui-dialog-body {
  display: flex;
  flex-direction: column;
  max-height: calc(100dvh - 2rem - 2px);
}

.ui-dialog-body > header {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 0.75rem;
  padding: 1rem 1rem 0 1.25rem;
}

.ui-dialog-content {
  display: grid;
  gap: 0.75rem;
  padding: 0.75rem 1.25rem 1.25rem;
  overflow: auto;
}

.ui-dialog-actions {
  display: flex;
  flex-wrap: wrap;
  justify-content: flex-end;
  gap: 0.5rem;
  padding: 0.75rem 1.25rem 1rem;
  border-top: 1px solid var(--line);
}

button.danger.primary {
  border-color: var(--bad);
  background: var(--bad);
  color: var(--surface);
}

/* Menus */

.ui-menu {
  position: fixed;
  z-index: 20;
  display: grid;
  min-width: 11rem;
  max-width: min(22rem, calc(100vw - 1rem));
  padding: 0.25rem;
  overflow: auto;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
  box-shadow: var(--shadow);
}

.ui-menu button {
  justify-content: flex-start;
  min-height: 2.25rem;
  padding: 0.25rem 0.75rem;
  border-radius: 6px;
  text-align: start;
  font-weight: 500;
}

.ui-menu [aria-disabled="true"] {
  color: var(--muted);
  cursor: default;
}

.ui-menu small {
  display: block;
  font-weight: 400;
}

/* Comboboxes */

.ui-combobox {
  position: relative;
}

.ui-options {
  position: absolute;
  z-index: 20;
  inset-inline: 0;
  top: calc(100% + 4px);
  min-width: 15rem;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
  box-shadow: var(--shadow);
}

.inline > .ui-options {
  position: static;
  margin-top: 0.5rem;
  border: 0;
  box-shadow: none;
}

.ui-options > [role="listbox"] {
  max-height: min(20rem, 50dvh);
  padding: 0.25rem;
  overflow: auto;
}

.ui-options > [role="listbox"]:empty {
  display: none;
}

.ui-options-note {
  padding: 0.4rem 0.9rem;
  color: var(--muted);
  font-size: 0.8125rem;
}

.ui-options-group {
  padding: 0.5rem 0.65rem 0.2rem;
  color: var(--muted);
  font-size: 0.75rem;
  font-weight: 600;
}

.ui-option {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 0 0.6rem;
  min-height: 2rem;
  padding: 0.3rem 0.65rem;
  border-radius: 6px;
  cursor: pointer;
}

.ui-option:hover {
  background: var(--sunken);
}

.ui-option[aria-selected="true"] {
  background: color-mix(in srgb, var(--accent) 14%, transparent);
}

.ui-option[aria-disabled="true"] {
  color: var(--muted);
  cursor: default;
}

.ui-option small {
  color: var(--muted);
}

/* Tables and lists */

.ui-table,
.ui-list {
  position: relative;
  min-height: 0;
  flex: 1;
  overflow: auto;
  overflow-anchor: none;
  contain: content;
}

.ui-table-head {
  position: sticky;
  z-index: 1;
  top: 0;
  background: var(--surface);
}

.ui-table-body,
.ui-list > [role="list"] {
  position: relative;
}

.ui-row {
  display: grid;
  grid-template-columns: var(--columns);
  align-items: center;
  width: 100%;
  min-height: 2.25rem;
  border-bottom: 1px solid var(--line);
}

.ui-table-body > .ui-row,
.ui-list [role="listitem"] {
  position: absolute;
  top: 0;
  inset-inline: 0;
}

.ui-table-body > .ui-row[aria-selected] {
  cursor: pointer;
}

.ui-table-body > .ui-row:hover {
  background: var(--sunken);
}

.ui-row[aria-selected="true"] {
  background: color-mix(in srgb, var(--accent) 14%, transparent);
}

.ui-row:focus-visible,
.ui-cell:focus-visible,
.ui-list a:focus-visible {
  outline-offset: -2px;
}

.ui-cell {
  min-width: 0;
  padding: 0.3rem 0.5rem;
  overflow: hidden;
  font-size: 0.875rem;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.ui-cell:first-child {
  padding-inline-start: 0.75rem;
}

.ui-cell.number {
  text-align: end;
  font-variant-numeric: tabular-nums;
}

.ui-cell[role="columnheader"] {
  display: flex;
  align-items: center;
  gap: 0.25rem;
  color: var(--muted);
  font-size: 0.8125rem;
  font-weight: 600;
}

.ui-cell.number[role="columnheader"] {
  justify-content: flex-end;
}

.ui-cell[aria-sort] {
  cursor: pointer;
}

.ui-row.failed {
  color: var(--bad);
}

/* JSON and code */

.ui-json {
  min-width: 0;
}

.ui-json-tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: flex-end;
  gap: 0.25rem;
}

.ui-json-tools .hint {
  margin-inline-end: auto;
}

.ui-json-tree {
  padding: 0.5rem 0.75rem;
  border-radius: 10px;
  background: var(--sunken);
}

.ui-json-line {
  position: relative;
  padding-inline-start: calc(var(--depth) * 1.25rem + 1.25rem);
  border-radius: 4px;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.ui-json-line.foldable {
  cursor: pointer;
}

.ui-json-line > .ui-icon {
  position: absolute;
  inset-block-start: 0.2em;
  inset-inline-start: calc(var(--depth) * 1.25rem);
  color: var(--muted);
}

.ui-json-line .key {
  color: var(--accent);
}

.ui-json-line .string {
  color: var(--good);
}

.ui-json-line .number {
  color: var(--warn);
}

.ui-json-line .boolean,
.ui-json-line .null {
  color: var(--bad);
}

.ui-json-line em {
  margin-inline: 0.4em;
  color: var(--muted);
}

.ui-code {
  position: relative;
  border-radius: 10px;
  background: var(--sunken);
}

.ui-code > button {
  position: absolute;
  top: 0.25rem;
  inset-inline-end: 0.25rem;
  background: var(--sunken);
}

.ui-code pre {
  max-height: 24rem;
  margin: 0;
  padding: 0.65rem 6rem 0.65rem 0.75rem;
  overflow: auto;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

/* Forms */

.ui-form {
  display: grid;
  gap: 0.9rem;
}

.ui-field {
  display: grid;
  gap: 0.25rem;
  min-width: 0;
}

.ui-field > label {
  font-size: 0.875rem;
  font-weight: 600;
}

.ui-field > label small {
  margin-inline-start: 0.5em;
  color: var(--muted);
  font-weight: 400;
}

.ui-choices {
  display: flex;
  flex-wrap: wrap;
  gap: 0 1rem;
}

.ui-pairs {
  display: grid;
  justify-items: start;
  gap: 0.35rem;
}

.ui-pairs > div {
  display: grid;
  grid-template-columns: minmax(4rem, 1fr) minmax(4rem, 2fr) auto;
  gap: 0.35rem;
  width: 100%;
}

/* Loading, empty, failed */

.ui-loading {
  display: grid;
  gap: 0.5rem;
  padding: 0.75rem;
}

.ui-loading i {
  height: 1.5rem;
  border-radius: 6px;
  background: var(--sunken);
}

.ui-loading i:nth-child(even) {
  width: 70%;
}

.ui-nothing {
  display: grid;
  justify-items: center;
  align-content: center;
  gap: 0.5rem;
  padding: 2rem 1.25rem;
  color: var(--muted);
  text-align: center;
}

.ui-nothing .lead {
  color: var(--text);
}

.ui-failed {
  padding: 0.6rem 0.85rem;
  border-radius: 10px;
  background: var(--bad-ground);
  color: var(--bad);
  font-size: 0.9375rem;
}

.ui-failed > p {
  display: flex;
  align-items: flex-start;
  gap: 0.6rem;
}

.ui-failed > p > span {
  flex: 1;
}

.ui-failed details {
  margin-top: 0.35rem;
  font-size: 0.875rem;
}

.ui-failed summary {
  cursor: pointer;
}

/* List and detail */

.ui-split {
  display: flex;
  flex: 1;
  min-width: 0;
  min-height: 0;
}

.ui-split-first {
  display: flex;
  flex-direction: column;
  flex: 0 0 var(--share);
  min-width: 0;
  min-height: 0;
}

.ui-split-second {
  flex: 1;
  min-width: 0;
  min-height: 0;
  overflow: auto;
}

.ui-split-bar {
  flex: 0 0 9px;
  cursor: col-resize;
  touch-action: none;
  background: linear-gradient(var(--line), var(--line)) center / 1px 100%
    no-repeat;
}

.ui-split-bar:hover,
.ui-split-bar:focus-visible {
  background-size: 3px 100%;
}

@media (max-width: 64rem) {
  .ui-split {
    flex-direction: column;
  }

  .ui-split-bar {
    cursor: row-resize;
    background-size: 100% 1px;
  }

  .ui-split-bar:hover,
  .ui-split-bar:focus-visible {
    background-size: 100% 3px;
  }
}

@media (pointer: coarse) {
  .ui-menu button,
  .ui-option {
    min-height: 2.75rem;
  }

  .ui-square {
    width: 2.75rem;
    min-height: 2.75rem;
  }
}

@media (forced-colors: active) {
  .ui-row[aria-selected="true"],
  .ui-option[aria-selected="true"] {
    outline: 2px solid Highlight;
    outline-offset: -2px;
  }
}
`;j(Q);function ar({name:Y,size:K=20}){let _=J[Y];return Z("svg",{class:"ui-icon",viewBox:"0 0 24 24",width:K,height:K,"aria-hidden":"true",focusable:"false",children:_.map(([$,ee],ae)=>N($,{...ee,key:ae}))})}export{ar as a};
/**
 * @license lucide v1.65.0 - ISC
 *
 * This source code is licensed under the ISC license.
 * See the LICENSE file in the root directory of this source tree.
 */

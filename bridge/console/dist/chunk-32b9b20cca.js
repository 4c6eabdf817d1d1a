import{a as e,k as r,o as d}from"./chunk-9587a19931.js";var l=`.data-table {
  overflow: auto;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
}

.data-table table {
  width: 100%;
  border-collapse: collapse;
  font-size: 14px;
  line-height: 20px;
}

.data-table :is(th, td) {
  padding: 8px 12px;
  border-bottom: 1px solid var(--line);
  text-align: start;
  vertical-align: middle;
}

.data-table tbody tr:last-child > * {
  border-bottom: 0;
}

.data-table thead th {
  color: var(--muted);
  font-size: 13px;
  font-weight: 600;
  white-space: nowrap;
}

.data-table tbody th {
  font-weight: 600;
}

.data-table small {
  display: block;
  color: var(--muted);
  font-weight: 400;
}

.data-table .number {
  text-align: end;
  font-variant-numeric: tabular-nums;
}

.data-table .data-actions {
  width: 1px;
  padding-inline: 4px;
  white-space: nowrap;
}

.page-tabs {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  margin-bottom: 16px;
  border-bottom: 1px solid var(--line);
}

.page-tabs a {
  padding: 8px 12px;
  border-bottom: 2px solid transparent;
  color: var(--muted);
  font-weight: 500;
  text-decoration: none;
}

.page-tabs a[aria-current] {
  border-color: var(--accent);
  color: var(--text);
}

@media (max-width: 64rem) {
  .data-table .minor {
    display: none;
  }
}

@media (max-width: 37.49rem) {
  .data-table {
    border: 0;
    background: none;
  }

  .data-table thead {
    display: none;
  }

  .data-table tr {
    position: relative;
    display: grid;
    gap: 4px;
    margin-bottom: 12px;
    padding: 12px;
    border: 1px solid var(--line);
    border-radius: 10px;
    background: var(--surface);
  }

  .data-table :is(th, td),
  .data-table .minor {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    padding: 0;
    border: 0;
    text-align: end;
  }

  .data-table tbody th {
    padding-inline-end: 48px;
    text-align: start;
  }

  .data-table td[data-name]::before {
    content: attr(data-name);
    flex: none;
    color: var(--muted);
    font-size: 13px;
  }

  .data-table .data-actions {
    position: absolute;
    top: 4px;
    inset-inline-end: 4px;
    width: auto;
  }
}
`;d(l);function x({name:s,columns:i,rows:p,keyOf:h,actions:o}){let a=({isNumber:t,isMinor:n})=>[t?"number":"",n?"minor":""].join(" ").trim()||void 0;return e("div",{class:"data-table",role:"region","aria-label":s,tabIndex:0,children:e("table",{children:[e("caption",{class:"visually-hidden",children:s}),e("thead",{children:e("tr",{children:[i.map(t=>e("th",{scope:"col",class:a(t),children:t.title},t.title)),o!==void 0&&e("td",{})]})}),e("tbody",{children:p.map(t=>e("tr",{children:[i.map((n,m)=>m===0?e("th",{scope:"row",class:a(n),children:n.render(t)},n.title):e("td",{"data-name":n.title,class:a(n),children:n.render(t)},n.title)),o!==void 0&&e("td",{class:"data-actions",children:o(t)})]},h(t)))})]})})}var c={name:"Name",kind:"Kind",owner:"Token",address:"Address",since:"Since",actionsFor:"Actions for {name}",showMore:"Show more",shownOf:"{n} of {total} are shown.",never:"never",all:"all",none:"none",createToken:"Create a token",readOnly:"Read-only: this token lacks {scope}.",tokensLead:"Who may use the bridge. The text of a token is shown only once, when it is created.",noTokens:"There is no token that you may see.",noTokensHint:"Create one for each program and each person.",scopes:"Scopes",accountsOf:"Accounts",createdBy:"Made by",firstStart:"first start",lastUsed:"Last used",expires:"Expires",openConnections:"Connections",showRevoked:"Show revoked and expired tokens",revoked:"revoked {when}",expired:"expired",thisToken:"this page's",revoke:"Revoke",revokeToken:"Revoke the token {name}",revokeAsk:"Its {n} connections end within a minute, and so do those of the tokens that were created under it. This cannot be undone.",revokeOwn:"This page uses this token. If you revoke it, you are signed out here.",revokeOwnSure:"Revoke the token that this page uses",scopeRead:"read: see accounts, messages and events",scopeSend:"send: send messages and mark them as read",scopeManage:"manage: change accounts, friends, tokens and the bridge",reachAll:"All accounts",reachSome:"Only these accounts",uins:"QQ numbers",uinsHint:"Several numbers with spaces between them",days:"{n} days",create:"Create",creating:"Creating\u2026",problemName:"Use 1 to 64 letters, digits, dots, underscores and hyphens.",problemScopes:"Choose at least one scope.",problemUins:"Enter at least one QQ number, of digits only.",secretTitle:"Token {name}",secretLead:"Copy the token now. It is not stored anywhere and cannot be shown again.",secretText:"Token",reveal:"Show",conceal:"Hide",copyToken:"Copy the token",snippet:"Try it",done:"Done",closeUncopied:"Close without copying?",closeUncopiedAsk:"You have not copied the token. After this it cannot be shown again.",closeAnyway:"Close",clients:"Clients",consumers:"Consumers",connectionsLead:"Who is connected now. A client that is disconnected comes back; to keep it out, revoke its token.",noConnections:"Nobody is connected.",events:"Events",consumer:"Consumer",lag:"Lag",unacked:"Not acknowledged",buffered:"Waiting bytes",commandsNow:"Commands, this minute",disconnect:"Disconnect",disconnected:"{name} was disconnected.",noConsumers:"No client has named itself",noConsumersHint:"Add ?consumer=NAME to its address.",consumersLead:"Clients whose position the bridge keeps. Lag counts the positions that are not acknowledged.",position:"Position",lagTime:"Lag in time",lastSeen:"Last seen",connectedNow:"connected",unused:"not used for 30 days",replay:"Replay from\u2026",replayOf:"Replay {name}",replayFrom:"Where to begin",fromOldest:"The oldest event that is kept",fromTime:"A time",fromPosition:"A position",fromHead:"The newest event: skip what is left",atTime:"Time",atPosition:"Position, {oldest} to {head}",replayCount:"The client then gets up to {n} events.",replayNote:"Only a client that resumes by its name follows this.",move:"Move",moved:"{name} is now at {position}.",problemPosition:"Enter a whole number from {oldest} to {head}.",problemTime:"Enter a date and a time.",isHeld:"Its client is connected. Stop the client first.",removeConsumer:"Remove the consumer {name}",removeConsumerAsk:"Its position is forgotten. A client that uses the name again starts at the newest event.",remove:"Remove",removed:"{name} was removed.",bridgeSettings:"Settings of the bridge",startedAt:"tqq {version}, started {time}",setting:"Setting",value:"Value",source:"From",default:"default",file:"file",environment:"environment",flag:"flag",runtime:"changed here",logLevel:"Log level",untilRestart:"until the next start",levelSet:"The bridge logs from level {level} on, until its next start."};var C=r(c,async()=>(await import("./operate-0c52a916fb.js")).ZH);export{x as a,C as b};

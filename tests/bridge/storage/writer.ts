/** A process to be killed: sends messages without end and prints those that were accepted. @module */

import { SqliteQqStore } from "../../../bridge/storage/qq_store.ts";
import { PASSWORD_MD5, Stage } from "../../lib/server/stage.ts";

const [path = "", round = ""] = Deno.args;
const stage = new Stage({
  store: new SqliteQqStore(path),
  sendGapMs: 0,
  limits: { mailbox: 1_000_000, keptAnswers: 1_000_000 },
});
for (const uin of ["10001", "10002"]) {
  if (stage.server.accounts().some((account) => account.uin === uin)) continue;
  await stage.server.createAccount({ uin, passwordMd5: PASSWORD_MD5 });
}
await stage.login("10001");
const encoder = new TextEncoder();
let next = 0;
await Promise.all(Array.from({ length: 16 }, async () => {
  for (;;) {
    const text = `${round}-${next++}`;
    const answer = await stage.ask(
      "10001",
      "CLTMSG",
      `UN=10002&MG=${text}`,
      { key: text },
    );
    // Written at once: what a buffer holds dies with the process.
    if (answer === "RES=0&") {
      Deno.stdout.writeSync(encoder.encode(`${text}\n`));
    }
  }
}));

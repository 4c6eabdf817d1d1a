/**
 * The whole path of a message, with the journal on disk: from a mailbox at the
 * QQ server through `serve`, a process of its own, to a WebSocket client. The
 * QQ server and the clients are in this process.
 *
 * deno task bench:bridge [--json] [--accounts=1000] [--rates=20,500,2000,5000] [--seconds=10] [--idle=9000]
 *
 * @module
 */

import { residentBytes } from "../support/process_figures.ts";
import { plain, table } from "./harness.ts";
import { type RunFigures, sleepMs, WholeWay } from "./whole_way.ts";

function argument(name: string, otherwise: string): string {
  const found = Deno.args.find((text) => text.startsWith(`--${name}=`));
  return found?.slice(name.length + 3) ?? otherwise;
}

const accounts = Number(argument("accounts", "1000"));
const rates = argument("rates", "20,500,2000,5000").split(",").map(Number);
const seconds = Number(argument("seconds", "10"));
const idle = Number(argument("idle", "9000"));
const asJson = Deno.args.includes("--json");
const bench = await WholeWay.make(accounts);
try {
  await bench.start();
  await bench.subscribe();
  await bench.run(500, 3);
  const rows: RunFigures[] = [];
  for (const rate of rates) {
    const figures = await bench.run(rate, seconds);
    rows.push(figures);
    if (asJson) console.log(JSON.stringify({ name: "whole way", ...figures }));
  }
  await sleepMs(3000);
  const before = residentBytes(bench.fleet.pid);
  await bench.idle(idle);
  await sleepMs(3000);
  const perClient = (residentBytes(bench.fleet.pid) - before) / idle;
  const memory = {
    name: "memory",
    accounts,
    residentMb: before / 1e6,
    idleClients: idle,
    kbPerIdleClient: perClient / 1000,
  };
  if (asJson) console.log(JSON.stringify(memory));
  else {
    console.log(table(
      [
        `${accounts} accounts, messages/s`,
        "sent",
        "missing",
        "p50 ms",
        "p99 ms",
        "max ms",
        "cores",
      ],
      rows.map((row) => [
        String(row.rate),
        String(row.sent),
        String(row.missing),
        plain(row.p50Ms),
        plain(row.p99Ms),
        plain(row.maxMs),
        plain(row.cores),
      ]),
    ));
    console.log(
      `\n${
        plain(memory.residentMb)
      } MB with ${accounts} accounts and clients; ${
        plain(memory.kbPerIdleClient)
      } kB more for each of ${idle} idle clients`,
    );
  }
} finally {
  await bench[Symbol.asyncDispose]();
}
Deno.exit(0);

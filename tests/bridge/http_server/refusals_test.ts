import type { LogFields } from "../../../bridge/ops/log.ts";
import { RequestRefusals } from "../../../bridge/ops/request_refusals.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";

const TOKEN = "the-administrators-token";
const PATH = `/ws?access_token=${TOKEN}`;

/** Each reason with its count. */
async function countsOf(http: string): Promise<string[]> {
  const response = await fetch(`${http}/metrics`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const lines = (await response.text()).matchAll(
    /^tqq_refusals_total\{reason="(\w+)"\} (\d+)/gm,
  );
  return [...lines].map(([, reason, count]) => `${reason} ${count}`);
}

/** Reads the next result, past other frames. */
// deno-lint-ignore no-explicit-any
async function nextResult(socket: RawSocket): Promise<any> {
  for (;;) {
    const frame = await socket.json();
    if (frame.type === "result") return frame;
  }
}

Deno.test("refusals: each reason is logged once in 100 requests, with what would allow it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--no-demo"),
      env: {
        TQQ_TOKEN: TOKEN,
        TQQ_CONNECTIONS_PER_ADDRESS: "1",
        TQQ_COMMANDS_PER_MINUTE: "1",
      },
    });
    const { http } = await program.ready();
    const port = Number(new URL(http!).port);
    const upgrade = async (headers: Record<string, string>) => {
      using socket = await RawSocket.connect(port);
      await socket.write(upgradeHead(port, PATH, headers));
      return (await socket.head()).status;
    };
    using socket = await RawSocket.open(port, PATH);
    const statuses = new Set<string>();
    for (let n = 0; n < 100; n++) {
      const ping = await fetch(`${http}/api/ping`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${TOKEN}`,
          ...(n % 2 === 0 ? { origin: "https://evil.example" } : {}),
        },
      });
      await ping.body?.cancel();
      if (n > 1) statuses.add(`ping ${n % 2} ${ping.status}`);
      statuses.add(`quota ${await upgrade({})}`);
      statuses.add(`host ${await upgrade({ Host: "evil.example" })}`);
      statuses.add(
        `origin ${await upgrade({ Origin: "https://evil.example" })}`,
      );
    }
    assertEquals([...statuses].sort(), [
      "host 403",
      "origin 403",
      "ping 0 403",
      "ping 1 429",
      "quota 429",
    ]);
    const first = await countsOf(http!);
    assertEquals(first, ["host 100", "origin 150", "quota 100", "rate 49"]);
    for (let id = 0; id < 10; id++) {
      await socket.send({ type: "command", id, command: "ping" });
      const { id: answered, ok } = await nextResult(socket);
      assertEquals([answered, ok], [id, id === 0]);
    }
    assertEquals((await countsOf(http!)).at(-1), "rate 58");
    program.kill("SIGTERM");
    const { stderr } = await program.output();
    const lines = stderr.trim().split("\n").map((line) => JSON.parse(line))
      .filter(({ message }) => / (?:refused|limit reached)$/.test(message))
      .map(({ time: _, ...fields }) => fields)
      .sort((a, b) => a.reason < b.reason ? -1 : 1);
    const level = "warn";
    const allow = "add it with --allow-origin";
    const address = "127.0.0.1";
    assertEquals(lines, [
      {
        level,
        message: "host refused",
        reason: "host",
        value: "evil.example",
        action: allow,
        address,
      },
      {
        level,
        message: "origin refused",
        reason: "origin",
        value: "https://evil.example",
        action: allow,
        address,
      },
      {
        level,
        message: "connection limit reached",
        reason: "quota",
        value: "connectionsPerAddress",
        action: "raise connectionsPerAddress",
        address,
      },
      {
        level,
        message: "command limit reached",
        reason: "rate",
        value: "commandsPerMinute",
        action: "raise commandsPerMinute",
        grant: "admin",
        address,
      },
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("RequestRefusals.add() logs each value again after a minute, and at most 20 lines a minute for an address", async () => {
  const clock = new FakeClock();
  const lines: (LogFields | undefined)[] = [];
  const warn = (_: string, fields?: LogFields) => void lines.push(fields);
  let count = 0;
  const refusals = new RequestRefusals({
    log: { warn },
    metrics: { refusal: () => void count++ },
    clock,
  });
  const add = (value: string, address: string) =>
    refusals.add({ reason: "host", value, address, action: "" });
  for (let n = 0; n < 50; n++) add(`${n}.example`, "192.0.2.1");
  assertEquals([lines.length, count], [20, 50]);
  add("0.example", "192.0.2.2");
  assertEquals(lines.at(-1)?.address, "192.0.2.2");
  await clock.advance(59_999);
  add("0.example", "192.0.2.2");
  assertEquals(lines.length, 21);
  await clock.advance(1);
  add("0.example", "192.0.2.2");
  add("0.example", "192.0.2.1");
  assertEquals(lines.length, 23);
  assert(lines.every((line) => line?.reason === "host"));
});

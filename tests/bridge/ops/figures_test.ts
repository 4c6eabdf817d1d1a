import {
  Figures,
  type MetricValue,
  quantile,
} from "../../../bridge/ops/figures.ts";
import { Metrics } from "../../../bridge/ops/metrics.ts";
import { assertEquals } from "@std/assert";
import { FakeClock, settle } from "../../support/fake_clock.ts";

const START = Date.UTC(2026, 10, 28);

/** Figures of values that a test sets. */
class Rig {
  readonly clock = new FakeClock(START);
  values: MetricValue[] = [];
  readonly errors: unknown[] = [];
  fails = false;
  readonly figures = new Figures({
    source: {
      sample: () => {
        if (this.fails) return Promise.reject(new Error("no sample"));
        return Promise.resolve(this.values);
      },
    },
    clock: this.clock,
    onError: (error) => this.errors.push(error),
  });

  counter(name: string, value: number): void {
    this.values = this.values.filter((one) => one.name !== name);
    this.values.push({ name, kind: "counter", unit: "1/s", value });
  }

  gauge(name: string, value: number): void {
    this.values = this.values.filter((one) => one.name !== name);
    this.values.push({ name, kind: "gauge", unit: "count", value });
  }

  async seconds(count: number, each: (second: number) => void = () => {}) {
    for (let second = 0; second < count; second++) {
      each(second);
      await this.clock.advance(1000);
      await settle();
    }
  }
}

Deno.test("Figures: counters are rates, gauges values, in steps of 1, 10 and 60 s", async () => {
  const rig = new Rig();
  rig.figures.start();
  let total = 0;
  await rig.seconds(121, (second) => {
    rig.counter("events_total.message", total += second % 2 === 0 ? 4 : 0);
    rig.gauge("connections.ws", second);
  });
  const { from, stepMs, series } = rig.figures.read({});
  // The first second has nothing to compare with.
  assertEquals([from, stepMs], [new Date(START + 2000).toISOString(), 1000]);
  assertEquals(series["events_total.message"]!.unit, "1/s");
  const { values } = series["events_total.message"]!;
  assertEquals(values.slice(0, 4), [0, 4, 0, 4]);
  assertEquals(values.length, 120);
  assertEquals(series["connections.ws"]!.values.slice(0, 3), [1, 2, 3]);
  const tens = rig.figures.read({ range: "2h", names: ["events_total"] });
  assertEquals(tens.stepMs, 10_000);
  assertEquals(Object.keys(tens.series), ["events_total.message"]);
  assertEquals(tens.series["events_total.message"]!.values.at(-1), 2);
  const minutes = rig.figures.read({ range: "24h" });
  // The first minute was measured for 59 s.
  assertEquals(minutes.series["events_total.message"]!.values, [1.9661, 2]);
  const since = new Date(START + 119_000).toISOString();
  assertEquals(
    rig.figures.read({ since, names: ["connections.ws"] }).series,
    { "connections.ws": { unit: "count", values: [118, 119, 120] } },
  );
  rig.figures.stop();
  assertEquals(rig.clock.pending, 0);
});

Deno.test("Figures: what was not measured is null, and the oldest values are dropped", async () => {
  const rig = new Rig();
  rig.figures.start();
  rig.gauge("accounts.online", 3);
  await rig.seconds(5);
  rig.fails = true;
  await rig.seconds(3);
  rig.fails = false;
  await rig.seconds(2);
  const { values } = rig.figures.read({}).series["accounts.online"]!;
  assertEquals(values, [3, 3, 3, 3, null, null, null, 3, 3]);
  assertEquals(rig.errors.length, 3);
  await rig.seconds(700, (second) => rig.gauge("accounts.online", second));
  const later = rig.figures.read({});
  assertEquals(later.series["accounts.online"]!.values.length, 600);
  assertEquals(later.series["accounts.online"]!.values[0], 100);
  assertEquals(later.from, new Date(START + 111_000).toISOString());
  rig.figures.stop();
});

Deno.test("Figures: of a histogram it keeps the percentiles of each step", async () => {
  const rig = new Rig();
  rig.figures.start();
  const observe = (fast: number, slow: number) => {
    rig.values = [{
      name: "journal_append_seconds",
      kind: "histogram",
      unit: "s",
      value: 0,
      buckets: [[0.001, fast], [0.01, fast + slow], [Infinity, fast + slow]],
    }];
  };
  observe(1000, 0);
  await rig.seconds(1);
  observe(1000, 100);
  await rig.seconds(1);
  // Nothing was appended.
  await rig.seconds(1);
  const { series } = rig.figures.read({});
  const p50 = series["journal_append_seconds.p50"]!;
  assertEquals([p50.unit, p50.values.length], ["s", 2]);
  assertEquals(p50.values[0], 0.0055);
  assertEquals(p50.values[1], null);
  assertEquals(series["journal_append_seconds.p99"]!.values[0], 0.00991);
  rig.figures.stop();
});

const QUANTILES: [buckets: [number, number][], part: number, value: number][] =
  [
    [[[1, 10], [2, 10], [Infinity, 10]], 0.5, 0.5],
    [[[1, 0], [2, 10], [Infinity, 10]], 0.5, 1.5],
    [[[1, 5], [2, 10], [Infinity, 10]], 0.99, 1.98],
    [[[1, 5], [2, 5], [Infinity, 10]], 0.99, 2],
    [[[1, 0], [Infinity, 0]], 0.5, NaN],
    [[], 0.5, NaN],
  ];

for (const [buckets, part, value] of QUANTILES) {
  Deno.test(`quantile() of ${JSON.stringify(buckets)} at ${part} is ${value}`, () => {
    const found = quantile(buckets, part);
    assertEquals(Number(found.toFixed(9)), value);
  });
}

Deno.test("Metrics.sample(): names each series like its metric, with one label", async () => {
  const metrics = new Metrics("0.0.0");
  metrics.event("message");
  metrics.event("message.sent");
  metrics.command("ping", "ok");
  metrics.command("send", "ok");
  metrics.command("send", "penalised");
  metrics.connection("ws", 1);
  metrics.sent(1, 500);
  metrics.appended(0.003);
  const values = await metrics.sample(true);
  const of = (name: string) => values.find((one) => one.name === name);
  const shown = (name: string) => {
    const { kind, unit, value } = of(name)!;
    return [kind, unit, value];
  };
  assertEquals(shown("events_total.message"), ["counter", "1/s", 1]);
  assertEquals(shown("events_total.message.sent"), ["counter", "1/s", 1]);
  assertEquals(shown("commands_total.ok"), ["counter", "1/s", 2]);
  assertEquals(shown("commands_total.penalised"), ["counter", "1/s", 1]);
  assertEquals(shown("connections.ws"), ["gauge", "count", 1]);
  assertEquals(shown("sent_bytes_total"), ["counter", "bytes/s", 500]);
  assertEquals(shown("accounts.online"), ["gauge", "count", 0]);
  assertEquals(of("memory_bytes.rss")!.unit, "bytes");
  assertEquals(of("event_loop_delay_seconds")!.unit, "s");
  assertEquals(of("info"), undefined);
  const append = of("journal_append_seconds")!;
  assertEquals(append.buckets!.at(-1), [Infinity, 1]);
  assertEquals(append.buckets!.find(([bound]) => bound === 0.005), [0.005, 1]);
});

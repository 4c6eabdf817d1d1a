import { CommandError } from "../../../bridge/errors/command_error.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { digestUrl, type FlagTarget } from "../../../bridge/targets/target.ts";
import { TargetService } from "../../../bridge/targets/target_service.ts";
import { MemoryTargetStore } from "../../../bridge/targets/target_store.ts";
import type { TargetChange } from "../../../mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";

const everything = grantOf();
const URL_A = "http://127.0.0.1:9/a?key=s3cret";
const FLAG: FlagTarget = { kind: "hook", url: "http://127.0.0.1:9/flag" };

function make(flags: FlagTarget[] = []) {
  const store = new MemoryTargetStore();
  const journal = new MemoryJournal();
  const service = new TargetService({ store, flags, journal, now: () => 0 });
  return { journal, service, store };
}

function codeOf(run: () => unknown): string {
  return assertThrows(run, CommandError).code;
}

/** Changes that are refused, on a service with one stored target and one of a flag. */
const REFUSED: [what: string, change: TargetChange, code: string][] = [
  ["no URL", { kind: "hook" }, "bad_params"],
  ["no kind", { url: URL_A }, "bad_params"],
  ["an unknown id", { id: "nobody", enabled: true }, "bad_params"],
  ["a URL that is not one", { kind: "hook", url: "s3cret" }, "bad_params"],
  ["the protocol of another kind", {
    kind: "onebot-reverse",
    url: URL_A,
  }, "bad_params"],
  ["a password in the URL", {
    kind: "hook",
    url: "http://u:s3cret@127.0.0.1/",
  }, "bad_params"],
  ["a metadata address", {
    kind: "hook",
    url: "http://169.254.169.254/s3cret",
  }, "bad_params"],
  ["the address of a stored target, with another query", {
    kind: "hook",
    url: "http://127.0.0.1:9/a?key=other",
  }, "already_exists"],
  [
    "the address of a flag",
    { kind: FLAG.kind, url: FLAG.url },
    "already_exists",
  ],
];

for (const [what, change, code] of REFUSED) {
  Deno.test(`TargetService.set() refuses ${what}`, () => {
    const { service, store } = make([FLAG]);
    service.set(everything, { kind: "hook", url: URL_A });
    const before = store.list();
    const error = assertThrows(
      () => service.set(everything, change),
      CommandError,
    );
    assertEquals(error.code, code);
    assert(!error.message.includes("s3cret"), error.message);
    assertEquals(store.list(), before);
  });
}

Deno.test("TargetService: a token that does not reach all accounts is refused everything", async () => {
  const { service } = make();
  const limited = grantOf({ accounts: ["10001"] });
  assertEquals(codeOf(() => service.list(limited, {})), "forbidden");
  assertEquals(
    codeOf(() => service.set(limited, { kind: "hook", url: URL_A })),
    "forbidden",
  );
  const { id } = service.set(everything, { kind: "hook", url: URL_A });
  const error = await service.remove(limited, { id }).catch((error) => error);
  assertEquals((error as CommandError).code, "forbidden");
});

Deno.test("TargetService.list() shows no secret, and where each target was set", () => {
  const { service } = make([{ ...FLAG, secret: "s3cret" }]);
  const { id } = service.set(everything, {
    kind: "onebot-post",
    url: URL_A,
    account: "10001",
    events: ["message"],
    segments: "strict",
    self: true,
    confirmAfter: 5,
    accessToken: "s3cret",
    secret: "s3cret",
    enabled: false,
  });
  const { targets } = service.list(everything, {});
  assert(!JSON.stringify(targets).includes("s3cret"));
  const stored = targets.find((one) => one.id === id)!;
  assertEquals(stored, {
    id,
    kind: "onebot-post",
    url: "http://127.0.0.1:9/a",
    account: "10001",
    events: ["message"],
    segments: "strict",
    self: true,
    confirmAfter: 5,
    enabled: false,
    from: "store",
    states: {},
    since: "1970-01-01T00:00:00.000Z",
    lag: 0,
    delivered: 0,
    failures: 0,
  });
  const flag = targets.find(({ from }) => from === "flag")!;
  assertEquals([flag.url, flag.enabled], [FLAG.url, true]);
  const change = { id: flag.id, enabled: false };
  assertEquals(codeOf(() => service.set(everything, change)), "bad_params");
  assertEquals(service.set(everything, { id: flag.id }), { id: flag.id });
});

Deno.test("TargetService.list() gives pages by id", () => {
  const { service } = make();
  for (const path of ["a", "b", "c"]) {
    service.set(everything, { kind: "hook", url: `http://127.0.0.1/${path}` });
  }
  const first = service.list(everything, { limit: 2 });
  const second = service.list(everything, { limit: 2, after: first.next! });
  assertEquals([first.targets.length, second.targets.length], [2, 1]);
  assertEquals(second.next, undefined);
});

Deno.test("TargetService.set() changes what is given, and null clears it", () => {
  const { service, store } = make();
  const { id } = service.set(everything, {
    kind: "hook",
    url: URL_A,
    events: ["account"],
    secret: "s",
  });
  const { key } = store.get(id)!;
  service.set(everything, {
    id,
    url: "https://127.0.0.1/b",
    events: null,
    enabled: false,
  });
  assertEquals(store.get(id), {
    id,
    key,
    kind: "hook",
    url: "https://127.0.0.1/b",
    secret: "s",
    isEnabled: false,
  });
  assertEquals(
    codeOf(() => service.set(everything, { id, kind: "onebot-post" })),
    "bad_params",
  );
  // The position of the first one stays with it.
  const other = service.set(everything, { kind: "hook", url: URL_A });
  assert(other.id !== id && store.get(other.id)!.key !== key);
});

Deno.test("TargetService: the same address by flag and store is one target", () => {
  const store = new MemoryTargetStore();
  const stored = new TargetService({ store });
  const { id } = stored.set(everything, { kind: "hook", url: FLAG.url });
  const both = new TargetService({ store, flags: [FLAG] });
  assertEquals(
    both.all().map(({ id, key, from }) => [id, key, from]),
    [[id, digestUrl(FLAG.url), "flag"]],
  );
});

Deno.test("TargetService.remove() drops the positions of the target alone", async () => {
  const { journal, service } = make();
  const [a, b] = ["a", "b"].map((path) =>
    service.set(everything, { kind: "hook", url: `http://127.0.0.1/${path}` })
  );
  const position = (path: string) =>
    `/hook/10001/${digestUrl(`http://127.0.0.1/${path}`)}`;
  for (const path of ["a", "b"]) await journal.setPosition(position(path), 0);
  await service.remove(everything, a!);
  assertEquals(journal.consumersOf("/hook/"), [position("b")]);
  assertEquals(service.all().map(({ id }) => id), [b!.id]);
});

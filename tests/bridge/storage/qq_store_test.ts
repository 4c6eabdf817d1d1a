import { DatabaseSync } from "node:sqlite";
import {
  checkSqlite,
  prepareDatabase,
} from "../../../bridge/storage/qq_schema.ts";
import { SqliteQqStore } from "../../../bridge/storage/qq_store.ts";
import { nextTurn } from "../../../lib/turn.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { MailItem } from "../../../lib/server/mod.ts";
import { LOGIN, PASSWORD_MD5, Stage } from "../../lib/server/stage.ts";
import { Program } from "../../support/program.ts";

function inFolder(
  name: string,
  run: (path: string) => Promise<void> | void,
): void {
  Deno.test(name, async () => {
    const folder = Deno.makeTempDirSync();
    try {
      await run(`${folder}/qq.db`);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

/** Does something with a server on a file, as one run of a program would. */
async function during(
  path: string,
  run: (stage: Stage) => Promise<void>,
): Promise<void> {
  const store = new SqliteQqStore(path);
  const stage = new Stage({ store });
  try {
    await run(stage);
  } finally {
    await stage.server.close();
    store.close();
  }
}

inFolder(
  "SqliteQqStore: everything except sessions survives a restart",
  async (path) => {
    const send = (stage: Stage, text: string) =>
      stage.ask("10001", "CLTMSG", `UN=10002&MG=${text}`, { key: text });
    await during(path, async (stage) => {
      await stage.accounts("10001", "10002", "10003");
      await stage.server.befriend("10001", "10002");
      await stage.login("10001", "10003");
      assertEquals(await send(stage, "a"), "RES=0&");
      await stage.login("10002");
      assertEquals(await stage.mail("10002", { key: "k1" }), "9, 10001, a ,");
      await stage.clock.advance(800);
      assertEquals(await send(stage, "b"), "RES=0&");
      await stage.ask("10003", "Ack_AddToList", "UN=10002&CD=2&RS=x");
    });
    await during(path, async (stage) => {
      assertEquals(await stage.mail("10002"), "RES=20");
      assertEquals(
        await stage.ask("10002", "Login", LOGIN),
        "RES=0&RS=0&HI=60&LI=300",
      );
      assertEquals(await stage.mail("10002", { key: "k1" }), "9, 10001, a ,");
      await stage.login("10001");
      assertEquals(await send(stage, "a"), "RES=0&");
      assertEquals(
        await stage.mail("10002", { key: "k2" }),
        "9,2,99, 10001,10003,10001, b ,x,10,",
      );
      assertEquals(
        await stage.ask("10002", "Ack_AddToList", "UN=10003&CD=0&RS="),
        "RES=0&",
      );
      assertEquals(
        await stage.ask("10002", "List", "TN=9"),
        "RES=0&FN=1&SN=2&UN=10001,10003,",
      );
    });
  },
);

inFolder(
  "SqliteQqStore: a mark whose mail is removed has no meaning after a restart",
  async (path) => {
    const tell = (stage: Stage, text: string) =>
      stage.server.deliver("10001", { type: "message", from: "10002", text });
    await during(path, async (stage) => {
      await stage.accounts("10001");
      await stage.login("10001");
      await tell(stage, "a");
      assertEquals(await stage.mail("10001", { key: "k1" }), "9, 10002, a ,");
      assertEquals(await stage.mail("10001", { key: "k2" }), "");
    });
    await during(path, async (stage) => {
      await stage.login("10001");
      await tell(stage, "b");
      assertEquals(await stage.mail("10001", { key: "k2" }), "9, 10002, b ,");
      await tell(stage, "c");
      assertEquals(await stage.mail("10001", { key: "k3" }), "9, 10002, c ,");
    });
  },
);

inFolder(
  "a key that was followed by another is refused after a restart",
  async (path) => {
    const tell = (stage: Stage, text: string) =>
      stage.server.deliver("10001", { type: "message", from: "10002", text });
    const mail = (stage: Stage, key: string) => stage.mail("10001", { key });
    await during(path, async (stage) => {
      await stage.accounts("10001");
      await stage.login("10001");
      await tell(stage, "a");
      assertEquals(await mail(stage, "k1"), "9, 10002, a ,");
      await tell(stage, "b");
      assertEquals(await mail(stage, "k2"), "9, 10002, b ,");
    });
    await during(path, async (stage) => {
      await stage.login("10001");
      assertEquals(await mail(stage, "k1"), "RES=3");
      assertEquals(await mail(stage, "k2"), "9, 10002, b ,");
      assertEquals(await mail(stage, "k3"), "");
    });
  },
);

inFolder("SqliteQqStore: migrates a file of version 1", (path) => {
  const old = new DatabaseSync(path);
  prepareDatabase(old);
  old.exec("DROP TABLE followed_keys; PRAGMA user_version = 1");
  old.close();
  using store = new SqliteQqStore(path);
  store.addFollowedKey("10001", "k", 16);
  assertEquals(store.isFollowedKey("10001", "k"), true);
});

inFolder(
  "SqliteQqStore: acts of one turn share a commit, in order",
  async (path) => {
    const store = new SqliteQqStore(path);
    let commits = 0;
    const counting = new Proxy(store, {
      get(target, name) {
        if (name === "transaction") commits++;
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const stage = new Stage({ store: counting, sendGapMs: 0 });
    await stage.accounts("10001", "10002");
    await stage.login("10001", "10002");
    const waiting = stage.mail("10002", { prefer: "wait=25" });
    commits = 0;
    const answers = await Promise.all(
      Array.from(
        { length: 150 },
        (_, n) => stage.ask("10001", "CLTMSG", `UN=10002&MG=${n}`),
      ),
    );
    assertEquals(new Set(answers), new Set(["RES=0&"]));
    assertEquals(commits, 1);
    assertEquals(
      (await waiting).split(" ")[2],
      Array.from({ length: 150 }, (_, n) => `${n},`).join(""),
    );
    await stage.server.close();
    store.close();
  },
);

inFolder(
  "SqliteQqStore: beyond the limit of waiting acts the answer is NULL",
  async (path) => {
    const store = new SqliteQqStore(path);
    const stage = new Stage({
      store,
      sendGapMs: 0,
      limits: { uncommitted: 2 },
    });
    await stage.accounts("10001");
    await stage.login("10001");
    const answers = await Promise.all(
      ["a", "b", "c"].map((text) =>
        stage.ask("10001", "CLTMSG", `UN=10001&MG=${text}`)
      ),
    );
    assertEquals(answers, ["RES=0&", "RES=0&", "NULL"]);
    assertEquals(await stage.mail("10001"), "9,9, 10001,10001, a ,b ,");
    await stage.server.close();
    store.close();
  },
);

inFolder(
  "SqliteQqStore: two messages of one turn keep the pace",
  async (path) => {
    await during(path, async (stage) => {
      await stage.accounts("10001");
      await stage.login("10001");
      const [first, second] = [1, 2].map((n) =>
        stage.ask("10001", "CLTMSG", `UN=10001&MG=${n}`)
      );
      assertEquals(await first, "RES=0&");
      assertEquals((await stage.late(second!))[1], "RES=3");
      assertEquals(await stage.mail("10001"), "9, 10001, 1 ,");
    });
  },
);

inFolder(
  "SqliteQqStore: a commit that fails is NULL, and changes nothing",
  async (path) => {
    const store = new SqliteQqStore(path);
    let full = false;
    const failing = new Proxy(store, {
      get(target, name) {
        if (name === "transaction" && full) {
          return (act: () => unknown) =>
            target.transaction(() => {
              act();
              throw new Error("database or disk is full");
            });
        }
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const stage = new Stage({ store: failing });
    await stage.accounts("10001", "10002");
    await stage.login("10001", "10002");
    await stage.server.deliver("10002", {
      type: "message",
      from: "10001",
      text: "before",
    });
    full = true;
    const send = () =>
      stage.ask("10001", "CLTMSG", "UN=10002&MG=a", { key: "k" });
    assertEquals(await Promise.all([send(), send()]), ["NULL", "NULL"]);
    // Once for each commit: the digests of the requests may end in two turns.
    assert(stage.errors.length >= 1 && stage.errors.length <= 2);
    assertEquals(await stage.mail("10002"), "NULL");
    assertEquals(await stage.ask("10001", "Change_Stat", "ST=40"), "NULL");
    assertEquals(stage.server.isOnline("10001"), true);
    full = false;
    assertEquals(await send(), "RES=0&");
    assertEquals(
      await stage.mail("10002"),
      "9,10, 10001,10001, before ,a,",
    );
    await stage.server.close();
    store.close();
  },
);

inFolder("SqliteQqStore: an act that throws fails alone", async (path) => {
  const store = new SqliteQqStore(path);
  const failing = new Proxy(store, {
    get(target, name) {
      if (name === "addMail") {
        return (uin: string, item: { text: string }) => {
          if (item.text === "bad") throw new Error("broken");
          target.addMail(uin, item as never);
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const stage = new Stage({ store: failing, sendGapMs: 0 });
  await stage.accounts("10001");
  await stage.login("10001");
  const answers = await Promise.all(
    ["a", "bad", "c"].map((text) =>
      stage.ask("10001", "CLTMSG", `UN=10001&MG=${text}`)
    ),
  );
  assertEquals(answers, ["RES=0&", "NULL", "RES=0&"]);
  assertEquals(await stage.mail("10001"), "9,9, 10001,10001, a ,c ,");
  await stage.server.close();
  store.close();
});

inFolder(
  "a client that is gone before its turn takes no mail along",
  async (path) => {
    await during(path, async (stage) => {
      await stage.accounts("10001");
      await stage.login("10001");
      await stage.ask("10001", "CLTMSG", "UN=10001&MG=a");
      const gone = new AbortController();
      const answer = stage.mail("10001", { signal: gone.signal });
      gone.abort();
      assertEquals(await answer, "NULL");
      assertEquals(await stage.mail("10001"), "9, 10001, a ,");
    });
  },
);

const REVERSING = {
  isCurrent: () => true,
  seal: (text: string) => [...text].reverse().join(""),
  open: (text: string) => [...text].reverse().join(""),
};

function holds(path: string, text: string): boolean {
  return [path, `${path}-wal`].some((file) => {
    try {
      return new TextDecoder("latin1").decode(Deno.readFileSync(file))
        .includes(text);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}

inFolder(
  "SqliteQqStore: with a cipher no file holds a hash in clear text",
  (path) => {
    const account = {
      uin: "10001",
      nickname: "a",
      policy: "verify" as const,
      profile: {},
    };
    const clear = new SqliteQqStore(path);
    clear.putAccount(account);
    clear.setPassword("10001", PASSWORD_MD5);
    assert(holds(path, PASSWORD_MD5));
    clear.close();

    const sealed = new SqliteQqStore(path, { cipher: REVERSING });
    assertEquals(holds(path, PASSWORD_MD5), false);
    assertEquals(sealed.passwordMd5("10001"), PASSWORD_MD5);
    sealed.putAccount({ ...account, uin: "10002" });
    sealed.setPassword("10002", PASSWORD_MD5);
    assertEquals(sealed.passwordMd5("10002"), PASSWORD_MD5);
    assertEquals(holds(path, PASSWORD_MD5), false);
    sealed.close();
    assertEquals(holds(path, PASSWORD_MD5), false);

    const without = new SqliteQqStore(path);
    assertThrows(() => without.passwordMd5("10001"), TypeError, "encrypted");
    without.close();
  },
);

inFolder("SqliteQqStore: refuses a file of a later program", (path) => {
  new SqliteQqStore(path).close();
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 99");
  database.close();
  assertThrows(() => new SqliteQqStore(path), RangeError, "99");
});

inFolder(
  "SqliteQqStore: every commit is durable, with WAL and synchronous=FULL",
  (path) => {
    const store = new SqliteQqStore(path);
    const database = new DatabaseSync(path);
    assertEquals(
      { ...database.prepare("PRAGMA journal_mode").get() },
      { journal_mode: "wal" },
    );
    database.close();
    assertEquals(store.synchronous, "full");
    store.close();
    store.close();
  },
);

for (
  const [version, good] of [
    ["3.51.2", false],
    ["3.50.9", false],
    ["2.99.99", false],
    ["3.51.3", true],
    ["3.52.0", true],
    ["4.0.0", true],
  ] as const
) {
  Deno.test(`checkSqlite() ${good ? "accepts" : "rejects"} ${version}`, () => {
    if (good) checkSqlite(version);
    else assertThrows(() => checkSqlite(version), RangeError, version);
  });
}

inFolder(
  "SqliteQqStore: the mail that it keeps in memory is that of the file, and nobody else changes it",
  (path) => {
    const random = seeded(2005);
    const next = () => random.next().value!;
    using store = new SqliteQqStore(path);
    const mailOf = (from: SqliteQqStore) => [...from.mail("10001")];
    for (let step = 0; step < 150; step++) {
      const rows = mailOf(store);
      const part = next();
      if (part < 0.6) {
        const text = "x".repeat(next() < 0.1 ? 600 : step);
        const item: MailItem = { type: "message", from: "1", text };
        store.addMail("10001", item);
        item.text = "changed";
      } else if (part < 0.9) {
        const through = rows[Math.floor(next() * rows.length)]?.id ?? 0;
        store.removeMail("10001", through);
      } else {
        assertThrows(
          () =>
            store.transaction(() => {
              store.addMail("10001", { type: "message", from: "2", text: "" });
              store.removeMail("10001", rows[0]?.id ?? 0);
              throw new Error("undo");
            }),
          Error,
          "undo",
        );
      }
      for (const { item } of store.mail("10001")) item.type = "unreadable";
      using other = new SqliteQqStore(path);
      assertEquals(mailOf(store), mailOf(other));
    }
  },
);

/** Counts its commits. */
class CountingStore extends SqliteQqStore {
  commits = 0;

  override transaction<T>(act: () => T): T {
    const result = super.transaction(act);
    this.commits++;
    return result;
  }
}

inFolder(
  "SqliteQqStore: mail that has arrived needs no commit of its own while mail comes, leaves soon if none does, and holds up no end",
  async (path) => {
    const store = new CountingStore(path);
    const stage = new Stage({ store });
    await stage.accounts("10001");
    await stage.login("10001");
    const deliver = (text: string) =>
      stage.server.deliver("10001", { type: "message", from: "1", text });
    const poll = (key: string) =>
      stage.ask("10001", "GetMsgEx", "", { key, prefer: "wait=25" });
    await deliver("a");
    await poll("k1");
    store.commits = 0;
    const second = poll("k2");
    await new Promise<void>((resolve) => nextTurn(resolve));
    assertEquals([store.commits, store.countMail("10001")], [0, 1]);
    await deliver("b");
    assertMatch(await second, /MG=b /);
    assertEquals([store.commits, store.countMail("10001")], [1, 1]);
    const third = poll("k3");
    await stage.clock.advance(10);
    assertEquals([store.commits, store.countMail("10001")], [2, 0]);
    await deliver("c");
    assertMatch(await third, /MG=c /);
    const last = poll("k4");
    await stage.server.close();
    assertEquals(await last, "NULL");
    assertEquals(store.countMail("10001"), 0);
    store.close();
  },
);

/** Numbers between 0 and 1 that are the same in every run. */
function* seeded(seed: number): Generator<number> {
  for (;;) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    yield seed / 2 ** 32;
  }
}

inFolder(
  "kill -9 at any moment loses no message that was accepted",
  async (path) => {
    const random = seeded(2005);
    const writer = new URL("./writer.ts", import.meta.url).pathname;
    let accepted = 0;
    for (let round = 0; round < 10; round++) {
      await using child = Program.deno(
        ["run", "-A", "--no-check", writer, path, String(round)],
      );
      const least = 1 + Math.floor(random.next().value * 400);
      const texts = await child.killAfter(least);
      assert(texts.length >= least);
      accepted += texts.length;
      const store = new SqliteQqStore(path);
      const there = new Set(
        [...store.mail("10002")].map(({ item }) =>
          (item as { text: string }).text
        ),
      );
      assertEquals(texts.filter((text) => !there.has(text)), []);
      assertEquals(
        texts.filter((text) => store.keptAnswer("10001", text) === undefined),
        [],
      );
      assertEquals(there.size, store.countMail("10002"));
      store.removeMail("10002", Number.MAX_SAFE_INTEGER);
      store.close();
    }
    assert(accepted > 500);
  },
);

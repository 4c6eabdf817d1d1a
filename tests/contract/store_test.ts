/** What every store must do, run over each of them. @module */

import { SqliteQqStore } from "../../bridge/storage/qq_store.ts";
import {
  type MailItem,
  MemoryStore,
  type Store,
} from "../../lib/server/mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

interface Opened {
  store: Store;
  close(): void;
}

const STORES: [name: string, open: () => Opened][] = [
  ["MemoryStore", () => ({ store: new MemoryStore(), close: () => {} })],
  ["SqliteQqStore in memory", () => {
    const store = new SqliteQqStore(":memory:");
    return { store, close: () => store.close() };
  }],
  ["SqliteQqStore on disk", () => {
    const folder = Deno.makeTempDirSync();
    const store = new SqliteQqStore(`${folder}/qq.db`);
    return {
      store,
      close() {
        store.close();
        Deno.removeSync(folder, { recursive: true });
      },
    };
  }],
];

const MD5 = "5ebe2294ecd0e0f08eab7690d2a6ee69";

function account(uin: string, age = 20) {
  return {
    uin,
    nickname: `n${uin}`,
    policy: "verify" as const,
    profile: { age, sex: "male" as const, province: "云南省" },
  };
}

function message(text: string): MailItem {
  return { type: "message", from: "10001", text };
}

function texts(store: Store, uin: string): string[] {
  return [...store.mail(uin)].map(({ item }) =>
    (item as { text: string }).text
  );
}

function kept(at: number) {
  return { digest: "d", body: `RES=0&${at}`, at, dueAt: at + 5 };
}

const CASES: Record<string, (store: Store) => void> = {
  "keeps accounts, ascending by value"(store) {
    for (const uin of ["99999", "100000", "10001"]) {
      store.putAccount(account(uin));
    }
    assertEquals(store.accounts().map(({ uin }) => uin), [
      "10001",
      "99999",
      "100000",
    ]);
    assertEquals(store.account("10001"), account("10001"));
    assertEquals(store.account("10002"), undefined);
    assertEquals(store.hasAccount("10001"), true);
    assertEquals(store.hasAccount("10002"), false);
  },
  "replaces an account without touching its password"(store) {
    store.putAccount(account("10001"));
    store.setPassword("10001", MD5);
    store.putAccount({ ...account("10001"), nickname: "a,\0\u{1f427}'" });
    assertEquals(store.account("10001")?.nickname, "a,\0\u{1f427}'");
    assertEquals(store.passwordMd5("10001"), MD5);
  },
  "has no password where none was set"(store) {
    store.putAccount(account("10001"));
    store.setPassword("10002", MD5);
    assertEquals(store.passwordMd5("10001"), undefined);
    assertEquals(store.passwordMd5("10002"), undefined);
  },
  "does not share what it hands out"(store) {
    store.putAccount(account("10001"));
    store.account("10001")!.profile.age = 99;
    assertEquals(store.account("10001")!.profile.age, 20);
  },
  "searches people by what is asked"(store) {
    store.putAccount(account("10001", 20));
    store.putAccount(account("10002", 30));
    store.putAccount({ ...account("100000", 30), profile: { sex: "female" } });
    const found = (query: Parameters<Store["search"]>[0], limit = 9) =>
      store.search(query, limit).map(({ uin }) => uin);
    assertEquals(found({}), ["10001", "10002", "100000"]);
    assertEquals(found({}, 2), ["10001", "10002"]);
    assertEquals(found({ after: "10001" }), ["10002", "100000"]);
    assertEquals(found({ age: 30 }), ["10002"]);
    assertEquals(found({ sex: "female" }), ["100000"]);
    assertEquals(found({ sex: "male", province: "云南省" }), [
      "10001",
      "10002",
    ]);
    assertEquals(found({ age: 20, sex: "female" }), []);
  },
  "keeps friend lists one-sided, with who watches"(store) {
    store.addFriend("10001", "100000");
    store.addFriend("10001", "99999");
    store.addFriend("10001", "99999");
    assertEquals(store.friends("10001"), ["99999", "100000"]);
    assertEquals(store.countFriends("10001"), 2);
    assertEquals(store.watchers("99999"), ["10001"]);
    assertEquals(store.hasFriend("10001", "99999"), true);
    assertEquals(store.hasFriend("99999", "10001"), false);
    assertEquals(store.removeFriend("10001", "99999"), true);
    assertEquals(store.removeFriend("10001", "99999"), false);
    assertEquals(store.friends("10001"), ["100000"]);
    assertEquals(store.watchers("99999"), []);
    assertEquals(store.friends("12345"), []);
    assertEquals(store.countFriends("12345"), 0);
  },
  "keeps unanswered requests"(store) {
    store.addRequest("10001", "10002");
    store.addRequest("10001", "10002");
    store.addRequest("10003", "10002");
    assertEquals(store.hasRequest("10001", "10002"), true);
    assertEquals(store.hasRequest("10002", "10001"), false);
    assertEquals(store.countRequests("10002"), 2);
    assertEquals(store.removeRequest("10001", "10002"), true);
    assertEquals(store.removeRequest("10001", "10002"), false);
    assertEquals(store.countRequests("10002"), 1);
  },
  "keeps mail in order, every item as it is"(store) {
    const items: MailItem[] = [
      message("a,&=%\r\n\0 "),
      { type: "status", from: "10002", status: "busy" },
      { type: "unknown", code: 77, from: "10002", text: "\u{1f427}" },
    ];
    for (const item of items) store.addMail("10001", item);
    assertEquals([...store.mail("10001")].map(({ item }) => item), items);
    assertEquals(store.countMail("10001"), 3);
    assertEquals(store.countMail("10002"), 0);
    assertEquals([...store.mail("10002")], []);
  },
  "removes mail up to a place, with the mark"(store) {
    for (const text of ["a", "b", "c"]) store.addMail("10001", message(text));
    const [first, second] = [...store.mail("10001")];
    store.setMark("10001", { key: "k", through: first!.id });
    assertEquals(store.mark("10001"), { key: "k", through: first!.id });
    store.removeMail("10001", second!.id);
    assertEquals(texts(store, "10001"), ["c"]);
    assertEquals(store.countMail("10001"), 1);
    assertEquals(store.mark("10001"), undefined);
  },
  "can stop reading in the middle of a mailbox"(store) {
    for (const text of ["a", "b", "c"]) store.addMail("10001", message(text));
    for (const { id } of store.mail("10001")) {
      if (id > 0) break;
    }
    assertEquals(texts(store, "10001"), ["a", "b", "c"]);
  },
  "gives later mail later places, also after the mailbox was empty"(store) {
    store.addMail("10001", message("a"));
    const { id } = [...store.mail("10001")][0]!;
    store.removeMail("10001", id);
    store.addMail("10001", message("b"));
    assert([...store.mail("10001")][0]!.id > id);
  },
  "keeps the last keys that were followed by another"(store) {
    store.addMail("10001", message("a"));
    const keys = Array.from({ length: 17 }, (_, nth) => `k${nth}`);
    for (const key of keys) store.addFollowedKey("10001", key, 16);
    assertEquals(
      keys.map((key) => store.isFollowedKey("10001", key)),
      keys.map((_, nth) => nth > 0),
    );
    assertEquals(store.isFollowedKey("10002", "k1"), false);
  },
  "keeps answers by account and key"(store) {
    store.keepAnswer("10001", "k", kept(1), 9);
    assertEquals(store.keptAnswer("10001", "k"), kept(1));
    assertEquals(store.keptAnswer("10002", "k"), undefined);
    store.keepAnswer("10001", "k", kept(2), 9);
    assertEquals(store.keptAnswer("10001", "k"), kept(2));
  },
  "forgets answers before an instant"(store) {
    for (const at of [1, 2, 3]) {
      store.keepAnswer("10001", `k${at}`, kept(at), 9);
    }
    store.forgetAnswers(3, 9);
    assertEquals(
      ["k1", "k2", "k3"].map((key) => store.keptAnswer("10001", key)?.at),
      [undefined, undefined, 3],
    );
  },
  "forgets so many answers at once, and the rest later"(store) {
    for (const at of [1, 2, 3]) {
      store.keepAnswer("10001", `k${at}`, kept(at), 9);
    }
    store.forgetAnswers(9, 2);
    const ats = () =>
      ["k1", "k2", "k3"].map((key) => store.keptAnswer("10001", key)?.at);
    assertEquals(ats(), [undefined, undefined, 3]);
    store.forgetAnswers(9, 2);
    assertEquals(ats(), [undefined, undefined, undefined]);
  },
  "keeps so many answers and the newest"(store) {
    for (let at = 1; at <= 30; at++) {
      store.keepAnswer("10001", `k${at}`, kept(at), 20);
    }
    store.keepAnswer("10002", "k1", kept(1), 20);
    const there = Array.from({ length: 30 }, (_, index) => index + 1)
      .filter((at) => store.keptAnswer("10001", `k${at}`) !== undefined);
    assert(there.length <= 20 && there.length >= 18, `${there}`);
    assertEquals(there, there.map((_, index) => 31 - there.length + index));
    assert(store.keptAnswer("10002", "k1") !== undefined);
  },
  "removes an account with all that belongs to it"(store) {
    for (const uin of ["10001", "10002"]) store.putAccount(account(uin));
    store.setPassword("10001", MD5);
    store.addFriend("10001", "10002");
    store.addFriend("10002", "10001");
    store.addRequest("10001", "10002");
    store.addRequest("10002", "10001");
    store.addMail("10001", message("a"));
    store.setMark("10001", { key: "k", through: 1 });
    store.addFollowedKey("10001", "j", 16);
    store.keepAnswer("10001", "k", kept(1), 9);
    store.removeAccount("10001");
    assertEquals(store.account("10001"), undefined);
    assertEquals(store.passwordMd5("10001"), undefined);
    assertEquals(store.friends("10001"), []);
    assertEquals(store.friends("10002"), []);
    assertEquals(store.watchers("10002"), []);
    assertEquals(store.countRequests("10002"), 0);
    assertEquals(store.countRequests("10001"), 0);
    assertEquals(store.countMail("10001"), 0);
    assertEquals(store.mark("10001"), undefined);
    assertEquals(store.isFollowedKey("10001", "j"), false);
    assertEquals(store.keptAnswer("10001", "k"), undefined);
    assertEquals(store.hasAccount("10002"), true);
  },
  "returns what the act returns"(store) {
    assertEquals(store.transaction(() => 7), 7);
  },
  "takes back all of an act that throws"(store) {
    fill(store);
    const before = snapshot(store);
    const thrown = assertThrows(() =>
      store.transaction(() => {
        disturb(store);
        assert(JSON.stringify(snapshot(store)) !== JSON.stringify(before));
        throw new RangeError("back");
      }), RangeError);
    assertEquals(thrown.message, "back");
    assertEquals(snapshot(store), before);
    store.transaction(() => store.addMail("10001", message("later")));
    assertEquals(texts(store, "10001"), ["a", "b", "later"]);
  },
};

function fill(store: Store): void {
  for (const uin of ["10001", "10002", "10003"]) {
    store.putAccount(account(uin));
    store.setPassword(uin, MD5);
  }
  store.addFriend("10001", "10002");
  store.addRequest("10003", "10001");
  store.addMail("10001", message("a"));
  store.addMail("10001", message("b"));
  store.setMark("10001", { key: "k", through: 1 });
  store.keepAnswer("10001", "k", kept(1), 9);
}

function disturb(store: Store): void {
  store.putAccount({ ...account("10001"), nickname: "other" });
  store.setPassword("10001", MD5.replaceAll("e", "0"));
  store.putAccount(account("10004"));
  store.addFriend("10002", "10001");
  store.removeFriend("10001", "10002");
  store.addRequest("10002", "10001");
  store.removeRequest("10003", "10001");
  store.removeMail("10001", 1);
  store.addMail("10001", message("c"));
  store.addMail("10002", message("d"));
  store.setMark("10001", { key: "l", through: 3 });
  store.keepAnswer("10001", "l", kept(2), 9);
  store.addFollowedKey("10001", "k", 16);
  store.keepAnswer("10001", "k", kept(3), 9);
  store.forgetAnswers(3, 9);
  store.removeAccount("10003");
}

function snapshot(store: Store) {
  const uins = ["10001", "10002", "10003", "10004"];
  return {
    accounts: store.accounts(),
    each: uins.map((uin) => ({
      password: store.passwordMd5(uin),
      friends: store.friends(uin),
      watchers: store.watchers(uin),
      requests: uins.filter((asker) => store.hasRequest(asker, uin)),
      mail: texts(store, uin),
      count: store.countMail(uin),
      mark: store.mark(uin),
      followed: ["k", "l"].map((key) => store.isFollowedKey(uin, key)),
      kept: ["k", "l"].map((key) => store.keptAnswer(uin, key)),
    })),
  };
}

for (const [name, open] of STORES) {
  for (const [what, run] of Object.entries(CASES)) {
    Deno.test(`${name} ${what}`, () => {
      const { store, close } = open();
      try {
        run(store);
      } finally {
        close();
      }
    });
  }
}

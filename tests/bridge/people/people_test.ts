import { People, type PeopleAccount } from "../../../bridge/people/people.ts";
import {
  NO_PEOPLE_STORE,
  PEOPLE,
  type PeopleStore,
} from "../../../bridge/people/people_store.ts";
import { BridgeDatabase } from "../../../bridge/storage/bridge_database.ts";
import type { AccountState, OnlineFriend } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

/** People of an account whose server a test scripts. */
class Stage {
  readonly clock = new FakeClock();
  readonly asked: { uin: string; at: number }[] = [];
  state: AccountState = "online";
  since = 0;
  friends: string[] = [];
  online: OnlineFriend[] = [];
  friendReads = 0;
  people: People;

  constructor(readonly store: PeopleStore = NO_PEOPLE_STORE) {
    this.people = this.restart();
  }

  restart(): People {
    const getState = () => ({ state: this.state, since: this.since });
    const account: PeopleAccount = {
      uin: "10001",
      nickname: "me",
      client: {
        friends: () => Promise.resolve(this.friends),
        onlineFriends: () => {
          this.friendReads++;
          return Promise.resolve(this.online);
        },
        profile: (uin) => {
          this.asked.push({ uin, at: this.clock.now() });
          return uin.startsWith("9")
            ? Promise.reject(new Error("no such number"))
            : Promise.resolve({ uin, nickname: `n${uin}`, face: 7 });
        },
      },
      get state() {
        return getState();
      },
      closing: new AbortController().signal,
    };
    this.people = new People({
      store: this.store,
      clock: this.clock,
      findAccount: (uin) => uin === account.uin ? account : undefined,
      onError: (error) => {
        throw error;
      },
    });
    return this.people;
  }

  list(uins?: string[]) {
    return this.people.list("10001", uins === undefined ? {} : { uins });
  }
}

Deno.test("People.list() answers at once, and looks up the last that was asked for first, ten a second", async () => {
  const stage = new Stage();
  const uins = Array.from({ length: 30 }, (_, n) => `${20000 + n}`);
  const first = stage.list(uins);
  assertEquals(
    [first.people.map(({ nickname }) => nickname), first.pending],
    [Array(30).fill(""), 31],
  );
  await stage.clock.advance(1000);
  assert(stage.asked.length <= 10, `${stage.asked.length} in a second`);
  assertEquals(stage.asked[0]?.uin, "20029");
  stage.list(["20000"]);
  await stage.clock.advance(200);
  assert(stage.asked.some(({ uin }) => uin === "20000"));
  await stage.clock.advance(3000);
  const last = stage.list(uins);
  assertEquals(last.pending, 0);
  assertEquals(last.people[0], {
    uin: "20000",
    nickname: "n20000",
    face: 7,
    isFriend: false,
    at: last.people[0]!.at!,
  });
  const gaps = stage.asked.slice(1).map(({ at }, n) => at - stage.asked[n]!.at);
  assert(gaps.every((ms) => ms >= 100), `${gaps}`);
});

Deno.test("People.list() knows all friends with their presence, which events change, only while the account is online", async () => {
  const stage = new Stage();
  stage.friends = ["20001", "20002"];
  stage.online = [{
    uin: "20001",
    nickname: "A",
    status: "busy",
    face: 3,
  }];
  assertEquals(stage.list(), { people: [], pending: 1 });
  await stage.clock.advance(1000);
  stage.list();
  await stage.clock.advance(1000);
  const shown = () =>
    stage.list().people.map(({ uin, nickname, status, isFriend }) => [
      uin,
      nickname,
      status,
      isFriend,
    ]);
  assertEquals(shown(), [
    ["20001", "A", "busy", true],
    ["20002", "n20002", "offline", true],
  ]);
  stage.people.onEvents([{
    seq: 1,
    account: "10001",
    event: "presence",
    frame: JSON.stringify({ data: { from: "20002", status: "online" } }),
  }]);
  assertEquals(shown()[1], ["20002", "n20002", "online", true]);
  assertEquals(stage.friendReads, 1);
  stage.state = "offline";
  assertEquals(shown()[1], ["20002", "n20002", undefined, true]);
});

for (const state of ["penalised", "offline"] as const) {
  Deno.test(`People.list() asks the server nothing while the account is ${state}`, async () => {
    const stage = new Stage();
    stage.state = state;
    assertEquals(stage.list(["20001"]).pending, 2);
    await stage.clock.advance(5000);
    assertEquals([stage.asked, stage.friendReads], [[], 0]);
    stage.state = "online";
    stage.list(["20001"]);
    await stage.clock.advance(1000);
    assertEquals(stage.list(["20001"]).people[0]?.nickname, "n20001");
  });
}

Deno.test("People.list() does not count a person whose lookup failed as pending, and tries again after 10 minutes", async () => {
  const stage = new Stage();
  stage.list(["90001"]);
  await stage.clock.advance(1000);
  assertEquals(stage.list(["90001"]).pending, 0);
  await stage.clock.advance(600_000);
  stage.list(["90001"]);
  await stage.clock.advance(1000);
  assertEquals(stage.asked.filter(({ uin }) => uin === "90001").length, 2);
});

Deno.test("People: names outlast a restart, and those that were not used for the longest time go first", async () => {
  using database = new BridgeDatabase(":memory:");
  database.people.put(
    Array.from({ length: PEOPLE }, (_, n) => ({
      uin: `${1_000_000 + n}`,
      nickname: "old",
      at: Date.UTC(2005, 10, 23, 12) + n,
    })),
  );
  const stage = new Stage(database.people);
  assertEquals(
    ["1000000", "10001"].map((uin) => stage.people.nicknameOf(uin)),
    ["old", "me"],
  );
  stage.list(["1000000", "20001"]);
  await stage.clock.advance(1000);
  stage.people.stop();
  const again = stage.restart();
  assertEquals(
    ["1000000", "1000001", "20001"].map((uin) => again.nicknameOf(uin)),
    ["old", "", "n20001"],
  );
});

Deno.test("People.list() looks up again who was learnt more than a day ago, after those who are unknown", async () => {
  const stage = new Stage();
  stage.list(["20001"]);
  await stage.clock.advance(1000);
  await stage.clock.advance(86_400_000 - 2000);
  stage.list(["20001"]);
  await stage.clock.advance(1000);
  assertEquals(stage.asked.map(({ uin }) => uin), ["20001"]);
  await stage.clock.advance(1000);
  const { pending, people } = stage.list(["20001", "20002"]);
  assertEquals([pending, people[0]?.nickname], [1, "n20001"]);
  await stage.clock.advance(1000);
  assertEquals(stage.asked.slice(1).map(({ uin }) => uin), ["20002", "20001"]);
  const [again] = stage.list(["20001"]).people;
  assert(Date.parse(again!.at!) > stage.clock.now() - 2000);
});

Deno.test("People.list() has a new friend and lacks a removed one at once, also when the list was being read", async () => {
  const stage = new Stage();
  stage.friends = ["20001", "20002"];
  stage.list();
  await stage.clock.advance(1000);
  const friends = () =>
    stage.list().people.filter(({ isFriend }) => isFriend)
      .map(({ uin }) => uin);
  assertEquals(friends(), ["20001", "20002"]);
  await stage.clock.advance(1000);
  stage.people.onFriend("10001", "20001", false);
  assertEquals(friends(), ["20002"]);
  stage.people.onEvents([{
    seq: 1,
    account: "10001",
    event: "friend.accepted",
    frame: JSON.stringify({ data: { from: "20003", text: "" } }),
  }]);
  // This read begins before the next change, and ends after it with the former list.
  stage.friends = ["20002", "20003", "20004"];
  assertEquals(friends(), ["20002", "20003"]);
  stage.people.onFriend("10001", "20004", false);
  assertEquals(friends(), ["20002", "20003"]);
  await stage.clock.advance(50);
  assertEquals(friends(), ["20002", "20003"]);
  stage.friends = ["20002", "20003"];
  await stage.clock.advance(1000);
  assertEquals([friends(), stage.friendReads], [["20002", "20003"], 3]);
});

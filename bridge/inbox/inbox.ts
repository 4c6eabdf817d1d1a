/** Conversations, unread messages and waiting friend requests. @module */

import { defined } from "../../lib/defined.ts";
import type { Clock } from "../../lib/clock.ts";
import {
  type BridgeCommandData,
  type BridgeCommandParams,
  EVENT_NAMES,
  type EventFrame,
} from "../../mod.ts";
import type { Journal } from "../journal/journal.ts";
import {
  applyEvent,
  type Conversation,
  markAllRead,
  MAX_UNREAD,
  newConversation,
  partyOf,
} from "./conversation.ts";
import type { InboxStore, Mark, MarkKind } from "./inbox_store.ts";
import { RecentEvents } from "./recent_events.ts";

/** Maximum number of conversations; of more, those whose last event is oldest are left out until their next one. */
const MAX_CONVERSATIONS = 200_000;

/** Maximum number of marks of each kind in memory; the oldest is dropped: its messages count as unread again. */
const MAX_MARKS = 100_000;

/** Number of events that are read at a time while an answer waits; other work of the bridge is done in between. */
const SLICE = 500;

/** The same when nobody waits: about a millisecond of work. */
const IDLE_SLICE = 32;

/** Delay after an event before it is read, when nobody waits, in milliseconds. */
const IDLE_MS = 50;

/** Delay before the next slice when nobody waits, in milliseconds. */
const NEXT_SLICE_MS = 1;

/** How often the summary is stored, in milliseconds. */
const SAVE_MS = 30_000;

/** Default number of items in one answer. */
const PAGE = 100;

/** Maximum number of events of a conversation that one answer looks through. */
const RECOUNT = 10_000;

const EVENTS = EVENT_NAMES.filter((name) =>
  name !== "presence" && name !== "unknown" && !name.startsWith("account.")
);
const COUNTED: ReadonlySet<string> = new Set(EVENTS);

export interface InboxOptions {
  readonly journal: Journal;
  readonly store: InboxStore;
  readonly clock: Clock;
  /** Called when the summary cannot be read or stored. */
  readonly onError: (error: unknown) => void;
}

/**
 * A summary of the journal with a position of its own. It is caught up in idle
 * time and before each answer, and stored at intervals, outside of the journal's
 * transactions. It is made anew from the journal if it is missing.
 */
export class Inbox {
  readonly #options: InboxOptions;
  /** In the order of their last events. */
  readonly #conversations = new Map<string, Conversation>();
  readonly #marks: Record<MarkKind, Map<string, number>> = {
    read: new Map(),
    answered: new Map(),
  };
  readonly #changed = new Set<Conversation>();
  readonly #removed = new Set<Conversation>();
  readonly #recent = new RecentEvents();
  #after: number;
  #isWhole = true;
  #isStarted = false;
  #catchingUp: Promise<void> | undefined;
  #savedAt: number;
  #cancelIdle: (() => void) | undefined;
  /** When the next work in idle time is due, in milliseconds since 1970. */
  #idleAt = 0;
  #unwatch: (() => void) | undefined;
  #unwatchMarks: (() => void) | undefined;

  constructor(options: InboxOptions) {
    this.#options = options;
    const { clock, journal, store } = options;
    this.#savedAt = clock.now();
    this.#after = journal.oldest - 1;
    for (const mark of store.marks()) this.#setMark(mark);
    const loaded = store.load();
    if (loaded === undefined || loaded.position.epoch !== journal.epoch) return;
    if (loaded.position.seq > journal.head) return;
    this.#after = loaded.position.seq;
    this.#isWhole = false;
    for (
      const one of loaded.conversations.sort((a, b) => a.lastSeq - b.lastSeq)
    ) {
      this.#conversations.set(keyOf(one.account, one.party), one);
      // A mark may be newer than the summary, which is stored less often.
      this.#applyMarks(one);
    }
  }

  /** Catches up in idle time from now on. */
  start(): void {
    this.#isStarted = true;
    this.#unwatchMarks = this.#options.store.watch?.((marks) =>
      this.#follow(marks)
    );
    this.#unwatch = this.#options.journal.watch((events) => {
      this.#recent.add(events);
      // A short wait goes on, or events that follow each other would postpone the reading.
      if (this.#idleAt > this.#options.clock.now() + IDLE_MS) {
        this.#cancelIdle?.();
        this.#cancelIdle = undefined;
      }
      this.#idle();
    });
    this.#idle();
  }

  stop(): void {
    this.#isStarted = false;
    this.#unwatch?.();
    this.#unwatchMarks?.();
    this.#cancelIdle?.();
    this.#recent.clear();
    this.#save();
  }

  /** Lists conversations, that of the last message or friend event first. */
  async conversations(
    accounts: readonly string[],
    params: BridgeCommandParams<"conversations">,
    nicknameOf: (uin: string) => string,
  ): Promise<BridgeCommandData<"conversations">> {
    await this.#catchUp();
    const { after = Infinity, limit = PAGE, unread: isUnread } = params;
    const reached = new Set(accounts);
    const unreadByAccount: Record<string, number> = {};
    const found: Conversation[] = [];
    for (const one of this.#newestFirst()) {
      if (!reached.has(one.account)) continue;
      const { account, unread } = one;
      unreadByAccount[account] = (unreadByAccount[account] ?? 0) + unread;
      if (isUnread && unread === 0) continue;
      if (one.lastSeq < after && found.length <= limit) found.push(one);
    }
    const page = found.slice(0, limit);
    return {
      conversations: page.flatMap((one) => {
        const last = this.#readEvent(one.account, one.lastSeq);
        // Retention has dropped it.
        if (last === undefined) return [];
        return [{
          account: one.account,
          with: one.party,
          nickname: nicknameOf(one.party),
          last,
          unread: one.unread,
          ...defined({ firstUnread: one.firstUnread || undefined }),
          readUpTo: this.#markOf("read", one.account, one.party),
        }];
      }),
      unreadByAccount,
      ...(found.length > page.length ? { next: page.at(-1)!.lastSeq } : {}),
    };
  }

  /** Lists the friend requests that wait for an answer, the newest first. */
  async requests(
    accounts: readonly string[],
    { after = Infinity, limit = PAGE }: BridgeCommandParams<"requests">,
    nicknameOf: (uin: string) => string,
  ): Promise<BridgeCommandData<"requests">> {
    await this.#catchUp();
    const reached = new Set(accounts);
    const { oldest } = this.#options.journal;
    const waiting = [...this.#conversations.values()]
      .filter(({ account, requestSeq }) =>
        requestSeq >= Math.max(1, oldest) && reached.has(account)
      )
      .sort((a, b) => b.requestSeq - a.requestSeq);
    const found = waiting.filter(({ requestSeq }) => requestSeq < after);
    const page = found.slice(0, limit);
    return {
      requests: page.flatMap(({ account, party, requestSeq: seq }) => {
        const frame = this.#readEvent(account, seq);
        if (frame?.event !== "friend.request") return [];
        const { at, data } = frame;
        const nickname = nicknameOf(party);
        return [{ account, from: party, nickname, text: data.text, at, seq }];
      }),
      total: waiting.length,
      ...(found.length > page.length ? { next: page.at(-1)!.requestSeq } : {}),
    };
  }

  /**
   * Marks the messages of a conversation, or of all of an account's, as read up
   * to a position. A mark never moves back.
   *
   * @returns Number of the account's unread messages in these conversations.
   */
  async markRead(
    account: string,
    { with: party = "", upTo }: BridgeCommandParams<"markRead">,
  ): Promise<{ unread: number }> {
    await this.#catchUp();
    const seq = Math.min(upTo, this.#options.journal.head);
    if (seq > this.#markOf("read", account, party)) {
      await this.#putMark({ kind: "read", account, party, seq });
    }
    let unread = 0;
    for (const one of this.#conversations.values()) {
      if (one.account !== account) continue;
      if (party !== "" && one.party !== party) continue;
      this.#applyReadMark(one);
      unread += one.unread;
    }
    return { unread };
  }

  /** Takes a friend request off the list that was answered at the QQ server. */
  onAnswer(account: string, party: string): void {
    this.answer(account, party).catch(this.#options.onError);
  }

  /** Takes a friend request off the list. Returns false if none waits. */
  async answer(account: string, party: string): Promise<boolean> {
    await this.#catchUp();
    const one = this.#conversations.get(keyOf(account, party));
    if (one === undefined || one.requestSeq === 0) return false;
    const { requestSeq: seq } = one;
    await this.#putMark({ kind: "answered", account, party, seq });
    this.#applyMarks(one);
    return true;
  }

  *#newestFirst(): Generator<Conversation> {
    const all = [...this.#conversations.values()];
    for (let at = all.length - 1; at >= 0; at--) yield all[at]!;
  }

  #applyMarks(one: Conversation): void {
    const { account, party, requestSeq } = one;
    if (
      requestSeq > 0 && requestSeq <= this.#markOf("answered", account, party)
    ) {
      one.requestSeq = 0;
      this.#changed.add(one);
    }
    this.#applyReadMark(one);
  }

  #applyReadMark(one: Conversation): void {
    const mark = this.#markOf("read", one.account, one.party);
    if (one.unread === 0 || mark < one.firstUnread) return;
    if (mark >= one.receivedSeq) markAllRead(one);
    else this.#recount(one, mark);
    this.#changed.add(one);
  }

  /** Counts the messages after a mark in the middle of the unread ones. */
  #recount(one: Conversation, mark: number): void {
    const { journal } = this.#options;
    let before = this.#after + 1;
    let count = 0;
    let first = 0;
    for (let looked = 0; looked < RECOUNT; looked += 100) {
      const { account, party } = one;
      const page = journal.history({ account, party, before, limit: 100 });
      const later = page.events.filter(({ seq }) => seq > mark);
      for (const { event, seq } of later.reverse()) {
        if (event !== "message" && event !== "message.stranger") continue;
        count++;
        first = seq;
      }
      const oldest = page.events.at(0)?.seq ?? 0;
      if (!page.more || oldest <= mark || count >= MAX_UNREAD) break;
      before = Math.min(oldest, page.events.at(-1)?.seq ?? oldest);
    }
    one.unread = Math.min(MAX_UNREAD, count);
    one.firstUnread = first;
  }

  #readEvent(account: string, seq: number): EventFrame | undefined {
    const { events } = this.#options.journal.read(seq - 1, {
      limit: 1,
      accounts: [account],
    });
    const [event] = events;
    return event?.seq === seq
      ? JSON.parse(event.frame) as EventFrame
      : undefined;
  }

  #markOf(kind: MarkKind, account: string, party: string): number {
    const marks = this.#marks[kind];
    return Math.max(
      marks.get(keyOf(account, party)) ?? 0,
      marks.get(keyOf(account, "")) ?? 0,
    );
  }

  async #putMark(mark: Mark): Promise<void> {
    // Stored first: what cannot be stored must not seem done.
    await this.#options.store.putMark(mark);
    this.#setMark(mark);
  }

  /** Takes over what another node has marked. */
  #follow(marks: readonly Mark[]): void {
    for (const mark of marks) {
      const { kind, account, party, seq } = mark;
      if (seq <= this.#markOf(kind, account, party)) continue;
      this.#setMark(mark);
      const whole = party === "" ? this.#conversations.values() : [];
      const one = this.#conversations.get(keyOf(account, party));
      for (const conversation of one === undefined ? whole : [one]) {
        if (conversation.account === account) this.#applyMarks(conversation);
      }
    }
  }

  #setMark({ kind, account, party, seq }: Mark): void {
    const marks = this.#marks[kind];
    const key = keyOf(account, party);
    marks.delete(key);
    marks.set(key, seq);
    if (marks.size > MAX_MARKS) marks.delete(marks.keys().next().value!);
  }

  #idle(): void {
    if (this.#cancelIdle !== undefined || !this.#isStarted) return;
    const { clock, journal } = this.#options;
    const untilSave = this.#savedAt + SAVE_MS - clock.now();
    const behind = journal.head - this.#after;
    const delayMs = behind === 0
      ? Math.max(IDLE_MS, untilSave)
      : behind < IDLE_SLICE || this.#catchingUp !== undefined
      ? IDLE_MS
      : NEXT_SLICE_MS;
    this.#idleAt = clock.now() + delayMs;
    this.#cancelIdle = clock.after(delayMs, () => {
      this.#cancelIdle = undefined;
      if (this.#catchingUp === undefined) this.#readInTurn();
      if (clock.now() - this.#savedAt >= SAVE_MS) this.#save();
      const hasMore = this.#after < journal.head || this.#changed.size > 0;
      if (hasMore && journal.readFailure === undefined) this.#idle();
    });
  }

  #readInTurn(): void {
    try {
      this.#readSlice(IDLE_SLICE);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Reads to the head. Other work is done between slices. */
  #catchUp(): Promise<void> {
    return this.#catchingUp ??= this.#readAll().finally(() =>
      this.#catchingUp = undefined
    );
  }

  async #readAll(): Promise<void> {
    while (this.#readSlice(SLICE)) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** Returns whether more follows. */
  #readSlice(limit: number): boolean {
    const { journal } = this.#options;
    if (this.#after >= journal.head) return false;
    const recent = this.#recent.take(this.#after, limit);
    if (recent !== undefined) {
      for (const { event, frame, seq } of recent) {
        if (COUNTED.has(event)) this.#apply(JSON.parse(frame));
        this.#after = seq;
      }
      return this.#after < journal.head;
    }
    const { events, upTo } = journal.read(this.#after, {
      limit,
      events: EVENTS,
    });
    for (const { frame } of events) this.#apply(JSON.parse(frame));
    this.#after = upTo;
    return this.#after < journal.head;
  }

  #apply(frame: EventFrame): void {
    const party = partyOf(frame);
    if (party === undefined) return;
    const { account } = frame;
    const key = keyOf(account, party);
    const one = this.#conversations.get(key) ?? newConversation(account, party);
    applyEvent(one, frame, {
      readUpTo: this.#markOf("read", account, party),
      answeredUpTo: this.#markOf("answered", account, party),
    });
    this.#conversations.delete(key);
    this.#conversations.set(key, one);
    this.#changed.add(one);
    if (this.#conversations.size <= MAX_CONVERSATIONS) return;
    const [oldestKey, oldest] = this.#conversations.entries().next().value!;
    this.#conversations.delete(oldestKey);
    this.#changed.delete(oldest);
    this.#removed.add(oldest);
  }

  #save(): void {
    const { clock, journal, store, onError } = this.#options;
    this.#savedAt = clock.now();
    try {
      this.#dropTrimmed();
      store.save(
        { epoch: journal.epoch, seq: this.#after },
        this.#changed,
        this.#removed,
        this.#isWhole,
      );
      this.#isWhole = false;
      this.#changed.clear();
      this.#removed.clear();
    } catch (error) {
      // Stored with the next changes.
      onError(error);
    }
  }

  /** Leaves out conversations whose last event retention has dropped. */
  #dropTrimmed(): void {
    const { oldest } = this.#options.journal;
    for (const [key, one] of this.#conversations) {
      if (one.lastSeq >= oldest) break;
      this.#conversations.delete(key);
      this.#changed.delete(one);
      this.#removed.add(one);
    }
  }
}

function keyOf(account: string, party: string): string {
  return `${account} ${party}`;
}

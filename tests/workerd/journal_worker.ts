/** The cases of all journals in Durable Objects, each in an object of its own. @module */

import {
  type ObjectStorage,
  openObjectDatabase,
} from "../../bridge/cloudflare/object_database.ts";
import { MIGRATIONS } from "../../bridge/journal/sqlite/migrations.ts";
import {
  SqliteJournal,
  type SqliteJournalOptions,
} from "../../bridge/journal/sqlite/sqlite_journal.ts";
import { journalCases } from "../contract/journal_cases.ts";

interface Objects {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

/** Runs the case whose title is the body, and answers with its error, or nothing. */
export class Bridge {
  readonly #storage: ObjectStorage;

  constructor(state: { storage: ObjectStorage }) {
    this.#storage = state.storage;
  }

  #open(options: SqliteJournalOptions = {}): SqliteJournal {
    const database = openObjectDatabase(this.#storage, {
      what: "the journal",
      migrations: MIGRATIONS,
    });
    return new SqliteJournal(database, options);
  }

  /** Appends an event whose data is as long as the journal permits; returns what a new journal reads. */
  async #appendLongest(): Promise<number[]> {
    const { maxEventBytes } = this.#open();
    const data = { raw: "x".repeat(maxEventBytes - '{"raw":""}'.length) };
    await this.#open().append({
      events: [{ account: "1".repeat(20), at: 0, event: "unknown", data }],
    });
    const { events } = this.#open().read(0, { limit: 1 });
    return events.map(({ frame }) => JSON.parse(frame).data.raw.length);
  }

  async fetch(request: Request): Promise<Response> {
    const title = await request.text();
    if (title === "longest") return Response.json(await this.#appendLongest());
    const found = journalCases().find((one) => one.title === title)!;
    try {
      await found.run((options) => this.#open(options));
      return new Response();
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error));
    }
  }
}

export default {
  async fetch(request: Request, env: { BRIDGE: Objects }): Promise<Response> {
    const title = await request.clone().text();
    return await env.BRIDGE.get(env.BRIDGE.idFromName(title)).fetch(request);
  },
};

/** The cases of all journals in Durable Objects, each in an object of its own. @module */

import {
  type ObjectStorage,
  openObjectDatabase,
} from "../../bridge/cloudflare/object_database.ts";
import { MIGRATIONS } from "../../bridge/journal/sqlite/migrations.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
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

  async fetch(request: Request): Promise<Response> {
    const title = await request.text();
    const found = journalCases().find((one) => one.title === title)!;
    try {
      await found.run((options) =>
        new SqliteJournal(
          openObjectDatabase(this.#storage, {
            what: "the journal",
            migrations: MIGRATIONS,
          }),
          options,
        )
      );
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

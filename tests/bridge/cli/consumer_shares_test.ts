/** Names of consumers that tokens share, in the journal that the program opens. @module */

import { type Grant, OPERATOR } from "../../../bridge/access/grant.ts";
import { Authenticator } from "../../../bridge/access/authenticator.ts";
import { TokenService } from "../../../bridge/access/token_service.ts";
import { openFolderJournal } from "../../../bridge/cli/program/stores.ts";
import { Consumers } from "../../../bridge/hub/consumers.ts";
import { CONSUMERS_OF_OWNER } from "../../../bridge/journal/limits.ts";
import { BridgeDatabase } from "../../../bridge/storage/bridge_database.ts";
import { DataFolder } from "../../../bridge/storage/data_folder.ts";
import { openBridge } from "../../../bridge/storage/opening.ts";
import { assertEquals, assertRejects } from "@std/assert";

async function withStores(
  path: string,
  use: (
    stores: {
      consumers: Consumers;
      tokens: TokenService;
      verify(text: string): Grant;
    },
  ) => Promise<void>,
): Promise<void> {
  using folder = DataFolder.open(path, "test");
  using database = openBridge(folder, (file) => new BridgeDatabase(file));
  const { journal, close } = openFolderJournal(folder, database, {}, () => {});
  const consumers = new Consumers(journal);
  const tokens = new TokenService({ store: database.tokens, consumers });
  const authenticator = new Authenticator({ tokens: database.tokens });
  const verify = (text: string) => authenticator.verify(text)!;
  try {
    await use({ consumers, tokens, verify });
  } finally {
    await close();
  }
}

Deno.test("consumers: a manager and the tokens that it created share 1,000 names", async () => {
  const path = await Deno.makeTempDir();
  await Deno.chmod(path, 0o700);
  const accounts = ["10001"];
  try {
    await withStores(path, async ({ consumers, tokens, verify }) => {
      const { token, id } = await tokens.create(OPERATOR, {
        name: "m",
        accounts,
      });
      const readers: string[] = [];
      for (let n = 0; n < 10; n++) {
        const made = { name: `r${n}`, accounts };
        readers.push((await tokens.create(verify(token), made)).id);
      }
      const names = readers.flatMap((reader) =>
        Array.from(
          { length: CONSUMERS_OF_OWNER / 5 },
          (_, n) => `${reader}/${n}`,
        )
      );
      const results = await Promise.allSettled(
        names.map((name) => consumers.reset(name, 0)),
      );
      const taken = results.filter(({ status }) => status === "fulfilled");
      assertEquals([names.length, taken.length], [2000, CONSUMERS_OF_OWNER]);
      await assertRejects(() => consumers.reset(`${id}/own`, 0), RangeError);
      const other = await tokens.create(OPERATOR, { name: "other", accounts });
      for (const owner of ["admin", "local", other.id]) {
        await consumers.reset(`${owner}/x`, 0);
      }
      await tokens.revoke(OPERATOR, { name: "m" });
    });
    await withStores(path, async ({ consumers, tokens }) => {
      assertEquals(consumers.list().length, 3);
      const { id } = await tokens.create(OPERATOR, { name: "m2", accounts });
      await consumers.reset(`${id}/x`, 0);
    });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

import { openReplicaFile } from "../../../../bridge/cluster/replica/replica_file.ts";
import { assertEquals } from "@std/assert";

Deno.test("openReplicaFile() leaves the sync of each commit to the log", () => {
  const database = openReplicaFile(":memory:");
  assertEquals({ ...database.prepare("PRAGMA synchronous").get() }, {
    synchronous: 1,
  });
  database.close();
});

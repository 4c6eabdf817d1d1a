import { delay } from "@std/async";
import { DataFolder } from "../../../bridge/storage/data_folder.ts";

// Holds the folder that the argument names until it is killed.
using folder = DataFolder.open(Deno.args[0]!, "serve");
folder.publish();
console.log(Deno.pid);
await delay(60_000);

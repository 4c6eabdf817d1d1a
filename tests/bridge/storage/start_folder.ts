import { startFolder } from "../../support/start_folder.ts";

// Opens the folder that the argument names as a start does, and closes it.
console.log("begins");
startFolder(Deno.args[0]!);

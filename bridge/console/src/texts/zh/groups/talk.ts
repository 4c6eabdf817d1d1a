/** Chinese texts of a group, loaded together, because one file is smaller than several: what every page, the chats and the accounts say. @module */

export { ZH as COMMON } from "../common.ts";
export { ZH as UI } from "../ui.ts";
export { ZH as ERRORS } from "../errors.ts";
export { ZH as CHATS } from "../chats.ts";
export { ZH as ACCOUNTS } from "../accounts.ts";
export { ZH as PEOPLE } from "../people.ts";
export { ZH as SHELL } from "../shell.ts";

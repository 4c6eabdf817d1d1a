/** Which fields each command's request has. @module */

import { type CommandName, COMMANDS } from "./codes.ts";
import { type KnownCodes, knownCodes } from "./fields.ts";

const HEAD = ["VER", "CMD", "SEQ", "UIN"];

/** What clients of VER=1.4 send and nothing is known about; LG and ST of a Login are read. */
const READ_OVER = knownCodes([
  "CON",
  "SID",
  "XP",
  "M5",
  "LG",
  "GD",
  "CKE",
  "SC",
  "TO",
  "CM",
]);
const READ_OVER_LOGIN = knownCodes(["ST"]);

/** The fields of each command's request, in order. */
const CODES: Readonly<Record<CommandName, KnownCodes>> = {
  Login: knownCodes([...HEAD, "PS", "M5", "LC"]),
  List: knownCodes([...HEAD, "TN", "UN"]),
  Query_Stat: knownCodes([...HEAD, "TN", "UN"]),
  GetInfo: knownCodes([...HEAD, "LV", "UN"]),
  AddToList: knownCodes([...HEAD, "UN"]),
  Ack_AddToList: knownCodes([...HEAD, "UN", "CD", "RS"]),
  DelFromList: knownCodes([...HEAD, "UN"]),
  Finger: knownCodes([...HEAD, "AG", "SX", "PV"]),
  Change_Stat: knownCodes([...HEAD, "ST"]),
  GetMsgEx: knownCodes(HEAD),
  CLTMSG: knownCodes([...HEAD, "UN", "MG"]),
  Logout: knownCodes(HEAD),
  VERIFYCODE: knownCodes([...HEAD, "VC"]),
  SimpleInfo2: knownCodes([...HEAD, "UN"]),
  Query_Stat2: knownCodes([...HEAD, "UN"]),
  Change_Stat2: knownCodes([...HEAD, "ST"]),
};

const LATER_CODES = new Map(
  COMMANDS.map((cmd) => [cmd, [
    ...CODES[cmd],
    ...READ_OVER,
    ...(cmd === "Login" ? READ_OVER_LOGIN : []),
  ]]),
);

/** The fields that a command has a use for, or that are read over. */
export function codesOf(cmd: CommandName, isLater: boolean): KnownCodes {
  return (isLater ? LATER_CODES.get(cmd) : CODES[cmd]) ?? CODES[cmd];
}

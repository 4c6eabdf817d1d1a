/** Which fields each command's request has. @module */

import { type CommandName, COMMANDS } from "./codes.ts";
import { type KnownCodes, knownCodesOf } from "./fields.ts";

const HEAD = "VER CMD SEQ UIN";

/** What clients of VER=1.4 send and nothing is known about; LG of a Login is read. */
const READ_OVER = "CON SID XP M5 LG GD CKE SC TO CM";

const ROWS: Readonly<Partial<Record<CommandName, string>>> = {
  Login: "PS M5 LC",
  List: "TN UN",
  Query_Stat: "TN UN",
  GetInfo: "LV UN",
  AddToList: "UN",
  Ack_AddToList: "UN CD RS",
  DelFromList: "UN",
  Finger: "AG SX PV",
  Change_Stat: "ST",
  CLTMSG: "UN MG",
  VERIFYCODE: "VC",
  SimpleInfo2: "UN",
  Query_Stat2: "UN",
  Change_Stat2: "ST",
};

/** The fields of each command's request, in order. */
const CODES = /* @__PURE__ */ knownCodesOf(COMMANDS, HEAD, ROWS);

const LATER_CODES = /* @__PURE__ */ laterCodes();

function laterCodes(): typeof CODES {
  return knownCodesOf(COMMANDS, `${HEAD} ${READ_OVER}`, {
    ...ROWS,
    Login: "PS M5 LC ST",
  });
}

/** The fields that a command has a use for, or that are read over. */
export function codesOf(cmd: CommandName, isLater: boolean): KnownCodes {
  return (isLater ? LATER_CODES : CODES)[cmd];
}

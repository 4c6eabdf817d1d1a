/** Which fields each command's request has. @module */

import { type CommandName, COMMANDS } from "./codes.ts";
import { type KnownCodes, knownCodes, knownCodesOf } from "./fields.ts";

const HEAD = "VER CMD SEQ UIN";

/** What clients of VER=1.4 send and nothing is known about; LG and ST of a Login are read. */
const READ_OVER = "CON SID XP M5 LG GD CKE SC TO CM";
const READ_OVER_LOGIN = "ST";

/** The fields of each command's request, in order. */
const CODES = /* @__PURE__ */ knownCodesOf<CommandName>(HEAD, {
  Login: "PS M5 LC",
  List: "TN UN",
  Query_Stat: "TN UN",
  GetInfo: "LV UN",
  AddToList: "UN",
  Ack_AddToList: "UN CD RS",
  DelFromList: "UN",
  Finger: "AG SX PV",
  Change_Stat: "ST",
  GetMsgEx: "",
  CLTMSG: "UN MG",
  Logout: "",
  VERIFYCODE: "VC",
  SimpleInfo2: "UN",
  Query_Stat2: "UN",
  Change_Stat2: "ST",
});

const LATER_CODES = /* @__PURE__ */ laterCodes();

function laterCodes(): ReadonlyMap<CommandName, KnownCodes> {
  const readOver = knownCodes(READ_OVER);
  const ofLogin = knownCodes(READ_OVER_LOGIN);
  return new Map(
    COMMANDS.map((cmd) => [cmd, [
      ...CODES[cmd],
      ...readOver,
      ...(cmd === "Login" ? ofLogin : []),
    ]]),
  );
}

/** The fields that a command has a use for, or that are read over. */
export function codesOf(cmd: CommandName, isLater: boolean): KnownCodes {
  return (isLater ? LATER_CODES.get(cmd) : CODES[cmd]) ?? CODES[cmd];
}

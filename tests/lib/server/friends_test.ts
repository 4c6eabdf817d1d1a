import { onStages, PASSWORD_MD5, type Stage } from "./stage.ts";

/** 10001 and 10002, who adds friends by a policy, logged in. */
function pair(policy: "anybody" | "verify" | "nobody") {
  return async (stage: Stage) => {
    await stage.accounts("10001");
    await stage.server.createAccount({
      uin: "10002",
      passwordMd5: PASSWORD_MD5,
      policy,
    });
    await stage.login("10001", "10002");
  };
}

onStages(pair("anybody"), [
  [
    "AddToList: adds an account with the policy anybody at once, with one notice",
    `10001 AddToList UN=10002 -> RES=0&CD=0&UN=10002
    10002 mail -> 1, 10001, ,
    10001 friends -> 10002,
    10002 friends -> 10001,
    10001 AddToList UN=10002 -> RES=0&CD=0&UN=10002
    10002 mail ->`,
  ],
]);

onStages(pair("nobody"), [
  [
    "AddToList: refuses an account with the policy nobody, and a request to it",
    `10001 AddToList UN=10002 -> RES=0&CD=2&UN=10002
    10001 Ack_AddToList UN=10002&CD=2&RS=x -> RES=3
    10002 mail ->`,
  ],
]);

onStages(pair("verify"), [
  [
    "Ack_AddToList: a request that is accepted makes both friends, once",
    `10001 AddToList UN=10002 -> RES=0&CD=1&UN=10002
    10001 Ack_AddToList UN=10002&CD=2&RS=我是小明 -> RES=0&
    10002 mail -> 2, 10001, 我是小明,
    10001 friends ->
    10002 Ack_AddToList UN=10001&CD=0&RS= -> RES=0&
    10001 mail -> 3, 10002, ,
    10001 friends -> 10002,
    10002 friends -> 10001,
    wait 800
    10002 Ack_AddToList UN=10001&CD=0&RS= -> RES=3
    10001 Ack_AddToList UN=10002&CD=2&RS= -> RES=3`,
  ],
  [
    "Ack_AddToList: a request is refused with a reason, once",
    `10001 Ack_AddToList UN=10002&CD=2&RS= -> RES=0&
    10002 Ack_AddToList UN=10001&CD=1&RS=no,no -> RES=0&
    10001 mail -> 4, 10002, no%252cno,
    10001 friends ->
    wait 800
    10002 Ack_AddToList UN=10001&CD=1&RS= -> RES=3
    10001 mail ->`,
  ],
  [
    "Ack_AddToList: one answer settles two requests",
    `10001 Ack_AddToList UN=10002&CD=2&RS=a -> RES=0&
    10002 Ack_AddToList UN=10001&CD=2&RS=b -> RES=0&
    wait 800
    10001 Ack_AddToList UN=10002&CD=0&RS= -> RES=0&
    wait 800
    10002 Ack_AddToList UN=10001&CD=0&RS= -> RES=3`,
  ],
  [
    "Ack_AddToList: a CD of 3 and more is refused late",
    `10001 Ack_AddToList UN=10002&CD=3&RS= -> after 20000 RES=3
    10001 Ack_AddToList UN=10002&CD=7&RS= -> after 20000 RES=3
    10001 Ack_AddToList UN=10002&CD=99999999999999999999&RS= -> after 20000 RES=3
    10002 mail ->`,
  ],
  [
    "Ack_AddToList: asking succeeds the second time with ackTwice",
    `10001 Ack_AddToList UN=10002&CD=2&RS=hi -> after 20000 RES=3
    10002 mail ->
    10001 Ack_AddToList UN=10002&CD=2&RS=hi -> RES=0&
    10002 mail -> 2, 10001, hi,`,
    { ackTwice: true },
  ],
]);

onStages(async (stage) => {
  await pair("verify")(stage);
  await stage.server.befriend("10001", "10002");
}, [
  [
    "DelFromList: deletes one side only, and is late when repeated",
    `10001 DelFromList UN=10002 -> RES=0&
    10001 friends ->
    10002 friends -> 10001,
    10001 DelFromList UN=10002 -> after 30000 RES=3
    10002 CLTMSG UN=10001&MG=still there? -> RES=0&
    10001 mail -> 10, 10002, still there?,
    10001 CLTMSG UN=10002&MG=no -> RES=0&
    10002 mail -> 9, 10001, no ,`,
  ],
]);

onStages(async (stage) => {
  await stage.accounts("10001", "10002");
  await stage.login("10001");
}, [
  [
    "Ack_AddToList: a request waits for an account that is not logged in",
    `10001 Ack_AddToList UN=10002&CD=2&RS=hi -> RES=0&
    wait 3600000
    10002 login
    10002 mail -> 2, 10001, hi,`,
  ],
]);

onStages(async (stage) => {
  await pair("anybody")(stage);
  await stage.accounts("10003", "10004");
  await stage.login("10003", "10004");
  await stage.server.befriend("10002", "10003");
}, [
  [
    "AddToList: refuses a friend over the limit of the other list",
    "10001 AddToList UN=10002 -> RES=0&CD=2&UN=10002",
    { limits: { friends: 1 } },
  ],
  [
    "Ack_AddToList: refuses a request over the limit of open requests",
    `10001 Ack_AddToList UN=10004&CD=2&RS= -> RES=0&
    10003 Ack_AddToList UN=10004&CD=2&RS= -> RES=3`,
    { limits: { requests: 1 } },
  ],
]);

onStages(async (stage) => {
  await pair("anybody")(stage);
  await stage.accounts("10003", "10004");
  await stage.login("10003", "10004");
  await stage.ask("10001", "Ack_AddToList", "UN=10004&CD=2&RS=");
  await stage.server.befriend("10001", "10003");
}, [
  [
    "Ack_AddToList: an acceptance over the limit of friends is refused",
    "10004 Ack_AddToList UN=10001&CD=0&RS= -> RES=3",
    { limits: { friends: 1 } },
  ],
]);

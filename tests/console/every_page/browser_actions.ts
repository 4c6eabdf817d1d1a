import { assertEquals } from "@std/assert";
import type { Page } from "../deps.ts";
import { intercept } from "../interceptor.ts";
import { atRest, nameConsumer, NO_BRIDGE, until } from "../page.ts";
import { Stage } from "../stage.ts";

const HOOK = "http://127.0.0.1:9/hook";

/** Makes a token, a target, and a consumer without a connection. */
async function fill(stage: Stage): Promise<void> {
  await stage.command("createToken", { name: "visitor", scopes: ["read"] });
  await stage.command("setTarget", { kind: "hook", url: HOOK });
  await nameConsumer(stage);
}

/** Clicks buttons, entries of a menu or boxes by their names. */
async function press(page: Page, names: readonly (string | RegExp)[]) {
  for (const name of names) {
    const exact = typeof name === "string";
    await page.getByRole("button", { name, exact })
      .or(page.getByRole("menuitem", { name, exact }))
      .or(page.getByRole("checkbox", { name, exact })).first().click();
  }
}

/** What cannot be undone: where, what is chosen there, what asks, the button that confirms, and the commands. */
const HARM: readonly {
  path: string;
  before?: readonly (string | RegExp)[];
  asks: readonly (string | RegExp)[];
  confirms: string;
  sends: readonly string[];
}[] = [
  {
    path: "accounts/10001",
    asks: [/^Remove account 10001/],
    confirms: "Remove",
    sends: ["removeAccount 10001"],
  },
  {
    path: "accounts",
    before: ["Table", /^Select .*小明/, /^Select .*Alice/],
    asks: ["Remove…"],
    confirms: "Remove",
    sends: ["removeAccount 10001", "removeAccount 10002"],
  },
  {
    path: "accounts",
    before: [/^Select .*小明/, /^Select .*Alice/],
    asks: ["Log out"],
    confirms: "Log out",
    sends: ["logout 10001", "logout 10002"],
  },
  {
    path: "chats/10001/10002",
    before: [/^Profile of/],
    asks: ["Remove friend"],
    confirms: "Remove friend",
    sends: ["removeFriend 10002"],
  },
  {
    path: "chats/10001",
    before: [/^Requests/],
    asks: ["Remove from list"],
    confirms: "Remove from list",
    sends: ["answerRequest 20001"],
  },
  {
    path: "tokens",
    asks: ["Actions for visitor", "Revoke"],
    confirms: "Revoke",
    sends: ["revokeToken"],
  },
  {
    path: "targets",
    asks: [/^More actions for/, "Remove"],
    confirms: "Remove",
    sends: ["removeTarget"],
  },
  {
    path: "connections/consumers",
    asks: ["Actions for sleepy", "Remove"],
    confirms: "Remove",
    sends: ["removeConsumer"],
  },
];

Deno.test("console: a question before harm has its buttons in a row, and Cancel comes first", async () => {
  await using stage = await Stage.start();
  await fill(stage);
  await stage.addAccount("20001", "老王");
  const client = stage.oldClient("20001");
  await client.login();
  await client.ask({
    cmd: "Ack_AddToList",
    target: "10001",
    answer: "ask",
    reason: "hello",
  });
  const page = await stage.openSignedIn();
  const socket = await intercept(page);
  const commands = new Set(
    HARM.flatMap(({ sends }) => sends.map((one) => one.split(" ")[0])),
  );
  // Nothing is removed, so that each row finds everything.
  socket.answer = ({ command }) =>
    commands.has(command) ? { data: {} } : undefined;
  const sent = () =>
    socket.sent.filter(({ command }) => commands.has(command))
      .map(({ command, account, params: { uin = account } }) =>
        uin === undefined ? command : `${command} ${uin}`
      ).sort().join();
  const dialog = page.getByRole("dialog");
  const row = dialog.last().locator(".ui-dialog-actions");
  /** Cancels the question of an action, and asks it again. */
  const askTwice = async (asks: readonly (string | RegExp)[]) => {
    await press(page, asks);
    const buttons = row.getByRole("button");
    await buttons.first().waitFor();
    assertEquals(await buttons.first().innerText(), "Cancel");
    await until(
      () => page.evaluate("document.activeElement.innerText"),
      (text) => text === "Cancel",
    );
    const tops = await atRest(() =>
      buttons.evaluateAll((all) =>
        all.map((one) =>
          (one as unknown as { getBoundingClientRect(): { top: number } })
            .getBoundingClientRect().top
        )
      )
    );
    assertEquals([tops.length, new Set(tops).size], [2, 1]);
    await buttons.first().click();
    await row.waitFor({ state: "detached" });
    await press(page, asks);
  };
  for (const { path, before = [], asks, confirms, sends } of HARM) {
    await page.goto(`${stage.url}/#/${path}`);
    // What the row before has removed is there again.
    await page.reload();
    await press(page, before);
    await askTwice(asks);
    assertEquals(sent(), "", `${path}: it does not ask`);
    await row.getByRole("button", { name: confirms }).click();
    await row.waitFor({ state: "detached" });
    await until(() => Promise.resolve(sent()), (all) => all === sends.join());
    socket.sent.length = 0;
  }

  await page.goto(`${stage.url}/#/settings`);
  const ended: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "DELETE") ended.push(request.url());
  });
  await askTwice(["Sign out everywhere"]);
  assertEquals(ended, []);
  await row.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByLabel("Token").waitFor();
  assertEquals(ended, [`${stage.url}/console/session?everywhere`]);
  stage.assertNoProblem();
});

/** A page, what is opened there, and the controls that need the bridge, by their names. */
const NEEDING: readonly {
  path: string;
  before?: readonly (string | RegExp)[];
  controls: readonly (string | RegExp)[];
}[] = [
  {
    path: "accounts/10002",
    controls: [
      "Add an account",
      "Log out",
      "Change",
      /^Remove acc/,
      /^Presence/,
    ],
  },
  { path: "tokens", controls: ["Create a token"] },
  {
    path: "tokens",
    before: ["Actions for visitor"],
    controls: ["Revoke"],
  },
  { path: "tokens", before: ["Create a token"], controls: ["Create"] },
  {
    path: "tokens",
    before: ["Actions for visitor", "Revoke"],
    controls: ["Revoke"],
  },
  { path: "targets", controls: ["Add a target", "Try again now"] },
  {
    path: "targets",
    before: [/^More actions for/],
    controls: ["Change", "Disable", "Remove"],
  },
  {
    path: "targets",
    before: [/^More actions for/, "Change"],
    controls: ["Save"],
  },
  {
    path: "connections",
    before: [/^Actions for/],
    controls: ["Disconnect"],
  },
  {
    path: "connections/consumers",
    before: ["Actions for sleepy"],
    controls: [/^Replay/, "Remove"],
  },
  {
    path: "connections/consumers",
    before: ["Actions for sleepy", /^Replay/],
    controls: ["Move"],
  },
  { path: "playground/ping", controls: ["Call"] },
  { path: "playground/raw-frame", controls: ["Send frame"] },
  { path: "settings", controls: [/^Log level/, "Sign out everywhere"] },
  { path: "logs", controls: [/^Level of the bridge/] },
];

Deno.test("every page: without the bridge, what needs it is disabled and says why", async () => {
  await using stage = await Stage.start();
  await fill(stage);
  stage.expected.push(NO_BRIDGE);
  const first = await stage.openSignedIn();
  const pages: Page[] = [];
  for (const { path, before = [], controls } of NEEDING) {
    const page = await first.context().newPage();
    await page.goto(`${stage.url}/#/${path}`);
    await press(page, before);
    await control(page, controls[0]!).waitFor();
    pages.push(page);
  }
  await stage.kill();
  for (const [at, { path, controls }] of NEEDING.entries()) {
    for (const name of controls) {
      const what = `${path}: ${name}`;
      const one = control(pages[at]!, name);
      await until(() => one.isDisabled(), (is) => is);
      await until(
        async () => `${what}: ${await one.evaluate(REASON)}`,
        (text) => /Not connected/.test(text),
      );
    }
  }
  stage.assertNoProblem();
});

/** Last control of a page that has this name; an entry of a menu has its reason in its name, too. */
function control(page: Page, name: string | RegExp) {
  const exact = typeof name === "string";
  return page.getByRole("button", { name, exact })
    .or(page.getByRole("menuitem", { name: exact ? RegExp(`^${name}`) : name }))
    .or(page.getByLabel(name)).last();
}

/** Everything that says why a control is disabled: of itself, its label and its dialog. */
const REASON = (one: unknown) => {
  const element = one as {
    title: string;
    innerText: string;
    closest(selector: string): { innerText: string } | null;
  };
  return [
    element.title,
    element.innerText,
    element.closest("label")?.innerText,
    element.closest("dialog")?.innerText,
  ].join(" ");
};

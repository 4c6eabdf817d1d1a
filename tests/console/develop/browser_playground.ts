import { assert, assertEquals } from "@std/assert";
import { COMMAND_EXAMPLES } from "../../support/command_examples.ts";
import type { Page } from "../deps.ts";
import { until, untilEqual, untilOnline, untilState } from "../page.ts";
import { Stage, TOKEN } from "../stage.ts";

const form = (page: Page) => page.locator(".call");
const result = (page: Page) => page.locator(".call-result");

async function open(stage: Stage, page: Page, command: string) {
  await page.goto(`${stage.url}/#/playground/${command}`);
  await page.getByRole("heading", { name: command }).first().waitFor();
}

async function call(page: Page) {
  await page.getByRole("button", { name: "Call", exact: true }).click();
}

/** Text of the field that edits the parameters as JSON. */
function json(page: Page) {
  return page.getByLabel("Parameters as JSON");
}

async function paramsOf(page: Page): Promise<unknown> {
  return JSON.parse(await json(page).inputValue());
}

async function edit(page: Page, as: "Form" | "JSON") {
  await form(page).getByRole("button", { name: as, exact: true }).click();
}

async function chooseAccount(page: Page, uin: string) {
  await page.getByRole("combobox", { name: "account" }).fill(uin);
  await page.keyboard.press("Enter");
}

Deno.test("playground: the form and the JSON of every command edit the same value", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await page.goto(`${stage.url}/#/playground`);
  const links = page.getByRole("navigation", { name: "Commands" })
    .locator("a code");
  await untilEqual(
    async () => (await links.allInnerTexts()).sort(),
    Object.keys(COMMAND_EXAMPLES).sort(),
  );
  for (const [name, { valid }] of Object.entries(COMMAND_EXAMPLES)) {
    await open(stage, page, name);
    for (const params of valid) {
      if (params === undefined) continue;
      await edit(page, "JSON");
      await json(page).fill(JSON.stringify(params));
      await edit(page, "Form");
      const fields = form(page).locator(".ui-form .ui-field");
      if (Object.keys(params).length > 0) await fields.first().waitFor();
      assertEquals(
        await form(page).locator(".ui-form [aria-invalid=true]").count(),
        0,
        `${name} ${JSON.stringify(params)}`,
      );
      await edit(page, "JSON");
      await untilEqual(() => paramsOf(page), params);
    }
  }
  // What is typed in the form is in the JSON.
  await open(stage, page, "raw");
  await edit(page, "Form");
  await page.getByLabel("cmd").fill("GetInfo");
  await form(page).getByRole("button", { name: "Add" }).click();
  await page.getByLabel("Name").fill("UN");
  await page.getByLabel("Value", { exact: true }).fill("10002");
  await edit(page, "JSON");
  await untilEqual(() => paramsOf(page), {
    cmd: "GetInfo",
    fields: { UN: "10002" },
  });
  stage.assertNoProblem();
});

Deno.test("playground: a call shows its result or its error, over both transports", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  for (const transport of ["WebSocket", "HTTP"]) {
    await open(stage, page, "profile");
    await page.getByLabel("Over").selectOption(transport);
    await chooseAccount(page, "10001");
    await page.getByLabel("uin").fill("10002");
    await call(page);
    await result(page).getByText('"Alice"').waitFor();
    const line = result(page).locator(".outcome-line");
    await until(
      () => line.innerText(),
      (text) =>
        /^ok\b.*\d+ ms.*\d+ bytes/s.test(text) &&
        text.includes("HTTP 200") === (transport === "HTTP"),
    );
    if (transport === "WebSocket") {
      await result(page).getByText("On the QQ wire").click();
    }
    await result(page).getByText("CMD=GETINFO", { exact: false }).first()
      .waitFor();

    await page.getByLabel("uin").fill("99999");
    await call(page);
    await line.filter({ hasText: /rejected|invalid_uin|penalised/ }).waitFor();
    await result(page).locator(".call-error").waitFor();
  }
  // A failed HTTP request is what the test wants.
  stage.expected.push(/status of [45]\d\d/);
  stage.assertNoProblem();
});

Deno.test("playground: what is wrong stands beside its field, in the page's language", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({ locale: "zh-CN" }, "settings");
  await page.goto(`${stage.url}/#/playground/addAccount`);
  await page.getByLabel("uin").fill("12a");
  await page.getByRole("button", { name: "调用", exact: true }).click();
  const field = page.getByLabel("uin");
  await page.locator("[aria-invalid=true]").first().waitFor();
  await untilEqual(() => field.getAttribute("aria-invalid"), "true");
  await page.getByRole("alert").filter({ hasText: "须为 QQ 号码" }).waitFor();
  await page.getByRole("alert").filter({ hasText: "必填" }).waitFor();
  await until(
    () => page.evaluate("document.activeElement.getAttribute('aria-invalid')"),
    (value) => value === "true",
  );
  const described = await field.getAttribute("aria-describedby");
  assertEquals(
    await page.locator(`[id="${described}"]`).innerText(),
    "须为 QQ 号码：1 至 20 位数字。",
  );
  stage.assertNoProblem();
});

Deno.test("playground: each snippet runs as copied, and has no token", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await open(stage, page, "send");
  await chooseAccount(page, "10001");
  const text = `it's "quoted" $HOME 你好`;
  await page.getByLabel("to", { exact: true }).fill("10002");
  await page.getByLabel("text", { exact: true }).fill(text);
  const snippets = page.locator(".snippets");
  const copy = async (kind: string) => {
    await snippets.getByRole("button", { name: kind, exact: true }).click();
    await snippets.locator(`[aria-pressed=true]`, { hasText: kind }).waitFor();
    const code = await snippets.locator("code").innerText();
    assert(!code.includes(TOKEN), code);
    return code;
  };
  const run = async (command: string, args: string[]) => {
    const { success, stdout, stderr } = await new Deno.Command(command, {
      args,
      env: { TQQ_TOKEN: TOKEN, NO_COLOR: "1" },
    }).output();
    const printed = new TextDecoder().decode(stdout);
    assert(success, new TextDecoder().decode(stderr) + printed);
    return printed;
  };
  const seqs = [
    JSON.parse(await run("sh", ["-c", await copy("curl")])).seq as number,
  ];
  const folder = await Deno.makeTempDir();
  for (const kind of ["fetch", "BridgeClient"]) {
    const file = `${folder}/${kind}.ts`;
    await Deno.writeTextFile(file, await copy(kind));
    const printed = await run(Deno.execPath(), [
      "run",
      "--no-config",
      "--no-lock",
      "--no-check",
      "--allow-net",
      "--allow-env",
      `--allow-import=${new URL(stage.url).host}`,
      file,
    ]);
    seqs.push(Number(/seq: (\d+)/.exec(printed)![1]));
  }
  await Deno.remove(folder, { recursive: true });
  const frame = await copy("WebSocket");
  seqs.push(await overSocket(stage, frame));
  assertEquals(seqs, [...seqs].sort((a, b) => a - b));
  const { events } = await stage.ask("history", {
    account: "10001",
    events: ["message.sent"],
  }) as { events: { seq: number; data: unknown }[] };
  assertEquals(
    events.map(({ seq, data }) => ({ seq, data })),
    seqs.map((seq) => ({ seq, data: { to: "10002", text } })),
  );
  stage.assertNoProblem();
});

/** Sends a frame as another client; returns the `seq` of its result. */
async function overSocket(stage: Stage, frame: string): Promise<number> {
  const socket = new WebSocket(`${stage.url.replace("http", "ws")}/ws`);
  const answers = new Promise<number>((resolve) => {
    socket.onmessage = ({ data }) => {
      const { type, data: result } = JSON.parse(data);
      if (type === "result") resolve(result.seq);
    };
  });
  await new Promise((resolve) => socket.onopen = resolve);
  socket.send(JSON.stringify({ type: "hello", token: TOKEN }));
  socket.send(frame);
  const seq = await answers;
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  return seq;
}

Deno.test("playground: calls can be repeated after a reload, without their secrets", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await open(stage, page, "addAccount");
  await page.getByLabel("uin").waitFor();
  assertEquals(
    await page.getByLabel("password").getAttribute("type"),
    "password",
  );
  // Together, as a password manager does it.
  await page.evaluate(`for (
    const [name, value] of [
      ["uin", "10003"],
      ["password", "open-sesame"],
      ["nickname", "Carol"],
    ]
  ) {
    const label = [...document.querySelectorAll(".call label")]
      .find(({ textContent }) => textContent.startsWith(name));
    label.control.value = value;
    label.control.dispatchEvent(new Event("input", { bubbles: true }));
  }`);
  await call(page);
  await result(page).locator(".outcome-line", { hasText: /^ok/ }).waitFor();
  await page.reload();
  await page.goto(`${stage.url}/#/playground`);
  const past = page.getByRole("button", { name: /addAccount.*Carol/ });
  await past.waitFor();
  assert((await past.innerText()).includes("<password>"));
  await until(
    () => page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"),
    (kept) => /Carol/.test(String(kept)) && !/open-sesame/.test(String(kept)),
  );
  await past.click();
  await untilEqual(
    () => page.getByLabel("nickname").inputValue(),
    "Carol",
  );
  // The secret has to be typed again.
  await page.getByLabel("password").fill("open-sesame");
  await call(page);
  await result(page).locator(".outcome-line", { hasText: "already_exists" })
    .waitFor();
  stage.assertNoProblem();
});

Deno.test("playground: a command that ends something asks first, with Cancel in focus", async () => {
  await using stage = await Stage.start();
  const page = await stage.openSignedIn({}, "settings");
  await open(stage, page, "logout");
  await chooseAccount(page, "10002");
  await call(page);
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await until(
    () => page.evaluate("document.activeElement.innerText"),
    (text) => text === "Cancel",
  );
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assertEquals(await result(page).locator(".outcome-line").count(), 0);
  await call(page);
  await dialog.getByRole("button", { name: "Call logout" }).click();
  await result(page).locator(".outcome-line", { hasText: /^ok/ }).waitFor();
  await untilState(stage, "10002", "offline");
  stage.assertNoProblem();
});

Deno.test("playground: a token lists what it cannot call, with the scope that is missing", async () => {
  await using stage = await Stage.start();
  const { token } = await stage.ask("createToken", {
    name: "sender",
    scopes: ["send"],
    accounts: ["10001"],
  }) as { token: string };
  const page = await stage.open(`/#token=${token}`);
  // A token without `read` begins here, as it can use no other page.
  await page.getByRole("heading", { name: "Playground" }).waitFor();
  await page.getByText("This token lacks the scope read.").waitFor();
  await open(stage, page, "friends");
  const button = page.getByRole("button", { name: "Call", exact: true });
  await until(() => button.isDisabled(), (is) => is);
  await open(stage, page, "send");
  await untilOnline(stage, "10001");
  await page.getByLabel("account").fill("10001");
  await page.keyboard.press("Tab");
  await page.getByLabel("to", { exact: true }).fill("10002");
  await page.getByLabel("text", { exact: true }).fill("hi");
  await call(page);
  await result(page).locator(".outcome-line", { hasText: /^ok/ }).waitFor();
  stage.assertNoProblem();
});

Deno.test("playground: a bad raw frame ends its own connection, not the console's", async () => {
  await using stage = await Stage.start();
  // A click may come while the connection closes, which the browser logs.
  stage.expected.push(/already in CLOSING or CLOSED/);
  const page = await stage.openSignedIn({}, "settings");
  const sockets: string[] = [];
  page.on("websocket", (socket) => {
    socket.on("close", () => sockets.push(socket.url()));
  });
  await page.goto(`${stage.url}/#/playground/raw-frame`);
  const field = page.getByRole("textbox", { name: "Frame" });
  const send = page.getByRole("button", { name: "Send frame" });
  await send.click();
  await page.locator(".raw-lines").getByText('"ok"').waitFor();
  await field.fill("not a frame");
  for (let sent = 0; sockets.length === 0; sent++) {
    assert(sent < 200, "The bridge takes any number of bad frames");
    if (await page.getByText("Not connected").isVisible()) break;
    await send.click();
  }
  await page.locator(".raw-lines").getByText("The connection was closed: 4000")
    .waitFor();
  assertEquals(sockets.filter((url) => !url.includes("events=")), []);
  await page.locator(".strip").getByText("Connected", { exact: true })
    .waitFor();
  stage.assertNoProblem();
});

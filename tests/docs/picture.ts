/**
 * Makes the picture of the front page of the console anew: `deno task console:picture`.
 *
 * @module
 */

import { intercept } from "../console/interceptor.ts";
import { bubble, listRows, until } from "../console/page.ts";
import { endBrowser, Stage, startBrowser } from "../console/stage.ts";

const OWN = "10001";

/** Invented people: number, name, face, status. */
const PEOPLE = [
  ["30001", "林小雨", 40, "online"],
  ["30002", "Marco", 64, "online"],
  ["30003", "陈大文", 151, "busy"],
  ["30004", "Priya", 96, "away"],
  ["30005", "王芳", 118, "offline"],
  ["30006", "Jonas", 190, "offline"],
  ["30007", "阿强", 13, "offline"],
] as const;

/** Invented messages, the oldest first: minutes before now, the other side, and the text; `<` is sent, `>` received. */
const TALK = [
  [4300, "30007", "> 照片收到了，谢谢！"],
  [2950, "30006", "< The train leaves at 9:40, platform 3."],
  [2890, "30006", "> Perfect, see you there."],
  [1500, "30005", "> 书我看完了，下周还你"],
  [1480, "30005", "< 不急，慢慢看"],
  [300, "30004", "< Did the new build run on your old laptop?"],
  [290, "30004", "> It did. 47 MB of memory, I am impressed."],
  [95, "30001", "> 周五的聚会还在老地方吗？"],
  [94, "30001", "< 对，车站后面那家面馆，七点"],
  [93, "30001", "> 好的，我带两瓶汽水"],
  [60, "30003", "> 第二版的文档写得很清楚"],
  [58, "30003", "< 谢谢！还差最后一章"],
  [57, "30003", "> 写好了发给我"],
  [44, "30002", "> Are you really writing to me from QQ 2005?"],
  [
    43,
    "30002",
    "< Yes. The old client runs in a window, and the bridge keeps it alive.",
  ],
  [42, "30002", "> 不敢相信 😄 The smileys too?"],
  [
    41,
    "30002",
    "< Text only. But nothing gets lost, not even when I pull the plug.",
  ],
  [12, "30002", "> Then let's test that on Friday. 面馆见？"],
  [11, "30002", "< 面馆见！ 七点，老地方"],
  [2, "30001", "> 我到得早的话先占个座位"],
] as const;

await startBrowser();
{
  await using stage = await Stage.start("--no-demo");
  await stage.command("addAccount", {
    uin: OWN,
    password: "demo",
    nickname: "小明",
  });
  await stage.kill();
  const now = Date.now();
  for (const [minutes, other, line] of TALK) {
    const text = line.slice(2);
    await stage.fillJournal([
      line.startsWith("<")
        ? {
          account: OWN,
          event: "message.sent",
          data: { to: other, text },
        }
        : { account: OWN, event: "message", data: { from: other, text } },
    ], now - minutes * 60_000);
  }
  await stage.restart();
  const page = await stage.openSignedIn({
    viewport: { width: 1280, height: 720 },
  });
  const socket = await intercept(page);
  const people = PEOPLE.map(([uin, nickname, face, status]) => ({
    uin,
    nickname,
    face,
    status,
    isFriend: true,
  }));
  const own = { uin: OWN, nickname: "小明", face: 52, isFriend: false };
  socket.answer = ({ command }) =>
    command === "people"
      ? { data: { people: [...people, own], pending: 0 } }
      : undefined;
  await page.reload();
  await listRows(page).filter({ hasText: "Marco" }).click();
  await bubble(page, "面馆见！ 七点，老地方").waitFor();
  // What is drawn after the texts: faces, and the mark that all was read.
  await until(
    () => page.locator(".column .ui-list .face svg").count(),
    (count) => count === PEOPLE.length,
  );
  await page.evaluate("document.activeElement.blur()");
  await until(
    () => page.evaluate("document.getAnimations().length"),
    (count) => count === 0,
  );
  await page.screenshot({
    path: new URL("../../bridge/console/console.png", import.meta.url).pathname,
  });
}
await endBrowser();

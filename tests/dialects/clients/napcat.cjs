// node-napcat-ts, unmodified: answers what begins with "ask", approves friend requests.

const { serve, settings, tell } = require("./lines.cjs");

const NAME = "node-napcat-ts";

async function main() {
  const { NCWebsocket, Structs } = await import(NAME);
  const bot = new NCWebsocket({
    baseUrl: settings.baseUrl,
    accessToken: settings.accessToken,
    reconnection: { enable: true, attempts: 1000, delay: 200 },
  });
  bot.on("meta_event.lifecycle", () => tell("online"));
  bot.on("meta_event.heartbeat", ({ status }) => tell("heartbeat", { status }));
  bot.on("message.private", async (message) => {
    const text = message.message.map(({ data }) => data.text).join("");
    tell("message", {
      text,
      from: String(message.sender.user_id),
      name: message.sender.nickname,
      seq: message.seq,
    });
    if (text.startsWith("ask ")) {
      const sent = await message.quick_action([
        Structs.text(`answer ${text.slice(4)}`),
      ]);
      tell("sent", { sent });
    }
  });
  bot.on("request.friend", async (request) => {
    tell("friend-request", {
      from: String(request.user_id),
      text: request.comment,
    });
    await bot.set_friend_add_request({ flag: request.flag, approve: true });
  });
  serve({
    login: () => bot.get_login_info(),
    friends: () => bot.get_friend_list(),
    profile: (uin) => bot.get_stranger_info({ user_id: Number(uin) }),
    send: (uin, text) =>
      bot.send_private_msg({
        user_id: Number(uin),
        message: [Structs.text(text)],
      }),
    message: (id) => bot.get_msg({ message_id: id }),
    status: () => bot.get_status(),
  });
  await bot.connect();
  tell("started");
}

main();

// Koishi with its Satori adapter, unmodified: answers what begins with "ask", approves friend requests.

const { Context } = require("koishi");
const { default: Satori } = require("@koishijs/plugin-adapter-satori");
const { default: Http } = require("@koishijs/plugin-http");
const { serve, settings, tell } = require("./lines.cjs");

const app = new Context();
app.plugin(Http);
app.plugin(Satori, settings.satori);

app.on(
  "bot-status-updated",
  ({ selfId, status }) => tell("status", { self: selfId, status }),
);
app.on("message", async (session) => {
  tell("message", {
    self: session.selfId,
    text: session.content,
    from: session.userId,
    name: session.username,
    channel: session.channelId,
    isDirect: session.isDirect,
    id: session.messageId,
  });
  if (session.content.startsWith("ask ")) {
    const [id] = await session.send(`answer ${session.content.slice(4)}`);
    tell("sent", { id });
  }
});
app.on("friend-request", async (session) => {
  tell("friend-request", {
    self: session.selfId,
    from: session.userId,
    text: session.content,
  });
  await session.bot.handleFriendRequest(session.messageId, true);
});
app.on(
  "friend-added",
  (session) =>
    tell("friend-added", { self: session.selfId, from: session.userId }),
);
app.on(
  "qq/message-sent",
  (data, bot) => tell("message-sent", { self: bot.selfId, ...data }),
);

const bot = () => app.bots.find(({ selfId }) => selfId === "10001");

/** The status that a call is refused with. */
async function refusal(call) {
  try {
    await call;
  } catch (error) {
    return error.response?.status ?? String(error);
  }
  return "none";
}

serve({
  login: () => bot().getLogin(),
  friends: async () => (await bot().getFriendList()).data,
  unfriend: (uin) => bot().deleteFriend(uin),
  profile: (uin) => bot().getUser(uin),
  nativeProfile: async (uin) => (await bot().internal.profile({ uin })).profile,
  send: (uin, text) => bot().sendPrivateMessage(uin, text),
  message: (channel, id) => bot().getMessage(channel, id),
  messages: async (channel) => (await bot().getMessageList(channel)).data,
  refusals: async () => [
    await refusal(bot().getGuildList()),
    await refusal(bot().deleteMessage("private:10002", "1")),
  ],
});

app.start().then(() => tell("started"));

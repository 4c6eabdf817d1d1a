// Koishi with its OneBot adapter, unmodified: answers what begins with "ask", approves friend requests.

const { Context } = require("koishi");
const { default: Http } = require("@koishijs/plugin-http");
const { default: Server } = require("@koishijs/plugin-server");
const { serve, settings, tell } = require("./lines.cjs");

const { default: OneBot } = require(settings.adapter);
const app = new Context();
app.plugin(Http);
if (settings.port !== undefined) {
  app.plugin(Server, { host: "127.0.0.1", port: settings.port });
}
app.plugin(OneBot, settings.onebot);

app.on("login-updated", ({ bot }) => tell("status", { status: bot.status }));
app.on("message", async (session) => {
  tell("message", {
    text: session.content,
    from: session.userId,
    name: session.username,
    channel: session.channelId,
    seq: session.onebot?.seq,
  });
  if (session.content.startsWith("ask ")) {
    const [id] = await session.send(`answer ${session.content.slice(4)}`);
    tell("sent", { id });
  }
});
app.on("friend-request", async (session) => {
  tell("friend-request", { from: session.userId, text: session.content });
  await session.bot.handleFriendRequest(session.messageId, true);
});

const bot = () => app.bots[0];

serve({
  status: () => bot()?.status,
  login: async () => (await bot().getLogin()).user,
  friends: async () => (await bot().getFriendList()).data,
  profile: (uin) => bot().getUser(uin),
  send: (uin, text) => bot().sendPrivateMessage(uin, text),
});

app.start().then(() => tell("started"));

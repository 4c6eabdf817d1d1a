/** Texts of the shell that are shown now and then: palette, shortcuts, sign-in, notifications, in English. @module */

export const EN = {
  palettePages: "Pages",
  paletteHint: "A page, an account or a conversation",
  shortcuts: "Keyboard shortcuts",
  keyPalette: "Go to a page, an account or a conversation",
  keyHelp: "Show all shortcuts",
  keyGo: "Go to {page}",
  keyFilter: "The filter or search of the page",
  keyRegion: "Next and previous region",
  keyConversation: "Next and previous conversation",
  keyUnread: "Next and previous unread conversation",
  keyOpen: "Open, and write",
  keyEscape: "Close; in a conversation: to the end",
  keySend: "Send; with Shift, a new line",
  signOut: "Sign out",
  signOutEverywhere: "Sign out everywhere",
  signOutAsk:
    "This browser then forgets what was written and not sent: {what}.",
  signOutEverywhereAsk:
    "Every browser that is signed in with this token has to sign in again.",
  signOutDrafts: "drafts: {n}",
  signOutWaiting: "messages: {n}",
  expiresTitle: "You will be signed out soon",
  expiresAsk:
    "This sign-in ends at {time}. What you have written stays in this browser.",
  extend: "Stay signed in",
  extendFailed: "The bridge did not answer. Try again.",
  switchTo: "Switch to {name}?",
  switchAsk:
    "You are signed in as {now}. The link that you opened has the token {name}.",
  switchToken: "Switch",
  notices: "Notifications",
  noticesOn: "Notify about new messages and requests",
  noticeTexts: "Show the text of the message, not only the sender",
  sound: "Play a sound",
  noticeDenied:
    "The browser does not allow notifications for this page. Allow them in its settings of this site, then turn them on here.",
  noticeUnknown:
    "This browser shows no notifications for this page. Open the console with HTTPS, or at localhost.",
  noticeOne: "New message",
  noticeMany: "{n} new messages",
  mutedList: "Muted: no notification, no sound",
  mutedPair: "{account} with {peer}",
  unmuteNamed: "Unmute {name}",
  density: "Density",
  densityComfortable: "Comfortable",
  densityCompact: "Compact",
  sendKey: "Send messages with",
  sendEnter: "Enter",
  sendCtrlEnter: "Ctrl+Enter",
} as const;

/** What the documents say, in English: events and errors. @module */

/** When an event comes. */
export const EVENTS: Readonly<Record<string, string>> = {
  message: "A friend sent a message.",
  "message.stranger": "A stranger sent a message.",
  "message.sent": "The account sent a message through the bridge.",
  presence: "A friend's presence changed.",
  "friend.request": "Somebody asks to be added; the text is the reason.",
  "friend.accepted": "A request of the account was accepted.",
  "friend.refused":
    "A request of the account was refused; the text is the reason.",
  "friend.added": "Somebody added the account as a friend.",
  "account.state":
    "The account's own state changed; action says what you can do.",
  "account.removed":
    "The account was removed from the bridge; its events stay.",
  unknown: "Mail that the bridge does not recognise, passed through unchanged.",
};

/** What an error code means. */
export const ERRORS: Readonly<Record<string, string>> = {
  not_logged_in: "The account is not online.",
  login_refused: "The QQ server refused the password.",
  invalid_uin: "The QQ server does not accept the number.",
  penalised:
    "Too fast (retryAfterMs says how long to wait), or impossible, as a message to a number that does not exist.",
  rejected:
    "The QQ server refused the command, or closed the connection without a reply (a command that changes something is asked three times).",
  malformed_reply: "The QQ server's reply cannot be read.",
  unreachable: "The QQ server cannot be reached.",
  timeout: "A command that only reads got no reply in time.",
  outcome_unknown:
    "The command was sent and not answered; check history, or use a key.",
  bad_frame: "Not a valid frame, or not a valid body.",
  unknown_command: "There is no such command.",
  bad_params: "A parameter is invalid; the message names it.",
  forbidden: "The token does not have the scope.",
  unknown_account: "The account is not one of the token's.",
  already_exists:
    "It is there already; for createToken with a key: the token was created, and its text is no longer known.",
  overloaded: "A limit is reached; wait retryAfterMs.",
  internal: "The bridge failed.",
};

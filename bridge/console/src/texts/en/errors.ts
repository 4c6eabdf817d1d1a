/** Texts of errors in English: what happened, whether it was done, what to do. @module */

/** By error code, and by code and command where the command says more. */
export const EN = {
  not_logged_in:
    "This account is not logged in, so nothing was done. Log it in and try again.",
  login_refused:
    "The QQ server rejected the password of this account. Nothing was done. Change the password and log in.",
  invalid_uin: "There is no such number. Nothing was done. Check the number.",
  penalised:
    "The QQ server asks for a pause. Nothing was done. Wait a little and try again.",
  penalised_profile: "There is no such number, or it was asked for too often.",
  rejected:
    "The QQ server did not accept this. Nothing was done. It may not be possible for this person.",
  rejected_answerRequest:
    "This request was already answered, or answering it is not possible. Remove it from the list.",
  rejected_send:
    "The QQ server did not accept the message. It was not sent. The person may not take messages from you.",
  malformed_reply:
    "The QQ server gave an answer that cannot be read. It is not certain whether this was done. Look before you try again.",
  unreachable:
    "The QQ server cannot be reached. Nothing was done. Try again later.",
  timeout:
    "There was no answer in time, and nothing was sent. Try again when the connection is back.",
  outcome_unknown:
    "It is not known whether this was done, because the answer was lost. Look before you try again.",
  outcome_unknown_send:
    "It is not known whether this message was sent, because the answer was lost. Asking again does not send it twice.",
  bad_frame:
    "The bridge could not read the request. Nothing was done. Reload this page.",
  unknown_command:
    "The bridge does not know this command. Nothing was done. Reload this page: the bridge may have another version.",
  bad_params:
    "The bridge does not accept one of the values. Nothing was done. Check what you entered.",
  forbidden:
    "This token may not do this. Nothing was done. Sign in with a token that may.",
  unknown_account:
    "This account is not on the bridge any more, or not open to this token. Nothing was done.",
  already_exists: "This exists already. Nothing was changed.",
  overloaded:
    "There are too many requests at the moment. Nothing was done. Wait a few seconds and try again.",
  internal:
    "The bridge failed. It is not certain whether this was done. Look before you try again, and see the log of the bridge.",
  closed:
    "The connection to the bridge has ended. Nothing was sent. Try again when it is back.",
  not_logged_in_send:
    "This account is not logged in, so the message was not sent. Log the account in and try again.",
  penalised_send:
    "The QQ server asks for a pause. The message was not sent. Wait a little and try again.",
  penalised_search:
    "The QQ server asks for a pause between searches. Wait a little and search again.",
  penalised_login:
    "The QQ server asks for a pause before the next login. The bridge logs in by itself when it is over.",
  invalid_uin_send:
    "There is no such number any more. The message was not sent.",
  unreachable_login:
    "The QQ server cannot be reached, so the account is not logged in. The bridge tries again by itself.",
  unreachable_send:
    "The QQ server cannot be reached. The message was not sent. Try again later.",
  rejected_addFriend:
    "The QQ server did not accept the request. Nothing was sent. The person may be a friend already, or take no requests.",
  rejected_removeFriend:
    "The QQ server did not remove this person, who may not be a friend any more.",
  rejected_setStatus:
    "The QQ server did not take this presence. It is as it was.",
  forbidden_send:
    "This token may not send. The message was not sent. Sign in with a token that has the scope send.",
  overloaded_send:
    "There are too many requests at the moment. The message was not sent. Wait a few seconds and try again.",
  outcome_unknown_addAccount:
    "It is not known whether the account was added, because the answer was lost. Look at the list before you try again.",
  already_exists_addAccount:
    "This number is on the bridge already. Nothing was changed.",
  already_exists_createToken:
    "There is a token with this name. Nothing was created. Choose another name.",
  close_1001:
    "The bridge is shutting down. This page connects again by itself.",
  close_1003:
    "The bridge does not take what this page sent, and closed the connection. Reload this page.",
  close_1008:
    "The bridge does not accept this sign-in from this address. Sign in again.",
  close_1009:
    "This page sent more at once than the bridge takes, and the connection was closed. Reload this page.",
  close_1011:
    "The bridge failed and closed the connection. This page connects again by itself; see the log of the bridge.",
  close_1012:
    "The bridge has closed this connection, or restarts. This page connects again by itself.",
  close_1013:
    "The bridge or this page is too busy. This page connects again by itself and then loads what it missed.",
  close_4000:
    "The bridge could not read what this page sent, and closed the connection. Reload this page: the bridge may have another version.",
  close_4001:
    "This page did not sign in at the connection in time. Reload this page.",
  close_4003: "The session has ended: its token was revoked. Sign in again.",
  close_4008:
    "This page sent too many requests, and the connection was closed. This page connects again by itself.",
  close_4009:
    "Another connection has taken the place of this one. Reload this page to take it back.",
} as const;

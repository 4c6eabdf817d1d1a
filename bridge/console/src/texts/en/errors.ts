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
  other: "This did not work. Look before you try again.",
} as const;

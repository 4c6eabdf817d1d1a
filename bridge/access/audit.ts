/** Security events: who changed what, and who was refused. @module */

/** What happened, as the log names it. */
export type AuditMessage =
  | "token created"
  | "token revoked"
  | "token expired"
  | "account added"
  | "account changed"
  | "account removed"
  | "account logged in"
  | "account logged out"
  | "connection ended"
  | "consumer moved"
  | "setting changed"
  | "consumer removed"
  | "target changed"
  | "target removed"
  | "backup made"
  | "session opened"
  | "session ended"
  | "command refused"
  | "request refused"
  | "subscription refused";

/** Token, sub-command or program that acted. */
export interface AuditActor {
  /** Id of the token, or `local` for a sub-command on this machine and the program itself. */
  readonly id: string;
  readonly name: string;
  /** Address of the client; `undefined` if it is not known. */
  readonly address?: string | undefined;
}

/** A security event. No field holds a secret. */
export interface AuditEntry {
  readonly message: AuditMessage;
  readonly actor: AuditActor;
  /** Id or number of what it concerns. */
  readonly subject?: string | undefined;
  readonly subjectName?: string | undefined;
  readonly reason?: string | undefined;
  readonly count?: number | undefined;
}

/** Receives security events. No method throws. */
export interface AuditSink {
  /** Takes something that was done. */
  add(entry: AuditEntry): void;
  /** Takes something that was refused; one actor's refusals of a kind may be put together. */
  addRefusal(entry: AuditEntry): void;
}

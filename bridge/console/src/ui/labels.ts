/** Texts of the shared parts. The application provides them, so that the parts do not depend on its language. @module */

/** Names of the texts that the shared parts need. */
export type LabelName =
  | "uiAdd"
  | "uiCancel"
  | "uiClose"
  | "uiCollapseAll"
  | "uiCopied"
  | "uiCopy"
  | "uiCopyFailed"
  | "uiDetails"
  | "uiEntries"
  | "uiErrorEmpty"
  | "uiErrorInteger"
  | "uiErrorItems"
  | "uiErrorJson"
  | "uiErrorMax"
  | "uiErrorMaxLength"
  | "uiErrorMin"
  | "uiErrorMinLength"
  | "uiErrorMissing"
  | "uiErrorName"
  | "uiErrorOption"
  | "uiErrorPattern"
  | "uiErrorQqNumber"
  | "uiErrorTime"
  | "uiErrorType"
  | "uiExpandAll"
  | "uiFalse"
  | "uiFieldName"
  | "uiFieldValue"
  | "uiJson"
  | "uiLoading"
  | "uiMoreCharacters"
  | "uiMoreMatches"
  | "uiNoMatch"
  | "uiNotSet"
  | "uiOnePerLine"
  | "uiOptional"
  | "uiRemoveItem"
  | "uiResize"
  | "uiRetry"
  | "uiShowMore"
  | "uiStillLoading"
  | "uiTrue";

/** Finds a text in the shown language and fills in its values. */
export type FindLabel = (
  name: LabelName,
  values?: Readonly<Record<string, string | number>>,
) => string;

let find: FindLabel = (name) => name;

/** Sets where the texts come from; called once, before the first render. */
export function setLabels(from: FindLabel): void {
  find = from;
}

/** Text of a shared part in the shown language. */
export function label(
  name: LabelName,
  values?: Readonly<Record<string, string | number>>,
): string {
  return find(name, values);
}

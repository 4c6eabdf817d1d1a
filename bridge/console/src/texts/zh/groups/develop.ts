/** Chinese texts of a group, loaded together, because one file is smaller than several: the pages for authors of programs. @module */

export { ZH as EVENTS } from "../events.ts";
export { ZH as PLAYGROUND } from "../playground.ts";
export { ZH as DOCS } from "../docs.ts";
export * as DOCUMENTS from "../documents.ts";

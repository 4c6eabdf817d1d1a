/** Signals, apart from what needs a document. @module */

export { effect, type Signal, signal } from "npm:@preact/signals-core@1.14.5";

/** Signals, apart from what needs a document. @module */

export {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
} from "npm:@preact/signals-core@1.14.5";

/** Third parties of the console, each with its exact version. @module */

export { type ComponentChildren, options, render } from "npm:preact@11.2.0";
export { useEffect, useRef, useState } from "npm:preact@11.2.0/hooks";
export {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
} from "npm:@preact/signals@2.11.4";
// @ts-types="npm:uplot@1.6.32"
export { default as uPlot } from "npm:uplot@1.6.32";

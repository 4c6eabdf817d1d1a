/** Third parties of the console, each with its exact version. @module */

export {
  type ButtonHTMLAttributes,
  type ComponentChildren,
  type ComponentType,
  options,
  render,
} from "npm:preact@11.2.0";
export {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "npm:preact@11.2.0/hooks";
export {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
} from "npm:@preact/signals@2.11.4";
export { tinykeys } from "npm:tinykeys@4.0.0";

/** Third parties of the shared parts: virtual lists. @module */

export { h } from "npm:preact@11.2.0";
export { useId, useLayoutEffect } from "npm:preact@11.2.0/hooks";
export {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from "npm:@tanstack/virtual-core@3.19.11";

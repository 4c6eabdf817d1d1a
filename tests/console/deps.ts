/** Third parties of the console's tests. @module */

export {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium,
  type Page,
} from "npm:playwright-core@1.65.1";
export { default as axe } from "npm:axe-core@4.14.1";

/** The third party of the npm build. @module */

export { default as ts } from "npm:typescript@5.9.3";

/** The patterns of routes, apart from what needs a document. @module */

export { parse as parsePattern } from "npm:regexparam@3.0.0";

/** Adds the style sheet of the shared parts. @module */

import { addStyle } from "./style.ts";
import css from "./ui.css" with { type: "text" };

addStyle(css);

/** The cases in a Worker: a POST brings the stage. @module */

import * as library from "../../lib/mod.js";
import type * as Library from "../../mod.ts";
import { runCases } from "./cases.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(
      await runCases({
        library: library as unknown as typeof Library,
        stage: await request.json(),
      }),
    );
  },
};

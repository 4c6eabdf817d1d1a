/** The cases in a runtime that evaluates one script, which listens for requests. @module */

import * as library from "../../lib/mod.js";
import { runCases, type StageInfo } from "./cases.ts";
import type * as Library from "../../mod.ts";

interface FetchEvent extends Event {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

addEventListener("fetch", (event) => {
  const { request } = event as FetchEvent;
  const run = async () => {
    const stage: StageInfo = await request.json();
    return Response.json(
      await runCases({ library: library as unknown as typeof Library, stage }),
    );
  };
  (event as FetchEvent).respondWith(run());
});

/** The Worker in front of the object. @module */

/** A binding of a class of Durable Objects. */
interface ObjectNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

/**
 * What a module Worker exports as its default.
 *
 * @category Edge
 */
export interface BridgeWorker {
  /** Answers a request. Called by the platform. */
  fetch(request: Request, env: object): Promise<Response>;
}

/** Name of the one object. */
const NAME = "bridge";

/**
 * Creates a Worker that passes each request to the one object of a class. The
 * platform runs at most one object of a name at a time, so one bridge polls.
 *
 * @param binding Name of the binding of the class, as in `wrangler.jsonc`.
 * @category Edge
 */
export function bridgeWorker(binding: string): BridgeWorker {
  return {
    async fetch(request, env) {
      const objects =
        (env as Record<string, ObjectNamespace | undefined>)[binding];
      if (objects === undefined) {
        throw new TypeError(
          `Cannot find the bridge: the Worker must have a binding named ${binding}. Add it to durable_objects in wrangler.jsonc.`,
        );
      }
      return await objects.get(objects.idFromName(NAME)).fetch(request);
    },
  };
}

/** What Deno's own OpenTelemetry would tell others. @module */

/** What to say where {@linkcode exportsTraces}. */
export const TRACES_WARNING =
  "Traces hold the whole URLs of requests, also an access_token in the query. Set OTEL_DENO_TRACING=false, or trust who reads them";

/**
 * Whether Deno makes a trace of each request, with its whole URL. Nothing here
 * can take the token out of it; metrics and logs hold none.
 *
 * @param env Gives a variable of the environment.
 */
export function exportsTraces(
  env: (name: string) => string | undefined,
): boolean {
  return env("OTEL_DENO") === "true" &&
    env("OTEL_SDK_DISABLED") !== "true" &&
    env("OTEL_DENO_TRACING") !== "false" &&
    env("OTEL_TRACES_SAMPLER") !== "always_off";
}

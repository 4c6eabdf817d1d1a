import { assert, assertEquals, assertRejects } from "@std/assert";
import { LinkedSignal } from "../../lib/signals.ts";

Deno.test("LinkedSignal is aborted with the reason of the first that ends, through others", () => {
  const one = new AbortController();
  const other = new LinkedSignal();
  const parent = new LinkedSignal(undefined, one.signal, other);
  // The second and third have a set of their own in the parent.
  const children = [1, 2, 3].map(() => new LinkedSignal(parent, one.signal));
  const early = children[0]!.signal;
  assertEquals(parent.aborted, false);
  const reason = new Error("the end");
  other.abort(reason);
  one.abort(new Error("late"));
  parent.abort(new Error("later"));
  for (const signal of [early, parent, ...children, children[1]!.signal]) {
    assertEquals(signal.aborted, true);
    assert(signal.reason === reason);
  }
  assert(new LinkedSignal(undefined, parent).reason === reason);
});

Deno.test("LinkedSignal.abort() gives an AbortError if it has no reason, and does not end those it follows", () => {
  const parent = new LinkedSignal();
  const child = new LinkedSignal(parent);
  child.abort();
  assertEquals((child.reason as DOMException).name, "AbortError");
  assert(child.signal.reason === child.reason);
  assertEquals(parent.aborted, false);
});

Deno.test("LinkedSignal.unlink() ends the following, of one and of several", () => {
  const one = new AbortController();
  const parent = new LinkedSignal(one.signal);
  for (const count of [1, 3]) {
    const children = Array.from(
      { length: count },
      () => new LinkedSignal(parent, one.signal),
    );
    children[0]!.unlink();
    const grandchild = new LinkedSignal(children.at(-1));
    children.at(-1)!.unlink();
    if (count > 1) {
      parent.abort(new Error("the end"));
      one.abort();
      assertEquals(
        children.map(({ aborted }) => aborted),
        [false, true, false],
      );
    }
    assertEquals(grandchild.aborted, false);
  }
});

Deno.test("LinkedSignal.race() rejects with the reason as soon as one that it follows ends", async () => {
  const parent = new LinkedSignal();
  const child = new LinkedSignal(parent);
  const raced = child.race(() => new Promise<never>(() => {}));
  const reason = new Error("the end");
  parent.abort(reason);
  assert(await raced.catch((error) => error) === reason);
  await assertRejects(
    () => child.race(() => Promise.resolve()),
    Error,
    "the end",
  );
});

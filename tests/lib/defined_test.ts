import { defined } from "../../lib/defined.ts";
import { assertEquals } from "@std/assert";

Deno.test({
  name: "defined() drops undefined fields, and keeps null, 0 and the order",
  permissions: "none",
  fn() {
    const dropped: string | undefined = undefined;
    const fields = { b: 0, dropped, a: null, c: "" };
    assertEquals(JSON.stringify(defined(fields)), '{"b":0,"a":null,"c":""}');
    assertEquals(Object.hasOwn(defined(fields), "dropped"), false);
    assertEquals(Object.hasOwn(fields, "dropped"), true);
  },
});

import {
  AddressPolicy,
  ForbiddenAddressError,
  isForbiddenAddress,
} from "../../../bridge/targets/address_policy.ts";
import {
  checkName,
  postChecked,
} from "../../../bridge/endpoint/outbound/checked_connection.ts";
import { dial } from "../../../bridge/endpoint/outbound/dialled_socket.ts";
import type { DeliveryError } from "../../../bridge/targets/line_status.ts";
import { systemClock } from "../../../lib/clock.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";

/** Addresses, and whether a target may have them. */
const ADDRESSES: [address: string, isForbidden: boolean][] = [
  ["127.0.0.1", false],
  ["10.0.0.1", false],
  ["169.253.255.255", false],
  ["169.254.0.1", true],
  ["169.254.169.254", true],
  ["100.100.100.200", true],
  ["168.63.129.16", true],
  ["192.0.0.192", true],
  ["::1", false],
  ["2001:db8::1", false],
  ["fe7f::1", false],
  ["fe80::1", true],
  ["fe80::1%eth0", true],
  ["febf:ffff::", true],
  ["fec0::1", false],
  ["fd00:ec2::254", true],
  ["fd20:ce::254", true],
  ["::ffff:169.254.169.254", true],
  ["::ffff:a9fe:a9fe", true],
  ["::169.254.169.254", true],
  ["::ffff:127.0.0.1", false],
  ["64:ff9b::a9fe:a9fe", true],
  ["2002:a9fe:a9fe::", true],
  ["example.org", false],
];

for (const [address, isForbidden] of ADDRESSES) {
  Deno.test(`isForbiddenAddress() is ${isForbidden} for ${address}`, () => {
    assertEquals(isForbiddenAddress(address), isForbidden);
  });
}

const LINK_LOCAL = "its host must not be a link-local or metadata address";

/** URLs, and the rule that they break when they are set. */
const URLS: [url: string, rule: string | undefined][] = [
  ["http://127.0.0.1:8000/", undefined],
  ["http://169.254.169.254/latest", LINK_LOCAL],
  ["http://0xA9FEA9FE/", LINK_LOCAL],
  ["http://2852039166/", LINK_LOCAL],
  ["ws://[fe80::1]/", LINK_LOCAL],
  ["wss://[::ffff:169.254.1.1]/", LINK_LOCAL],
  ["http://METADATA.google.internal./", LINK_LOCAL],
  ["https://example.org/", undefined],
];

for (const [url, rule] of URLS) {
  Deno.test(`AddressPolicy.brokenRule() is ${rule} for ${url}`, () => {
    assertEquals(new AddressPolicy().brokenRule(url), rule);
  });
}

Deno.test("AddressPolicy: with allowed hosts, no other host is allowed", () => {
  const policy = new AddressPolicy({ allowedHosts: ["Ops.example", "::1"] });
  assertEquals(
    [
      "https://ops.example:8443/",
      "https://ops.example./",
      "http://[::1]/",
      "https://sub.ops.example/",
      "http://127.0.0.1/",
    ].map((url) => policy.brokenRule(url) === undefined),
    [true, true, true, false, false],
  );
});

/** Posts to a server on this machine; returns the status. */
async function post(
  url: (port: number) => string,
  addresses: AddressPolicy,
): Promise<[result: number | string, requests: string[]]> {
  const requests: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      requests.push(`${request.headers.get("host")} ${await request.text()}`);
      return Response.redirect("http://127.0.0.1:1/");
    },
  );
  try {
    const { status } = await postChecked(addresses, {
      url: url(server.addr.port),
      headers: { "content-type": "text/plain" },
      body: "小红",
      signal: new AbortController().signal,
      maxBytes: 1000,
    });
    return [status, requests];
  } catch (error) {
    assert(error instanceof ForbiddenAddressError, `${error}`);
    return [error.message, requests];
  } finally {
    await server.shutdown();
  }
}

for (const host of ["localhost", "127.0.0.1"]) {
  Deno.test(`postChecked() posts to ${host} and follows no redirect`, async () => {
    const [status, requests] = await post(
      (port) => `http://${host}:${port}/`,
      new AddressPolicy(),
    );
    assertEquals(status, 302);
    assertEquals(requests.length, 1);
    assertMatch(requests[0]!, new RegExp(`^${host}:\\d+ 小红$`));
  });
}

Deno.test("postChecked() sends nothing to a name that leads to a forbidden address", async () => {
  const addresses = new AddressPolicy({
    isForbidden: (address) => address === "127.0.0.1",
  });
  assertEquals(await post((port) => `http://localhost:${port}/`, addresses), [
    "the name of its host must not lead to a link-local or metadata address",
    [],
  ]);
});

Deno.test("checkName() rejects a name that leads to a forbidden address", async () => {
  const addresses = new AddressPolicy({ isForbidden: () => true });
  await assertRejects(
    () => checkName(addresses, "localhost"),
    ForbiddenAddressError,
  );
});

for (
  const [protocol, host] of [["ws", "localhost"], ["wss", "localhost"], [
    "ws",
    "169.254.0.1",
  ]]
) {
  Deno.test(`dial() opens no ${protocol}: URL of ${host} whose address is forbidden`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const closed = Promise.withResolvers<DeliveryError>();
    dial({
      url: `${protocol}://${host}:${listener.addr.port}/`,
      addresses: new AddressPolicy({
        isForbidden: (address) => address !== "localhost",
      }),
      headers: {},
      frameBytes: 1000,
      fragments: 1,
      clock: systemClock,
      onOpen: () => {
        throw new Error("opened");
      },
      onClose: closed.resolve,
    });
    assertEquals((await closed.promise).code, "forbidden_address");
    listener.close();
  });
}

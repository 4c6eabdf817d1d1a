/** Groups addresses by the customer that controls them. @module */

/** Returns an IPv4 address as it is, and the /64 network of an IPv6 address, because one customer controls all of it. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [front = "", back] = address.toLowerCase().split("%")[0]!.split("::");
  const head = front === "" ? [] : front.split(":");
  const tail = back === undefined || back === "" ? [] : back.split(":");
  const gap = Array(Math.max(0, 8 - head.length - tail.length)).fill("0");
  return `${
    [...head, ...gap, ...tail].slice(0, 4)
      .map((group) => group.replace(/^0+(?=.)/, "")).join(":")
  }::/64`;
}

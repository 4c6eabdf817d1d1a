/** Which addresses targets may have. @module */

/** The address of a target is not allowed. The message is for people. */
export class ForbiddenAddressError extends Error {
  override name = "ForbiddenAddressError";
}

/** Names of metadata services, whatever address they have. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  "metadata.google.internal",
  "metadata.goog",
]);

/** Link-local addresses, and the metadata services of clouds outside of them. */
const FORBIDDEN_IPV4: readonly string[] = [
  "169.254.",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
];

const FORBIDDEN_IPV6: ReadonlySet<string> = new Set([
  "fd00:0ec2:0000:0000:0000:0000:0000:0254",
  "fd20:00ce:0000:0000:0000:0000:0000:0254",
]);

/** Options of an {@linkcode AddressPolicy}. */
export interface AddressPolicyOptions {
  /** The only hosts that targets may have; all if empty. */
  readonly allowedHosts?: readonly string[];
  /**
   * Whether targets must never be connected to an address.
   *
   * @default {isForbiddenAddress}
   */
  readonly isForbidden?: (address: string) => boolean;
}

/**
 * Refuses link-local and metadata addresses, and hosts that are not on the list
 * of allowed ones. A name may change its address, so each connection is checked
 * with the address that it was made to.
 */
export class AddressPolicy {
  readonly isForbidden: (address: string) => boolean;
  readonly #allowedHosts: ReadonlySet<string>;

  constructor(options: AddressPolicyOptions = {}) {
    this.#allowedHosts = new Set(options.allowedHosts?.map(normalizeHost));
    this.isForbidden = options.isForbidden ?? isForbiddenAddress;
  }

  /** Returns the rule that a URL breaks; undefined if it may be set. Does not resolve names. */
  brokenRule(url: string): string | undefined {
    const host = normalizeHost(new URL(url).hostname);
    if (this.#allowedHosts.size > 0 && !this.#allowedHosts.has(host)) {
      return "its host must be one of --allow-target";
    }
    if (FORBIDDEN_NAMES.has(host) || this.isForbidden(host)) {
      return "its host must not be a link-local or metadata address";
    }
    return undefined;
  }

  /** Throws ForbiddenAddressError if a connection must not be made to a URL. */
  assertUrl(url: string): void {
    const rule = this.brokenRule(url);
    if (rule !== undefined) throw new ForbiddenAddressError(rule);
  }

  /** Throws ForbiddenAddressError if a connection was made to a forbidden address. */
  assertAddress(address: string): void {
    if (!this.isForbidden(address)) return;
    throw new ForbiddenAddressError(
      "the name of its host must not lead to a link-local or metadata address",
    );
  }
}

/** Whether a target must never be connected to an address; false for a name. */
export function isForbiddenAddress(host: string): boolean {
  const family = familyOf(host);
  if (family === undefined) return false;
  if (family === 4) {
    return FORBIDDEN_IPV4.some((prefix) => host.startsWith(prefix));
  }
  const groups = expandIpv6(host);
  const first = groups[0]!;
  if (first >= 0xfe80 && first <= 0xfebf) return true;
  const full = groups.map((group) => group.toString(16).padStart(4, "0"))
    .join(":");
  if (FORBIDDEN_IPV6.has(full)) return true;
  return embeddedIpv4(groups).some((address) => isForbiddenAddress(address));
}

/** The IPv4 addresses to which a packet for an IPv6 address may be translated. */
function embeddedIpv4(groups: readonly number[]): string[] {
  const format = (high: number, low: number) =>
    [high >> 8, high & 255, low >> 8, low & 255].join(".");
  const isZero = (to: number) => groups.slice(0, to).every((one) => one === 0);
  const embedded: string[] = [];
  // Mapped, compatible, and of NAT64.
  const isMapped = isZero(5) && (groups[5] === 0xffff || groups[5] === 0);
  const isNat64 = groups[0] === 0x64 && groups[1] === 0xff9b;
  if (isMapped || isNat64) embedded.push(format(groups[6]!, groups[7]!));
  if (groups[0] === 0x2002) embedded.push(format(groups[1]!, groups[2]!));
  return embedded;
}

function familyOf(host: string): 4 | 6 | undefined {
  if (host.includes(":")) return 6;
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? 4 : undefined;
}

/** The eight groups of an IPv6 address, with or without a zone. */
function expandIpv6(address: string): number[] {
  const plain = address.split("%", 1)[0]!;
  const url = URL.parse(`http://[${plain}]/`);
  const [head = "", tail] = (url?.hostname.slice(1, -1) ?? "::").split("::");
  const parse = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const front = parse(head);
  if (tail === undefined) return front;
  const back = parse(tail);
  return [...front, ...Array(8 - front.length - back.length).fill(0), ...back];
}

/** A host in lower case, without brackets and a final dot. */
function normalizeHost(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

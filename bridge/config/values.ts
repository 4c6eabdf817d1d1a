/** Parses the texts of settings. @module */

import { EVENT_NAMES, isQqNumber, matchesEvent } from "../../mod.ts";

/** Parses the text of a setting. */
export interface ValueParser<T> {
  /** The text after "must be" in an error. */
  readonly rule: string;
  /** Returns undefined if the text is invalid. */
  parse(text: string): T | undefined;
  /** Returns why a text is invalid that looks valid. */
  explain?(text: string): string | undefined;
}

export interface Address {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  /** The port; 0 lets the system choose. */
  readonly port: number;
}

/** Formats an address as it is written in settings. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Whether an address is reachable from this machine only. Of names, only localhost is. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || host === "::1" ||
    /^127(\.\d{1,3}){3}$/.test(host);
}

/** Any text except the empty one. */
export const text: ValueParser<string> = {
  rule: "a text that is not empty",
  parse: (text) => text === "" ? undefined : text,
};

/** Fewest characters of a secret key. */
export const MIN_KEY_CHARACTERS = 16;

export const secretKey: ValueParser<string> = {
  rule: `a text of at least ${MIN_KEY_CHARACTERS} characters`,
  parse: (text) => [...text].length < MIN_KEY_CHARACTERS ? undefined : text,
};

export const address: ValueParser<Address> = {
  rule: "HOST:PORT or [IPv6]:PORT with a port from 0 to 65535",
  parse: parseAddress,
};

/** Parses an address, or `off`. */
export const addressOrOff: ValueParser<Address | "off"> = {
  rule: `${address.rule}, or off`,
  parse: (text) => text === "off" ? "off" : parseAddress(text),
};

/** Parses `embedded`, or the URL of a server. */
export const upstream: ValueParser<string> = {
  rule:
    "embedded, an http: or https: URL without user and password, or tcp://HOST:PORT",
  parse(text) {
    if (text === "embedded") return text;
    const address = /^tcp:\/\/([^/]+)\/?$/.exec(text)?.[1];
    if (address !== undefined) {
      const parsed = parseAddress(address);
      return parsed === undefined || parsed.port === 0
        ? undefined
        : `tcp://${address}`;
    }
    const url = URL.parse(text);
    if (url === null || !["http:", "https:"].includes(url.protocol)) return;
    return url.username + url.password === "" ? url.href : undefined;
  },
};

/** Parses the URL of a server of a cluster. Without TLS it must be on this machine. */
export const natsServer: ValueParser<string> = {
  rule:
    "nats://HOST:PORT on loopback, or tls://HOST:PORT, without user and password",
  parse(text) {
    const found = /^(nats|tls):\/\/([^/@]+)\/?$/.exec(text);
    if (found === null) return undefined;
    const [, scheme, place] = found;
    const address = parseAddress(place!);
    if (address === undefined || address.port === 0) return undefined;
    const isSafe = scheme === "tls" || isLoopback(address.host);
    return isSafe ? `${scheme}://${place}` : undefined;
  },
};

/** Parses the name of a cluster. */
export const clusterName: ValueParser<string> = {
  rule: "1 to 32 letters, digits, _ and -",
  parse: (text) => /^[A-Za-z0-9_-]{1,32}$/.test(text) ? text : undefined,
};

/** The URL of a client, for one account or for all. */
export interface ClientTarget {
  readonly url: string;
  /** The account; all if undefined. */
  readonly account?: string;
}

/** Parses `[UIN=]URL` with one of two protocols. */
export function clientTarget(
  protocols: readonly string[],
): ValueParser<ClientTarget> {
  return {
    rule: `[UIN=]URL with ${
      protocols.join(" or ")
    }, without user, password and fragment`,
    parse(text) {
      const equals = text.indexOf("=");
      const account = isQqNumber(text.slice(0, Math.max(0, equals)))
        ? text.slice(0, equals)
        : undefined;
      const address = account === undefined ? text : text.slice(equals + 1);
      const url = URL.parse(address);
      if (url === null || !protocols.includes(url.protocol)) return undefined;
      if (url.username + url.password + url.hash !== "") return undefined;
      return { url: url.href, ...(account === undefined ? {} : { account }) };
    },
  };
}

/** The name of an event, or what stands before its dot. */
export const eventFilter: ValueParser<string> = {
  rule: "the name of an event, or what stands before its dot",
  parse: (text) =>
    EVENT_NAMES.some((name) => matchesEvent(name, text)) ? text : undefined,
};

/** A host name, or an address without brackets. */
export const host: ValueParser<string> = {
  rule: "a host name or an address, without a port",
  parse(text) {
    const isAddress = text.includes(":");
    const url = URL.parse(`http://${isAddress ? `[${text}]` : text}/`);
    if (url === null || url.href !== `http://${url.hostname}/`) {
      return undefined;
    }
    return isAddress ? url.hostname.slice(1, -1) : url.hostname;
  },
};

/** A scheme, a host and perhaps a port. */
const ORIGIN_PATTERN =
  /^[a-z][a-z0-9+.-]*:\/\/(?:[\w.~-]{1,255}|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** Origins that no setting can allow, and why. */
const FORBIDDEN_ORIGINS: readonly [pattern: RegExp, reason: string][] = [
  [/^null$/, "null is the origin of every sandboxed page and local file"],
  [/^file:/, "pages of files send null as their origin"],
  [/\*/, "a wildcard would let every page call with its visitor's rights"],
];

/** An origin as browsers, Electron, Tauri, Capacitor and extensions send it. */
export const origin: ValueParser<string> = {
  rule: "an origin such as https://example.org, without a path",
  parse(text) {
    if (FORBIDDEN_ORIGINS.some(([pattern]) => pattern.test(text))) return;
    const url = URL.parse(text);
    if (url !== null && isWebOrigin(text)) {
      return url.href === `${url.origin}/` ? url.origin : undefined;
    }
    return /^[a-z]/.test(text) && ORIGIN_PATTERN.test(text) ? text : undefined;
  },
  explain: (text) =>
    FORBIDDEN_ORIGINS.find(([pattern]) => pattern.test(text))?.[1],
};

/** Whether an origin is that of a web page; only these have a host that the bridge may be reached under. */
export function isWebOrigin(origin: string): boolean {
  return /^https?:/i.test(origin);
}

/** A path under which a proxy serves the bridge. */
export const basePath: ValueParser<string> = {
  rule:
    "a path such as /tqq: letters, digits, - . _ and ~, without a slash at its end",
  parse(text) {
    const isPath = /^(?:\/[\w.~-]{1,64}){1,8}$/.test(text);
    return isPath && !/\/\.{1,2}(?:\/|$)/.test(text) ? text : undefined;
  },
};

/** A duration in whole milliseconds, at most an hour. */
export const milliseconds: ValueParser<number> = wholeNumber(
  0,
  3_600_000,
  "milliseconds",
);

/** A duration in days. */
export const days: ValueParser<number> = {
  rule: "a number of days above 0 and at most 36500",
  parse(text) {
    if (!/^\d{1,5}(\.\d+)?$/.test(text)) return undefined;
    return Number(text) > 0 ? upTo(36_500, text) : undefined;
  },
};

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** A size: bytes, or with a unit of thousands (MB) or of 1024 (MiB). */
export const bytes: ValueParser<number> = {
  rule: "a number of bytes above 0, such as 1500000, 512MB or 2GiB",
  parse(text) {
    const [, number, unit] =
      /^(\d{1,15}(?:\.\d+)?) ?([a-z]{0,3})$/i.exec(text) ??
        [];
    const factor = UNITS[(unit ?? "").toUpperCase()];
    if (number === undefined || factor === undefined) return undefined;
    const size = Math.floor(Number(number) * factor);
    return size > 0 && Number.isSafeInteger(size) ? size : undefined;
  },
};

/** A size within limits, in the format of {@linkcode bytes}. */
export function bytesWithin(least: number, most: number): ValueParser<number> {
  return {
    rule: `a number of bytes from ${least} to ${most}, such as 64KiB`,
    parse(text) {
      const size = bytes.parse(text);
      return size !== undefined && size >= least && size <= most
        ? size
        : undefined;
    },
  };
}

/** A whole number within limits. */
export function wholeNumber(
  least: number,
  most: number,
  of?: string,
): ValueParser<number> {
  return {
    rule: `a whole number${
      of === undefined ? "" : ` of ${of}`
    } from ${least} to ${most}`,
    parse(text) {
      if (!/^\d{1,9}$/.test(text)) return undefined;
      return Number(text) >= least ? upTo(most, text) : undefined;
    },
  };
}

/** A token that can be sent in a header and a URL. */
export const token: ValueParser<string> = {
  rule: "a token of 1 to 512 letters, digits, - . _ and ~",
  parse: (text) => /^[\w.~-]{1,512}$/.test(text) ? text : undefined,
};

/** Parses one of several words. */
export function oneOf<const W extends string>(
  words: readonly W[],
): ValueParser<W> {
  return {
    rule: `one of ${words.join(", ")}`,
    parse: (text) => words.find((word) => word === text),
  };
}

/** Parses several values, separated by commas. */
export function listOf<T>(form: ValueParser<T>): ValueParser<readonly T[]> {
  return {
    rule: form.rule,
    parse(text) {
      const items = text.split(",").map((item) => form.parse(item.trim()));
      return items.includes(undefined) ? undefined : items as T[];
    },
    explain: (text) =>
      text.split(",").map((item) => form.explain?.(item.trim()))
        .find((reason) => reason !== undefined),
  };
}

/** The value of a switch. */
export const onOrOff: ValueParser<boolean> = {
  rule: "true or false",
  parse(text) {
    if (["true", "1", "yes", "on"].includes(text.toLowerCase())) return true;
    return ["false", "0", "no", "off"].includes(text.toLowerCase())
      ? false
      : undefined;
  },
};

function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits] =
    /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return undefined;
  if (bracketed !== undefined && URL.parse(`http://[${host}]/`) === null) {
    return undefined;
  }
  const port = Number(digits);
  return port <= 65_535 ? { host, port } : undefined;
}

function upTo(most: number, text: string): number | undefined {
  return Number(text) <= most ? Number(text) : undefined;
}

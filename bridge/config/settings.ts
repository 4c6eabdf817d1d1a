/** The checked settings of the program. @module */

import type { BridgeLimits, ClientLimits } from "./limits.ts";
import type { OpenSecret } from "./open_secrets.ts";
import type { LOG_FORMATS, LOG_LEVELS } from "./options.ts";
import type { ShownSetting } from "./shown_settings.ts";
import type { Address, ClientTarget } from "./values.ts";

/** The checked settings of `serve` and `qq-server`. */
export interface Config {
  /** Where clients are served; for `serve` only. */
  readonly listen: Address;
  /** `embedded`, or the URL of a QQ server. */
  readonly upstream: string;
  /** Where the embedded server accepts old clients, at least one address. */
  readonly qqListen: readonly Address[] | "off";
  /** The data folder; undefined keeps everything in memory. */
  readonly dataFolder: string | undefined;
  /** The cluster that shares the journal; undefined keeps a journal of its own. */
  readonly cluster: ClusterConfig | undefined;
  /** How many accounts log in a second when many do. */
  readonly loginsPerSecond: number;
  /** Whether to create the demo accounts. */
  readonly demo: boolean;
  /** Web origins that may send requests. */
  readonly allowOrigin: readonly string[];
  /** Whether a proxy terminates TLS. */
  readonly behindProxy: boolean;
  /** Path before all paths of the gateway; empty if there is none. */
  readonly basePath: string;
  /** Certificate chain and key as PEM; plain HTTP if undefined. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly retention: { readonly days: number; readonly bytes: number };
  /** Web origins whose pages may use the embedded server. */
  readonly qqAllowOrigin: readonly string[];
  /** Minimum time between two CLTMSG of an account at the embedded server. */
  readonly qqSendGapMs: number;
  /** Delay of the embedded server's reply to a client that sends faster. */
  readonly qqPenaltyMs: number;
  /** How the embedded server behaves where the old one did not always. */
  readonly qqSwitches: {
    readonly refusedCode: 2 | 3;
    readonly nullAnswer: "close" | "empty";
    readonly ackTwice: boolean;
    readonly smallH: boolean;
  };
  /** Limits of clients, as `welcome` reports them. */
  readonly limits: ClientLimits;
  /** Limits of the bridge itself, as its options name them. */
  readonly bridgeLimits: BridgeLimits;
  /** Time between two polls of an account, at a server without long polls. */
  readonly polls: { readonly minMs: number; readonly maxMs: number };
  /** Targets of flags and variables. */
  readonly targets: TargetsConfig;
  /** Lowest level that is logged. */
  readonly logLevel: typeof LOG_LEVELS[number];
  /** Format of the log. */
  readonly logFormat: typeof LOG_FORMATS[number];
  /** The administrator's token, a secret; undefined if none is set. */
  readonly token: string | undefined;
  /** Key that encrypts password hashes, a secret; undefined if none is set. */
  readonly secretKey: string | undefined;
  /** Files of secrets that all users of the machine can read. */
  readonly openSecrets: readonly OpenSecret[];
  /** The effective settings as they may be shown, without secrets. */
  readonly shown: readonly ShownSetting[];
}

/** The cluster of a node. */
export interface ClusterConfig {
  /** URLs of the servers. */
  readonly servers: readonly string[];
  readonly name: string;
  /** Whether the node serves clients only. */
  readonly isEdge: boolean;
  readonly credentialsFile: string | undefined;
  /** How long the log keeps what all nodes have, in hours. */
  readonly logHours: number;
  /** Size at which the log takes no more, in bytes; undefined leaves it as it is. */
  readonly logBytes: number | undefined;
}

/** Where the bridge connects and posts to by itself. */
export interface TargetsConfig {
  /** Where reverse WebSockets of OneBot 11 connect to. */
  readonly reverse: readonly ClientTarget[];
  /** Delay before a closed one is opened again, in milliseconds. */
  readonly reconnectMs: number;
  /** Where events of OneBot 11 are posted. */
  readonly post: readonly ClientTarget[];
  /** Where frames of events are posted. */
  readonly hook: readonly ClientTarget[];
  /** Events of the webhook; undefined means all. */
  readonly hookEvents: readonly string[] | undefined;
  /** The only hosts that targets may have; all if empty. */
  readonly allowedHosts: readonly string[];
  /** Sent to the reverse targets; a secret. */
  readonly accessToken: string | undefined;
  /** Signs posted events of OneBot 11; a secret. */
  readonly secret: string | undefined;
  /** Signs posted frames; a secret. */
  readonly hookSecret: string | undefined;
}

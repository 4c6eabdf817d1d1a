/** The list of the command `tokens`. @module */

import type {
  BridgeCommandData,
  BridgeCommandParams,
  TokenInfo,
} from "../../../mod.ts";
import type { ListedToken } from "../../access/token_service.ts";
import type { TokenUse } from "../../access/token_usage.ts";
import { isValid } from "../../access/token_store.ts";

/** Default number of tokens in one answer of `tokens`. */
const PAGE = 100;

/** What is known of tokens in addition to their records. */
export interface TokenFigures {
  readonly now: number;
  /** Returns the last use of a token since the start. */
  useOf(id: string): TokenUse | undefined;
  /** Returns the number of open connections of a token. */
  connectionsOf(id: string): number;
}

/** Returns a page of tokens, which are in the order of their names. */
export function listTokens(
  tokens: readonly ListedToken[],
  { revoked = false, after = "", limit = PAGE }: BridgeCommandParams<"tokens">,
  { now, useOf, connectionsOf }: TokenFigures,
): BridgeCommandData<"tokens"> {
  const chosen = tokens.filter((token) =>
    token.name > after && (revoked || isValid(token, now))
  );
  const page = chosen.slice(0, limit);
  return {
    tokens: page.map((token) => ({
      ...toTokenInfo(token, useOf(token.id)),
      connections: connectionsOf(token.id),
    })),
    ...(chosen.length > page.length ? { next: page.at(-1)!.name } : {}),
  };
}

function toTokenInfo(
  { id, name, scopes, accounts, consumer, createdBy, ...rest }: ListedToken,
  use: TokenUse | undefined,
): Omit<TokenInfo, "connections"> {
  const { createdAt, expiresAt, revokedAt } = rest;
  const lastUsedAt = use?.at ?? rest.lastUsedAt;
  const lastAddress = use?.address ?? rest.lastAddress;
  return {
    id,
    name,
    scopes: [...scopes],
    accounts: accounts === "all" ? "all" : [...accounts],
    createdAt: formatTime(createdAt),
    ...(consumer === undefined ? {} : { consumer }),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(expiresAt === undefined ? {} : { expiresAt: formatTime(expiresAt) }),
    ...(revokedAt === undefined ? {} : { revokedAt: formatTime(revokedAt) }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: formatTime(lastUsedAt) }),
    ...(lastAddress === undefined ? {} : { lastAddress }),
  };
}

function formatTime(at: number): string {
  return new Date(at).toISOString();
}

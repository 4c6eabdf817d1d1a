/** The list of the command `tokens`. @module */

import type {
  BridgeCommandData,
  BridgeCommandParams,
  TokenInfo,
} from "../../../mod.ts";
import type { ListedToken } from "../../access/token_service.ts";
import { isValid } from "../../access/token_store.ts";

/** Default number of tokens in one answer of `tokens`. */
const PAGE = 100;

/** Returns a page of tokens, which are in the order of their names. */
export function listTokens(
  tokens: readonly ListedToken[],
  { revoked = false, after = "", limit = PAGE }: BridgeCommandParams<"tokens">,
  now: number,
): BridgeCommandData<"tokens"> {
  const chosen = tokens.filter((token) =>
    token.name > after && (revoked || isValid(token, now))
  );
  const page = chosen.slice(0, limit);
  return {
    tokens: page.map(toTokenInfo),
    ...(chosen.length > page.length ? { next: page.at(-1)!.name } : {}),
  };
}

function toTokenInfo(
  { id, name, scopes, accounts, consumer, createdBy, ...times }: ListedToken,
): TokenInfo {
  const { createdAt, expiresAt, revokedAt } = times;
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
  };
}

function formatTime(at: number): string {
  return new Date(at).toISOString();
}

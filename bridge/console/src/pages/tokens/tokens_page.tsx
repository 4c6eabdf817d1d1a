/** Page of the tokens: who may use the bridge. @module */

import type { TokenInfo } from "../../../../../lib/frames/commands.ts";
import { useEffect, useState } from "../../deps.ts";
import { type DataColumn, DataTable } from "../../app/operate/data_table.tsx";
import { DetailPanel, type Facts } from "../../app/operate/detail_panel.tsx";
import { o } from "../../app/operate/texts.ts";
import { Polled, usePoll } from "../../app/operate/poll.tsx";
import { formatLink, go, type PageProps } from "../../app/router.ts";
import {
  Action,
  Failure,
  offlineItem,
  offlineReason,
  useTask,
} from "../../app/task.tsx";
import { command } from "../../link/link.ts";
import { session } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";
import { shortTime, wholeTime } from "../../texts/times.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Nothing } from "../../ui/states.tsx";
import { CreateToken } from "./create_token.tsx";

/** Time between two answers of the bridge, in milliseconds. */
const POLL_MS = 15_000;

/** Longest wait for an expiry, in milliseconds; a page is drawn more often by its answers. */
const EXPIRY_MS = 60_000;

/** Number of tokens of a page. */
const PAGE = 100;

export function TokensPage({ query }: PageProps) {
  const shown = query.get("id") ?? undefined;
  const [isCreating, setCreating] = useState(false);
  const [hasRevoked, setRevoked] = useState(false);
  const [most, setMost] = useState(PAGE);
  const [revoking, setRevoking] = useState<TokenInfo>();
  const poll = usePoll(
    async (options) => {
      const params = { limit: most, ...(hasRevoked ? { revoked: true } : {}) };
      return await command("tokens", params, options);
    },
    POLL_MS,
    `${hasRevoked} ${most}`,
  );
  const all = poll.data?.tokens ?? [];
  useExpiry(all);
  const detail = all.find(({ id }) => id === shown);
  return (
    <div class={detail === undefined ? "page" : "page with-detail"}>
      <header class="page-head">
        <h1>{t("tokens")}</h1>
        <Action class="primary" onClick={() => setCreating(true)}>
          <Icon name="add" />
          {o("createToken")}
        </Action>
      </header>
      <p class="hint">{o("tokensLead")}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={hasRevoked}
          onChange={(event) => setRevoked(event.currentTarget.checked)}
        />
        {o("showRevoked")}
      </label>
      <Polled poll={poll}>
        {({ tokens, next }) =>
          tokens.length === 0
            ? <Nothing title={o("noTokens")} hint={o("noTokensHint")} />
            : (
              <>
                <DataTable
                  name={t("tokens")}
                  columns={columns(tokens)}
                  rows={tokens}
                  keyOf={({ id }) => id}
                  actions={(token) =>
                    isEnded(token) ? null : (
                      <Menu
                        name={o("actionsFor", { name: token.name })}
                        items={[{
                          text: o("revoke"),
                          icon: "remove",
                          isDanger: true,
                          ...offlineItem(),
                          onChoose: () => setRevoking(token),
                        }]}
                      />
                    )}
                />
                {next !== undefined && most < 500 && (
                  <button
                    type="button"
                    onClick={() => setMost(most + PAGE)}
                  >
                    {o("showMore")}
                  </button>
                )}
              </>
            )}
      </Polled>
      {detail !== undefined && (
        <DetailPanel
          key={detail.id}
          title={detail.name}
          facts={tokenFacts(detail, all)}
          onClose={() => go(formatLink("tokens"))}
        >
          {!isEnded(detail) && (
            <Action
              class="small"
              onClick={() => setRevoking(detail)}
            >
              {o("revoke")}
            </Action>
          )}
        </DetailPanel>
      )}
      {isCreating && (
        <CreateToken
          onCreated={() => void poll.reload()}
          onClose={() => setCreating(false)}
        />
      )}
      {revoking !== undefined && (
        <RevokeToken
          token={revoking}
          onDone={() => void poll.reload()}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </div>
  );
}

function isEnded({ revokedAt, expiresAt }: TokenInfo): boolean {
  return revokedAt !== undefined ||
    expiresAt !== undefined && Date.parse(expiresAt) <= Date.now();
}

/** Draws again when the next of these tokens expires. */
function useExpiry(tokens: readonly TokenInfo[]): void {
  const [, redraw] = useState(0);
  useEffect(() => {
    const rests = tokens.map(({ expiresAt = "" }) =>
      Date.parse(expiresAt) - Date.now()
    );
    const rest = Math.min(EXPIRY_MS, ...rests.filter((ms) => ms > 0));
    const timer = setTimeout(() => redraw((count) => count + 1), rest + 1);
    return () => clearTimeout(timer);
  });
}

function makerOf(
  { createdBy }: TokenInfo,
  tokens: readonly TokenInfo[],
): string {
  return createdBy === undefined
    ? o("firstStart")
    : tokens.find(({ id }) => id === createdBy)?.name ?? createdBy;
}

/** Everything about a token, also what a narrow table leaves out. */
function tokenFacts(token: TokenInfo, tokens: readonly TokenInfo[]): Facts {
  const { accounts, expiresAt, revokedAt, lastUsedAt } = token;
  return [
    [o("id"), token.id],
    [o("scopes"), token.scopes.join(", ")],
    [o("accountsOf"), accounts === "all" ? o("all") : accounts.join(", ")],
    ...(token.consumer === undefined
      ? []
      : [[o("consumer"), token.consumer] as const]),
    [o("createdBy"), makerOf(token, tokens)],
    [o("createdAt"), wholeTime(token.createdAt)],
    [
      o("lastUsed"),
      lastUsedAt === undefined ? o("never") : wholeTime(lastUsedAt),
    ],
    [o("address"), token.lastAddress ?? "—"],
    [
      o("expires"),
      expiresAt === undefined ? o("neverExpires") : wholeTime(expiresAt),
    ],
    ...(revokedAt === undefined
      ? []
      : [[o("revokedAt"), wholeTime(revokedAt)] as const]),
    [o("openConnections"), token.connections],
  ];
}

function columns(tokens: readonly TokenInfo[]): DataColumn<TokenInfo>[] {
  return [
    {
      title: o("name"),
      render: (token) => (
        <a href={formatLink("tokens", [], { id: token.id })}>
          {token.name}
          {token.id === session.value?.id && <small>{o("thisToken")}</small>}
          {token.revokedAt !== undefined
            ? (
              <small>
                {o("revoked", { when: shortTime(token.revokedAt) })}
              </small>
            )
            : isEnded(token) && <small>{o("expired")}</small>}
        </a>
      ),
    },
    { title: o("scopes"), render: ({ scopes }) => scopes.join(", ") },
    {
      title: o("accountsOf"),
      render: ({ accounts }) =>
        accounts === "all" ? o("all") : (
          <span title={accounts.join(", ")}>
            {accounts.length === 1
              ? accounts[0]
              : t("someAccounts", { n: accounts.length })}
          </span>
        ),
    },
    {
      title: o("createdBy"),
      isMinor: true,
      render: (token) => (
        <span title={wholeTime(token.createdAt)}>{makerOf(token, tokens)}</span>
      ),
    },
    {
      title: o("lastUsed"),
      render: ({ lastUsedAt, lastAddress }) =>
        lastUsedAt === undefined
          ? o("never")
          : (
            <span title={wholeTime(lastUsedAt)}>
              {shortTime(lastUsedAt)}
              {lastAddress !== undefined && <small>{lastAddress}</small>}
            </span>
          ),
    },
    {
      title: o("expires"),
      isMinor: true,
      render: ({ expiresAt }) =>
        expiresAt === undefined
          ? o("neverExpires")
          : <span title={wholeTime(expiresAt)}>{shortTime(expiresAt)}</span>,
    },
    {
      title: o("openConnections"),
      isNumber: true,
      render: ({ connections }) => connections,
    },
  ];
}

/** The token in use needs a second confirmation. */
function RevokeToken(
  { token, onDone, onClose }: {
    token: TokenInfo;
    onDone: () => void;
    onClose: () => void;
  },
) {
  const task = useTask();
  const isOwn = token.id === session.value?.id;
  const [isSure, setSure] = useState(!isOwn);
  return (
    <ConfirmDialog
      title={o("revokeToken", { name: token.name })}
      action={o("revoke")}
      isBusy={task.busy || !isSure}
      disabledBecause={offlineReason()}
      onClose={onClose}
      onConfirm={() =>
        void task.run(async () => {
          await command("revokeToken", { id: token.id });
          onDone();
          onClose();
        }, "revokeToken")}
    >
      <p>{o("revokeAsk", { n: token.connections })}</p>
      {isOwn && (
        <>
          <p class="note warn">{o("revokeOwn")}</p>
          <label class="check">
            <input
              type="checkbox"
              checked={isSure}
              onChange={(event) => setSure(event.currentTarget.checked)}
            />
            {o("revokeOwnSure")}
          </label>
        </>
      )}
      <Failure task={task} />
    </ConfirmDialog>
  );
}

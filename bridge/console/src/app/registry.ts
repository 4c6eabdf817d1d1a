/** The pages of the console, one entry each. @module */

import type { ComponentType } from "../deps.ts";
import type { IconName } from "../ui/icon.tsx";
import type { PageProps } from "./address.ts";
import type { PageGroup, PageInfo } from "./page_info.ts";

export interface PageEntry extends PageInfo {
  readonly icon: IconName;
  readonly load: () => Promise<ComponentType<PageProps>>;
}

/** Pages that the menu shows above all groups. */
const FRONT: readonly PageEntry[] = [
  {
    name: "overview",
    path: "/overview",
    text: "overview",
    icon: "overview",
    letter: "o",
    scope: "read",
    isOnBar: true,
    load: async () =>
      (await import("../pages/overview/overview_page.tsx")).OverviewPage,
  },
];

const TALK: readonly PageEntry[] = [
  {
    name: "chats",
    path: "/chats/:account?/:peer?",
    text: "chats",
    icon: "chats",
    letter: "c",
    scope: "read",
    isOnBar: true,
    load: async () => (await import("../pages/chats/chats_page.tsx")).ChatsPage,
  },
  {
    name: "accounts",
    path: "/accounts/:uin?",
    text: "accounts",
    icon: "account",
    letter: "a",
    scope: "read",
    isOnBar: true,
    load: async () =>
      (await import("../pages/accounts/accounts_page.tsx")).AccountsPage,
  },
];

const DEVELOP: readonly PageEntry[] = [
  {
    name: "playground",
    path: "/playground/:command?",
    text: "playground",
    icon: "terminal",
    letter: "p",
    load: async () =>
      (await import("../pages/playground/playground_page.tsx")).PlaygroundPage,
  },
  {
    name: "events",
    path: "/events/:view?",
    text: "events",
    icon: "activity",
    letter: "e",
    scope: "read",
    load: async () =>
      (await import("../pages/events/events_page.tsx")).EventsPage,
  },
  {
    name: "docs",
    path: "/docs/:section?/:name?",
    text: "docs",
    icon: "docs",
    letter: "d",
    scope: "read",
    load: async () => (await import("../pages/docs/docs_page.tsx")).DocsPage,
  },
];

const OPERATE: readonly PageEntry[] = [
  {
    name: "connections",
    path: "/connections/:view?",
    text: "connections",
    icon: "connection",
    letter: "n",
    scope: "read",
    load: async () =>
      (await import("../pages/connections/connections_page.tsx"))
        .ConnectionsPage,
  },
  {
    name: "targets",
    path: "/targets/:id?",
    text: "targets",
    icon: "target",
    letter: "t",
    scope: "manage",
    needsAllAccounts: true,
    load: async () =>
      (await import("../pages/targets/targets_page.tsx")).TargetsPage,
  },
  {
    name: "tokens",
    path: "/tokens",
    text: "tokens",
    icon: "token",
    letter: "k",
    scope: "manage",
    load: async () =>
      (await import("../pages/tokens/tokens_page.tsx")).TokensPage,
  },
  {
    name: "logs",
    path: "/logs",
    text: "logs",
    icon: "logs",
    letter: "l",
    scope: "manage",
    needsAllAccounts: true,
    load: async () => (await import("../pages/logs/logs_page.tsx")).LogsPage,
  },
  {
    name: "figures",
    path: "/figures",
    text: "figures",
    icon: "chart",
    letter: "f",
    scope: "read",
    needsAllAccounts: true,
    load: async () =>
      (await import("../pages/figures/figures_page.tsx")).FiguresPage,
  },
  {
    name: "settings",
    path: "/settings",
    text: "settings",
    icon: "settings",
    letter: "s",
    load: async () =>
      (await import("../pages/settings/settings_page.tsx")).SettingsPage,
  },
];

/** Entries as the menu shows them: a group without a name first. */
export const GROUPS: readonly {
  readonly group?: PageGroup;
  readonly pages: readonly PageEntry[];
}[] = [
  { pages: FRONT },
  { group: "talk", pages: TALK },
  { group: "develop", pages: DEVELOP },
  { group: "operate", pages: OPERATE },
];

export const PAGES: readonly PageEntry[] = GROUPS.flatMap(({ pages }) => pages);

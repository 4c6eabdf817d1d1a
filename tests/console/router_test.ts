import {
  formatLink,
  parseRoute,
} from "../../bridge/console/src/app/address.ts";
import {
  lackOf,
  type PageInfo,
  startPage,
} from "../../bridge/console/src/app/page_info.ts";
import {
  followAddress,
  goInstead,
  route,
} from "../../bridge/console/src/app/router.ts";
import { assertEquals } from "@std/assert";

const PATTERNS = [
  { name: "chats", path: "/chats/:account?/:peer?" },
  { name: "accounts", path: "/accounts/:uin?" },
];

const ROUTES: [string, string | undefined, (string | undefined)[], string][] = [
  ["#/chats", "chats", [undefined, undefined], ""],
  ["#/chats/10001/10002?at=5", "chats", ["10001", "10002"], "at=5"],
  ["#/chats/all", "chats", ["all", undefined], ""],
  ["#/accounts/1%2F2", "accounts", ["1/2"], ""],
  ["#/accounts/%zz?a=1?b", "accounts", ["%zz"], "a=1%3Fb"],
  ["", undefined, [], ""],
  ["#/nothing", undefined, [], ""],
  ["#/chats/1/2/3", undefined, [], ""],
];

for (const [hash, page, values, query] of ROUTES) {
  Deno.test(`parseRoute() finds ${page ?? "no page"} in "${hash}"`, () => {
    const route = parseRoute(PATTERNS, hash);
    assertEquals(
      [route.page, Object.values(route.params), route.query.toString()],
      [page, values, query],
    );
  });
}

Deno.test("formatLink() is the inverse of parseRoute(), and leaves out what is undefined", () => {
  assertEquals(
    formatLink("chats", ["all", undefined], { at: 5, with: undefined }),
    "#/chats/all?at=5",
  );
  const link = formatLink("accounts", ["a/b ?#%"], { q: "x&y=z" });
  const { params, query } = parseRoute(PATTERNS, link);
  assertEquals([params.uin, query.get("q")], ["a/b ?#%", "x&y=z"]);
});

const entry = (name: string, needs: Partial<PageInfo>): PageInfo => ({
  name,
  path: `/${name}`,
  text: "chats",
  letter: "x",
  ...needs,
});

const PAGES = [
  entry("overview", { scope: "read" }),
  entry("chats", { scope: "read" }),
  entry("playground", {}),
  entry("settings", {}),
];

const STARTS: [scopes: string[], page: string, without?: string][] = [
  [["read", "send", "manage"], "overview"],
  [["read", "send", "manage"], "chats", "overview"],
  [["manage"], "playground"],
  [["read"], "chats"],
  [["send"], "playground"],
  [[], "playground"],
  [[], "settings", "playground"],
];

for (const [scopes, page, without] of STARTS) {
  Deno.test(`startPage() is ${page} with scopes "${scopes}"${without ? ` if there is no ${without}` : ""}`, () => {
    const pages = PAGES.filter(({ name }) => name !== without);
    assertEquals(startPage(pages, { scopes, accounts: "all" }), page);
  });
}

Deno.test("lackOf() names the missing scope before the missing accounts", () => {
  const page = entry("x", { scope: "manage", needsAllAccounts: true });
  const cases: [string[], "all" | string[], string | undefined][] = [
    [["read"], ["10001"], "manage"],
    [["manage"], ["10001"], "allAccounts"],
    [["manage"], "all", undefined],
  ];
  for (const [scopes, accounts, expected] of cases) {
    assertEquals(lackOf(page, { scopes, accounts }), expected);
  }
});

Deno.test("goInstead() leaves a link that was opened meanwhile, and goes on if it has no page", () => {
  const replaced: string[] = [];
  const location = {
    hash: "#/nowhere",
    replace: (link: string) => void replaced.push(link),
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "location");
  Object.defineProperty(globalThis, "location", {
    configurable: true,
    value: location,
  });
  const open = (hash: string) => {
    location.hash = hash;
    dispatchEvent(new Event("hashchange"));
  };
  try {
    followAddress(PATTERNS);
    location.hash = "#token=secret";
    goInstead("#/first");
    assertEquals(replaced, []);
    open("");
    assertEquals(replaced, ["#/first"]);
    open("#/nowhere");
    location.hash = "#/accounts";
    goInstead("#/second");
    dispatchEvent(new Event("hashchange"));
    assertEquals([route.value.page, replaced], ["accounts", ["#/first"]]);
  } finally {
    Object.defineProperty(
      globalThis,
      "location",
      before ?? { value: undefined },
    );
  }
});

import type { IconName } from "../kit/icons.ts";

/** The pages, in the order of the menu. */
export const PAGES = {
  overview: { label: "Overview", icon: "overview" },
  authentications: { label: "Authentications", icon: "authentications" },
  deliveries: { label: "Deliveries", icon: "send" },
  endpoints: { label: "Endpoints", icon: "endpoints" },
  customers: { label: "Customers", icon: "customers" },
  settings: { label: "Settings", icon: "settings" },
} as const satisfies Record<string, { readonly label: string; readonly icon: IconName }>;

/** A row of {@link PAGES}. */
export type PageName = keyof typeof PAGES;

/** Where the reader is: a page, what of it, and how it is filtered. */
export interface Place {
  readonly page: PageName;
  /** What follows the page's name: an id, a tab; `null`: the page itself. */
  readonly rest: string | null;
  readonly query: Readonly<Record<string, string>>;
}

/**
 * Reads the part of the address behind `#`. It stays in the browser: ids of customers and filters come into no log and
 * no `Referer` (reliability.md S24).
 */
export function readPlace(hash: string): Place {
  const [path = "", search = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const [name = "", ...rest] = path.split("/");
  const page = Object.hasOwn(PAGES, name) ? (name as PageName) : "overview";
  const text = rest.map(decode).filter((part) => part !== "");
  return {
    page,
    rest: text.length === 0 ? null : text.join("/"),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

/** The address of a place; what is empty or absent in `query` is left out. */
export function hrefOf(
  page: PageName,
  rest: string | null = null,
  query: Readonly<Record<string, string | null | undefined>> = {},
): string {
  const kept = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === "" ? [] : [[name, value] as [string, string]],
  );
  const search = new URLSearchParams(kept).toString();
  const path = rest === null ? page : `${page}/${encodeURIComponent(rest)}`;
  return `#/${path}${search === "" ? "" : `?${search}`}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

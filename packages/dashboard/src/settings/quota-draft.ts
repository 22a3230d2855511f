import type { Schemas } from "@sameface/contract/client";

/** What a tenant may have a bounded number of, as the dashboard calls it. */
export const QUOTA_LABELS = {
  customers: "Enrolled customers",
  endpoints: "Endpoints and streams",
  keys: "Keys that are not revoked",
  pictureBytes: "Bytes of kept pictures",
} as const satisfies Record<keyof Schemas["QuotasInForce"], string>;

/** One of {@link QUOTA_LABELS}. */
export type QuotaName = keyof typeof QUOTA_LABELS;

/** The names, in the order of the page. */
export const QUOTA_NAMES = Object.keys(QUOTA_LABELS) as readonly QuotaName[];

/** Bounds as they stand in the form; empty: none. */
export type QuotaDraft = Readonly<Record<QuotaName, string>>;

/** What stands. */
export function quotaDraftOf(quotas: Schemas["QuotasInForce"]): QuotaDraft {
  const textOf = ({ most }: { readonly most: number | null }): string => (most === null ? "" : String(most));
  const { customers, endpoints, keys, pictureBytes } = quotas;
  return {
    customers: textOf(customers),
    endpoints: textOf(endpoints),
    keys: textOf(keys),
    pictureBytes: textOf(pictureBytes),
  };
}

/** Those that are no whole number. */
export function wrongQuotas(draft: QuotaDraft): readonly QuotaName[] {
  return QUOTA_NAMES.filter((name) => {
    const bound = boundOf(draft[name]);
    return bound !== null && !(Number.isSafeInteger(bound) && bound >= 0);
  });
}

/** What the API takes. */
export function quotasOf(draft: QuotaDraft): Schemas["Quotas"] {
  return Object.fromEntries(QUOTA_NAMES.map((name) => [name, boundOf(draft[name])]));
}

function boundOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}

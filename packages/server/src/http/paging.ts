import type { PagingQuery } from "../api/index.ts";
import type { Paging } from "../store/store.ts";

const DEFAULT_LIMIT = 50;

/** The query's paging as the store takes it; the schema has seen that `limit` is a number of 1…500. */
export function pagingOf({ after, limit }: PagingQuery): Paging {
  return { after: after ?? null, limit: limit === undefined ? DEFAULT_LIMIT : Number(limit) };
}

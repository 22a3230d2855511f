import type { Page } from "../records.ts";

/**
 * One page out of rows of which one more than the page holds was read, so that the last page is known as such.
 * @param options.cursorOf the position of the last row of the page
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  options: {
    readonly limit: number;
    readonly itemOf: (row: Row) => Item;
    readonly cursorOf: (row: Row) => string;
  },
): Page<Item> {
  const shown = rows.slice(0, options.limit);
  const last = shown.at(-1);
  const more = rows.length > options.limit && last !== undefined;
  return { items: shown.map(options.itemOf), next: more ? options.cursorOf(last) : null };
}

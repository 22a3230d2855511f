/** One page of a keyset-paged list. */
interface Page<T> {
  readonly items: readonly T[];
  /** `after` of the next page; `null`: this was the last. */
  readonly next: string | null;
}

/** Every item of a keyset-paged list, page by page. */
export async function listAll<T>(read: (page: { readonly after?: string }) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let after: string | null = null;
  do {
    const page: Page<T> = await read(after === null ? {} : { after });
    items.push(...page.items);
    after = page.next;
  } while (after !== null);
  return items;
}

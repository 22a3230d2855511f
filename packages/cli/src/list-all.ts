import { type ApiClient, textOf } from "./api-client.ts";

/** Every item of a keyset-paged list, page by page. */
export async function listAll(client: ApiClient, path: string): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let after: string | undefined;
  do {
    const query = after === undefined ? "" : `?after=${encodeURIComponent(after)}`;
    const page = await client.expect(`${path}${query}`);
    if (Array.isArray(page["items"])) items.push(...(page["items"] as unknown[]));
    after = textOf(page["next"]);
  } while (after !== undefined);
  return items;
}

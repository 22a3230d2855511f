import type { ApiClient } from "@sameface/contract/client";
import { useState } from "react";
import type { Failure } from "../kit/states.tsx";
import { useSession } from "./session.tsx";
import { type AnyAnswer, type Asked, attempt, useAnswer } from "./use-answer.tsx";

/** One page of any list of the API. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A list that is read page by page. */
export interface Pages<Item> {
  readonly asked: Asked<readonly Item[]>;
  /** `null`: this was the last page. */
  readonly more: (() => void) | null;
  readonly loadingMore: boolean;
  readonly moreFailure: Failure | undefined;
  /** From the first page on. */
  readonly reload: () => void;
}

interface Rest<Item> {
  readonly first: ListPage<Item> | null;
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly loading: boolean;
  readonly failure: Failure | undefined;
}

/**
 * A keyset-paged list: the first page at once, further ones when asked for.
 * @param key names the list with its filters
 * @example
 * const list = usePages(`deliveries ${status}`, (client, after) => client.listDeliveries({ status, ...after }));
 */
export function usePages<Item>(
  key: string,
  ask: (
    client: ApiClient,
    after: { readonly after?: string },
    signal?: AbortSignal,
  ) => Promise<AnyAnswer<ListPage<Item>>>,
): Pages<Item> {
  const { client } = useSession();
  const { asked, reload } = useAnswer<ListPage<Item>>(key, async (by, signal) => await ask(by, {}, signal));
  const first = asked.state === "ready" ? asked.body : null;
  const [rest, setRest] = useState<Rest<Item>>(NONE);
  // What followed another first page is not shown under this one.
  const now = rest.first === first && first !== null ? rest : { ...NONE, first, next: first?.next ?? null };
  const more = async (after: string): Promise<void> => {
    setRest({ ...now, loading: true, failure: undefined });
    const answer = await attempt(async () => await ask(client, { after }));
    const items = answer.ok ? [...now.items, ...answer.body.items] : now.items;
    const next = answer.ok ? answer.body.next : after;
    // A list that was asked anew meanwhile is not touched.
    setRest((current) =>
      current.first === first
        ? { first, items, next, loading: false, failure: answer.ok ? undefined : answer.failure }
        : current,
    );
  };
  const { next } = now;
  return {
    asked: first === null ? (asked as Asked<never>) : { state: "ready", body: [...first.items, ...now.items] },
    more: next === null ? null : () => void more(next),
    loadingMore: now.loading,
    moreFailure: now.failure,
    reload,
  };
}

const NONE = { first: null, items: [], next: null, loading: false, failure: undefined } as const;

import type { AtMs } from "../records.ts";
import { StoreError } from "../store-error.ts";
import type { Backend } from "./backend.ts";

/** Since when writes that want room are refused it; `null`: they are not. */
export interface Room {
  refusedSinceMs: AtMs | null;
}

/**
 * Remembers that a write was refused for a full disk. A ping alone would not tell: what it writes may fit into pages that
 * are there, where a decision does not (F34).
 */
export function noticeFull(backend: Backend): { readonly backend: Backend; readonly room: Room } {
  const room: Room = { refusedSinceMs: null };
  // Of the write before where a transaction could not even begin.
  let lastTriedAtMs: AtMs | null = null;
  const write: Backend["write"] = async (work, order) => {
    try {
      return await backend.write(async (view) => {
        lastTriedAtMs = view.nowMs;
        return await work(view);
      }, order);
    } catch (fault) {
      if (fault instanceof StoreError && fault.code === "full") room.refusedSinceMs ??= lastTriedAtMs;
      throw fault;
    }
  };
  return { backend: { ...backend, write }, room };
}

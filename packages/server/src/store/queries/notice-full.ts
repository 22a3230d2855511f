import { StoreError } from "../store-error.ts";
import type { Backend } from "./backend.ts";

/** Whether the last write that wanted room was refused it. */
export interface Room {
  isRefused: boolean;
}

/**
 * Remembers that a write was refused for a full disk. A ping alone would not tell: what it writes may fit into pages that
 * are there, where a decision does not (F34).
 */
export function noticeFull(backend: Backend): { readonly backend: Backend; readonly room: Room } {
  const room: Room = { isRefused: false };
  const write: Backend["write"] = async (work, order) => {
    try {
      return await backend.write(work, order);
    } catch (fault) {
      if (fault instanceof StoreError && fault.code === "full") room.isRefused = true;
      throw fault;
    }
  };
  return { backend: { ...backend, write }, room };
}

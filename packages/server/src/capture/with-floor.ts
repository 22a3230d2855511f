import type { Clock } from "../clock.ts";

/**
 * Answers at the floor, or at a multiple of it: how long the work took is not to be read off the answer, since for a
 * customer who is unknown or blocked there is less to do (S12).
 */
export async function withFloor<T>(
  { clock, floorMs }: { readonly clock: Pick<Clock, "monotonicMs" | "after">; readonly floorMs: number },
  work: () => Promise<T>,
): Promise<T> {
  const startedAtMs = clock.monotonicMs();
  const result = await work();
  const tookMs = clock.monotonicMs() - startedAtMs;
  const waitMs = Math.max(1, Math.ceil(tookMs / floorMs)) * floorMs - tookMs;
  await new Promise<void>((resolve) => {
    clock.after(waitMs, resolve);
  });
  return result;
}

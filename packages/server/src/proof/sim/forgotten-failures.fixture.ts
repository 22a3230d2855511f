import type { Asked } from "../check-story.fixture.ts";
import type { Select } from "../read-rows.fixture.ts";
import { GUESSED } from "./plan.fixture.ts";

/** I7: no failure that was told to a client is missing in its customer's counter, once everything has come to rest. */
export async function forgottenFailures(
  asked: readonly Asked[],
  { select, subjectOf }: { readonly select: Select; readonly subjectOf: (customerId: string) => string },
): Promise<readonly string[]> {
  const found = await Promise.all(
    GUESSED.map(async (who) => {
      const told = asked.filter((one) => one.customerId === who && one.answer?.outcome === "not-recognized").length;
      const [counted] = await select(
        `select coalesce(sum(consecutive_failures), 0) as n from failure_counters where subject = '${subjectOf(who)}'`,
      );
      const known = Number(counted?.["n"]);
      return known < told ? [`I7: ${told} failures of ${who} were told, ${known} are counted`] : [];
    }),
  );
  return found.flat();
}

import { systemClock } from "../clock.ts";
import { systemRandom } from "../random.ts";
import { createPostgresStore } from "../store/postgres/create-postgres-store.ts";
import { createSqliteStore } from "../store/sqlite/create-sqlite-store.ts";
import { createRewrapper } from "./rewrapper.ts";
import { unlockVault } from "./unlock-vault.ts";

/**
 * A process that changes the master key of a store and moves its records, wired as main.ts does it; it kills itself with
 * SIGKILL at the given record, within the transaction of that record's batch.
 */
const [place = "", masterKeyText = "", otherKeyText = "", killAt = ""] = process.argv.slice(2);
const world = { clock: systemClock, random: systemRandom };
const store = place.startsWith("postgres")
  ? await createPostgresStore({ ...world, url: place })
  : await createSqliteStore({ ...world, folder: place });
const keys = { masterKeyText, otherKeyText, keyFile: `${place}.key` };
const { vault } = await unlockVault({ ...keys, meta: store, random: systemRandom });
let looked = 0;
const rewrapper = createRewrapper({
  store,
  vault: {
    ...vault,
    rewrap: (sealed) => {
      looked += 1;
      if (looked === Number(killAt)) process.kill(process.pid, "SIGKILL");
      return vault.rewrap(sealed);
    },
  },
  clock: systemClock,
  batch: 50,
  restMs: 1,
  report: (report) => {
    console.log(report.kind === "rewrapped" ? `rewrapped ${report.records}` : report.kind);
    void rewrapper.stop().then(async () => {
      await store.close();
    });
  },
});
rewrapper.start();

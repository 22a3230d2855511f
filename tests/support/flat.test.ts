import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { complaintsOf, type Held, type Reading } from "./flat.ts";

const MINUTES = 30;
const EVERY_MS = 5_000;
const PER_SECOND = 30;

/** A value every five seconds, by its time in seconds. */
const series = (of: (seconds: number) => number): readonly Reading[] =>
  Array.from({ length: (MINUTES * 60_000) / EVERY_MS }, (_, n) => ({
    atMs: n * EVERY_MS,
    value: of((n * EVERY_MS) / 1_000),
  }));

/** As it was recorded of a server: 30 MB more within the first minutes, then a saw of collections with a stray peak. */
const recordedRss = (seconds: number): number =>
  220e6 + 30e6 * (1 - Math.exp(-seconds / 120)) + ((seconds * 7_919) % 61) * 100_000 + (seconds % 245 === 0 ? 25e6 : 0);
const recordedDescriptors = (seconds: number): number => 34 + ((seconds * 104_729) % 5);

const run = (leaks: { readonly bytesEach?: number; readonly descriptorsAMinute?: number } = {}): Held => ({
  rssBytes: series((seconds) => recordedRss(seconds) + seconds * PER_SECOND * (leaks.bytesEach ?? 0)),
  descriptors: series(
    (seconds) => recordedDescriptors(seconds) + Math.floor((seconds / 60) * (leaks.descriptorsAMinute ?? 0)),
  ),
  warmUpMs: 600_000,
  authenticationsPerSecond: PER_SECOND,
});

describe("whether a server grows is judged by a line through its minutes after the warm-up", () => {
  it("takes a server that warms up, and whose memory and descriptors come and go, for flat", () => {
    assert.deepEqual(complaintsOf(run()), []);
  });

  it("finds a kilobyte that is kept of each authentication", () => {
    assert.match(complaintsOf(run({ bytesEach: 1_000 })).join(), /^memory grew by 3\d\.\d MB, 18\.4 may be$/);
  });

  it("finds one descriptor a minute that is never closed", () => {
    assert.match(complaintsOf(run({ descriptorsAMinute: 1 })).join(), /^(?:19|20|21)\.\d descriptors more, 10 may be$/);
  });
});

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import sharp from "sharp";
import { drawFace } from "../drawn-face.ts";
import { scanBomb } from "../fixtures/scan-bomb.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { imageFormat } from "./image-format.ts";
import { readHeader } from "./read-header.ts";

const SECONDS = Number(process.env["SAMEFACE_FUZZ_SECONDS"] ?? "60");
const SEED = Number(process.env["SAMEFACE_FUZZ_SEED"] ?? Date.now());
/** B4: of a core, whatever the file is; on a machine that others use, it may wait for longer. */
const MOST_CPU_MS = 250;
/** A decoder is asked for one of so many: it takes a thousand times as long. */
const DECODED_EVERY = 50;

/** Seeded, so that what fails can be had again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One to eight bytes changed, mostly near the beginning, where headers are; now and then a part is cut out. */
function mutated(bytes: Uint8Array, below: (most: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  for (let left = 1 + below(8); left > 0; left -= 1) {
    const near = below(2) === 0 ? Math.min(1_024, changed.length) : changed.length;
    changed[below(near)] = below(256);
  }
  if (below(4) > 0) return changed;
  const from = below(changed.length);
  return Buffer.concat([changed.subarray(0, from), changed.subarray(from + 1 + below(512))]);
}

describe(`the header reader and scan counter over files changed at random, ${SECONDS} s from seed ${SEED}`, () => {
  const files: Uint8Array[] = [];
  before(async () => {
    const face = sharp(Buffer.from(drawFace(1)));
    files.push(
      await face.clone().jpeg().toBuffer(),
      await face.clone().jpeg({ progressive: true }).toBuffer(),
      await face.clone().png().toBuffer(),
      await face.clone().webp().toBuffer(),
      scanBomb({ width: 64, height: 64 }),
    );
  });

  it("never throws, takes no long time, and lets through nothing that a decoder reads as larger", async () => {
    const below = randomOf(SEED);
    const seen = { runs: 0, accepted: 0, decoded: 0 };
    for (const endMs = performance.now() + SECONDS * 1_000; performance.now() < endMs; seen.runs += 1) {
      const bytes = mutated(files[below(files.length)] ?? Buffer.alloc(0), below);
      const format = imageFormat(bytes);
      if (format === null) continue;
      const before = process.cpuUsage();
      const { header, problem } = readHeader(bytes, { format, limits: DEFAULT_LIMITS });
      const { user, system } = process.cpuUsage(before);
      assert.ok((user + system) / 1_000 < MOST_CPU_MS, `run ${seen.runs} was slow`);
      if (header === null || problem !== null) continue;
      seen.accepted += 1;
      if (seen.accepted % DECODED_EVERY > 0) continue;
      const read = await sharp(bytes, { failOn: "none" })
        .metadata()
        .catch(() => null);
      if (read === null) continue;
      seen.decoded += 1;
      const pixels = read.width * read.height;
      assert.ok(pixels <= header.width * header.height, `run ${seen.runs}: ${pixels} pixels`);
    }
    console.log(`told: fuzzed ${JSON.stringify({ ...seen, seconds: SECONDS, seed: SEED })}`);
    assert.ok(seen.accepted > 100 && seen.decoded > 0);
  });
});

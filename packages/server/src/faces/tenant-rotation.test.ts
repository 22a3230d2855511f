import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { compare, type Template } from "@sameface/engine";
import { rotateByTenant } from "./tenant-rotation.ts";

const secretOf = (name: string): Uint8Array => new Uint8Array(createHash("sha256").update(name).digest());

/** A direction drawn from a seed: the sum of uniform values is near enough to normal. */
function face(seed: number, length = 512): Float32Array {
  let state = seed * 2_654_435_761 + 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  };
  const raw = Float64Array.from({ length }, () => next() + next() + next());
  const norm = Math.hypot(...raw);
  return Float32Array.from(raw, (value) => value / norm);
}

const template = (vector: Float32Array): Template => ({ embedderId: "e", vector });
const cosine = (a: Float32Array, b: Float32Array): number => compare(template(a), template(b)).similarity;

describe("rotateByTenant", () => {
  it("leaves every score within a tenant as it was, to 1e-6, for lengths of any kind", () => {
    for (const length of [512, 128, 192, 1000]) {
      for (let seed = 1; seed <= 50; seed += 1) {
        const secret = secretOf(`tenant ${seed}`);
        const [a, b] = [face(seed, length), face(seed + 1000, length)];
        // Half alike, as two pictures of one person are.
        const both = a.map((value, i) => value + (b[i] ?? 0));
        const norm = Math.hypot(...both);
        const near = both.map((value) => value / norm);
        for (const other of [b, near]) {
          const turned = cosine(rotateByTenant(a, secret), rotateByTenant(other, secret));
          assert.ok(Math.abs(turned - cosine(a, other)) <= 1e-6);
        }
      }
    }
  });

  it("makes the same face in two tenants a stranger: 1,000 pairs of tenants stay under 0.25", () => {
    const a = face(7);
    const turned = Array.from({ length: 46 }, (_, i) => rotateByTenant(a, secretOf(`t${i}`)));
    const scores = turned.flatMap((one, i) => turned.slice(i + 1).map((other) => Math.abs(cosine(one, other))));
    assert.ok(scores.length > 1000);
    assert.ok(Math.max(...scores) < 0.25, `highest ${Math.max(...scores)}`);
  });

  it("leaves nothing of the values to recognise the face by, in whatever order", () => {
    const a = face(3);
    const sizes = (vector: Float32Array): Float32Array => vector.map(Math.abs).toSorted();
    const unit = (vector: Float32Array): Float32Array => {
      const norm = Math.hypot(...vector);
      return vector.map((value) => value / norm);
    };
    const spread = unit(sizes(rotateByTenant(a, secretOf("one"))));
    const own = unit(sizes(rotateByTenant(a, secretOf("two"))));
    const other = unit(sizes(rotateByTenant(face(4), secretOf("two"))));
    // Sorted sizes of any two directions are much alike; the same face is no nearer than a stranger.
    assert.ok(Math.abs(cosine(spread, own) - cosine(spread, other)) < 0.01);
  });

  it("keeps a length of one and is the same each time", () => {
    const turned = rotateByTenant(face(1), secretOf("t"));
    assert.ok(Math.abs(Math.hypot(...turned) - 1) < 1e-6);
    assert.deepEqual(rotateByTenant(face(1), secretOf("t")), turned);
  });
});

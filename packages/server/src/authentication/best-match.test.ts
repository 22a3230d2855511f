import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sealTemplate } from "../faces/sealed-template.ts";
import { systemRandom } from "../random.ts";
import type { Customer } from "../store/records.ts";
import { createVault } from "../vault/vault.ts";
import { bestMatch } from "./best-match.ts";

describe("bestMatch", () => {
  const vault = createVault({ masterKey: systemRandom.bytes(32), random: systemRandom });
  const probe = { embedderId: "e-1", vector: Float32Array.of(1) };

  /** A customer whose templates are one number each, which times the probe's 1 is the similarity. */
  function customerOf(...templates: readonly [similarity: number, embedderId?: string][]): Customer {
    const owner = { tenantId: "t", customerId: "c" };
    return {
      ...owner,
      revision: "r",
      consent: { reference: "x", atMs: 0 },
      block: null,
      consecutiveFailures: 0,
      lastFailureAtMs: null,
      createdAtMs: 0,
      enrolledAtMs: 0,
      templates: templates.map(([similarity, embedderId = "e-1"], index) => ({
        interviewId: `i${index}`,
        embedderId,
        sealed: sealTemplate({ embedderId, vector: Float32Array.of(similarity) }, { ...owner, vault }),
        imageDigest: "",
        enrolledAtMs: 0,
      })),
    };
  }
  const best = (...templates: readonly [similarity: number, embedderId?: string][]) =>
    bestMatch(probe, {
      customer: customerOf(...templates),
      vault,
      compare: (one, other) => ({ similarity: (one.vector[0] ?? 0) * (other.vector[0] ?? 0) }),
    });

  it("is the most similar of all templates, wherever it stands", () => {
    assert.equal(best([0.25], [0.75], [0.5])?.interviewId, "i1");
    assert.equal(best([-0.5], [-0.25])?.interviewId, "i1");
    assert.equal(best([0.75])?.similarity, 0.75);
  });

  it("compares no template of another embedder, and says so when none is left", () => {
    assert.equal(best([0.9, "e-2"], [0.25])?.interviewId, "i1");
    assert.equal(best([0.9, "e-2"]), null);
    assert.equal(best(), null);
  });

  it("hides no NaN behind a good number, whichever comes first", () => {
    assert.ok(Number.isNaN(best([Number.NaN], [0.9])?.similarity));
    assert.ok(Number.isNaN(best([0.9], [Number.NaN])?.similarity));
  });
});

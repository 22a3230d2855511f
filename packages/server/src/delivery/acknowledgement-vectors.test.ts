import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { ProfileName } from "../store/records.ts";
import { PROFILES } from "./profiles.ts";

interface Judgement {
  readonly profile: ProfileName;
  readonly status: number;
  readonly contentType: string | null;
  readonly acknowledged: boolean;
}

describe("vectors/acknowledgement.json", () => {
  it("has the same answers acknowledge as the profiles do", () => {
    const text = readFileSync(new URL("../../../../vectors/acknowledgement.json", import.meta.url), "utf8");
    const { judgements } = JSON.parse(text) as { readonly judgements: readonly Judgement[] };
    assert.ok(judgements.length >= 70, String(judgements.length));
    for (const { profile, status, contentType, acknowledged } of judgements) {
      assert.equal(
        PROFILES[profile].acknowledges(status, contentType),
        acknowledged,
        `${profile} ${status} ${contentType}`,
      );
    }
  });
});

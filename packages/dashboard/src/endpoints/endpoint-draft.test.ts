import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bodyOf, draftOf } from "./endpoint-draft.ts";

const BASIC = {
  kind: "basic",
  description: "HTTP basic.",
  fields: [
    { name: "username", label: "Username", required: true, shape: "text", hint: null, maxLength: null },
    { name: "password", label: "Password", required: true, shape: "secret", hint: null, maxLength: null },
  ],
} as const;

describe("the form of an endpoint", () => {
  it("says nothing of what was left as it was", () => {
    assert.deepEqual(bodyOf({ ...draftOf(null), url: " https://shop.example/ " }, [BASIC]), {
      url: "https://shop.example/",
      description: null,
      profile: "standard",
      outcomes: null,
      rateLimit: null,
      ordered: false,
      auth: null,
    });
  });

  it("reads an endpoint, and keeps its way of signing in unless another is chosen", () => {
    const view = {
      id: "0".repeat(24),
      url: "https://shop.example/",
      description: "The shop",
      profile: "incode",
      outcomes: ["passed"],
      publicKey: null,
      overlapUntil: null,
      auth: { kind: "oauth2" },
      rateLimit: 7,
      ordered: true,
      enabled: true,
      verified: true,
      disabledReason: null,
      slowedUntil: null,
      failingSince: null,
      consecutiveFailures: 0,
      operator: false,
      createdAt: "2027-01-31T12:00:00Z",
    } as const;
    const draft = draftOf(view);
    const kept = bodyOf(draft, [BASIC]);
    assert.deepEqual(
      [kept.description, kept.profile, kept.outcomes, kept.rateLimit, kept.ordered],
      ["The shop", "incode", ["passed"], 7, true],
    );
    assert.ok(!("auth" in kept));
    const changed = bodyOf({ ...draft, authKind: "basic", authTexts: { username: "anna", password: "p" } }, [BASIC]);
    assert.deepEqual(changed.auth, { kind: "basic", username: "anna", password: "p" });
  });
});

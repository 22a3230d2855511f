import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSigningKey } from "@sameface/contract";
import { createReceiver } from "@sameface/receiver";
import { makeId, nowSeconds } from "./make-request.ts";
import { makeOddRequest, ODD_REQUESTS, type OddName } from "./odd-requests.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** What our own receiver makes of each. */
const EXPECTED: Readonly<Record<OddName, string>> = {
  "extra-keys": "passed",
  "other-bytes": "passed",
  "non-ascii": "passed",
  inconsistent: "inconsistent",
  "wrong-types": "malformed",
  "not-json": "not_json",
  "not-an-object": "malformed",
  empty: "not_json",
  "not-utf8": "invalid_utf8",
  "duplicate-key": "duplicate_key",
  "proto-key": "forbidden_key",
  deep: "too_deep",
  huge: "too_large",
  "bad-signature": "signature_mismatch",
  "changed-body": "signature_mismatch",
  "changed-id": "signature_mismatch",
  "changed-time": "signature_mismatch",
  stale: "timestamp_too_old",
  future: "timestamp_too_new",
  "loose-time": "bad_timestamp",
  "no-signature": "missing_signature",
  "no-id": "missing_id",
  "no-timestamp": "missing_timestamp",
  "unknown-version": "no_supported_signature",
  "two-signatures": "passed",
};

describe("an odd request", () => {
  for (const name of Object.keys(ODD_REQUESTS) as OddName[]) {
    it(`is odd in what it says, and in nothing else: ${name}`, async () => {
      let outcome = "";
      const receiver = createReceiver({ secrets: [SECRET], toleranceSeconds: 600 })
        .on("passed", () => {
          outcome = "passed";
        })
        .on("not-passed", ({ kind }) => {
          outcome = kind;
        });
      const signing = { id: makeId(false), keys: [parseSigningKey(SECRET)], timestampSeconds: nowSeconds() };
      const { result } = await receiver.receive(await makeOddRequest(name, signing));
      assert.equal(result.kind === "refused" ? result.reason : outcome, EXPECTED[name]);
    });
  }
});

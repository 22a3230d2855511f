import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answerOf, requestOf } from "./exchange.ts";

describe("what one attempt exchanged", () => {
  it("shows the request without the signature that nobody keeps", () => {
    const text = requestOf({ startedAt: "2027-01-01T00:00:00.500Z" }, { url: "https://a.example", eventId: "e1" });
    assert.match(text, /^POST https:\/\/a\.example\n/);
    assert.match(text, /webhook-id: e1\nwebhook-timestamp: 1798761600\n/);
    assert.match(requestOf({ startedAt: "2027-01-01T00:00:00Z" }, { url: null, eventId: "e1" }), /gone/);
  });

  it("shows the answer as it came, or why there was none", () => {
    const reply = { contentType: "text/html", body: "<script>alert(1)</script>" };
    assert.equal(
      answerOf({ httpStatus: 500, reason: "httpStatus", reply }),
      "HTTP 500\ncontent-type: text/html\n\n<script>alert(1)</script>",
    );
    assert.equal(answerOf({ httpStatus: null, reason: "timeout", reply: null }), "No answer: timeout");
    assert.equal(answerOf({ httpStatus: 204, reason: null, reply: { contentType: null, body: "" } }), "HTTP 204\n\n");
  });
});

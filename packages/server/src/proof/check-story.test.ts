import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkStory, partOf, type Story } from "./check-story.fixture.ts";

/** Two attempts of one customer, each acknowledged, delivered and taken. */
const WHOLE: Story = {
  asked: ["1", "2"].map((n) => ({
    customerId: "ann",
    key: n,
    answer: { authenticationId: `a${n}`, eventId: `e${n}`, outcome: "passed" },
  })),
  received: ["1", "2"].map((n) => ({ endpointId: "x", eventId: `e${n}`, digest: n, verified: true, taken: true })),
  rows: {
    events: ["1", "2"].map((n) => ({
      eventId: `e${n}`,
      outcome: "passed" as const,
      body: JSON.stringify({ overallStatus: "PASS", note: 'a "quoted" word', customer: "ann" }),
      isOperators: false,
    })),
    authentications: ["1", "2"].map((n) => ({
      authenticationId: `a${n}`,
      eventId: `e${n}`,
      outcome: "passed" as const,
    })),
    deliveries: ["1", "2"].map((n) => ({ eventId: `e${n}`, endpointId: "x", status: "delivered", reason: null })),
    pictures: [],
    countedFailures: 0,
  },
  endpointIds: ["x"],
  erased: [],
  swept: new Set(),
  failures: 0,
};

const found = (story: Story, only: readonly string[]): readonly string[] =>
  checkStory(partOf(story, new Set(only))).violations;

describe("a story is judged, whole or in the part that a sweep takes next", () => {
  it("holds where all that was acknowledged is there and was taken", () => {
    assert.deepEqual(checkStory(WHOLE).violations, []);
    assert.deepEqual(found(WHOLE, ["e1"]), []);
  });

  it("tells what stands as delivered and was never taken, in its own part alone", () => {
    const story = { ...WHOLE, received: WHOLE.received.filter(({ eventId }) => eventId !== "e2") };
    assert.deepEqual(found(story, ["e1"]), []);
    assert.deepEqual(found(story, ["e2"]), ["lost: e2 stands as delivered to x, which never took it"]);
  });

  it("tells a body that names somebody who was erased, whatever its texts quote", () => {
    const story = { ...WHOLE, erased: ["ann"] };
    assert.deepEqual(found(story, ["e1"]), ["I9: e1 names ann, who was erased"]);
  });
});

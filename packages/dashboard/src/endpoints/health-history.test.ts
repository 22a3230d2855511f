import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { changesOf, sharesOf } from "./health-history.ts";

const told = (id: string, type: "endpoint.failing" | "endpoint.recovered" | "replay.finished", endpointId: string) => ({
  id,
  type,
  at: "2027-01-31T12:00:00Z",
  tenantId: "default",
  data: { endpointId },
});

describe("the history of an endpoint", () => {
  it("is what operators were told of it, the newest first, the same in a row once", () => {
    const items = [
      told("1", "endpoint.failing", "a"),
      told("2", "endpoint.recovered", "b"),
      told("3", "replay.finished", "a"),
      told("4", "endpoint.recovered", "a"),
      told("6", "endpoint.recovered", "a"),
      { id: "5", erased: true } as const,
    ];
    assert.deepEqual(
      changesOf(items, "a").map(({ id, label, times }) => [id, label, times]),
      [
        ["6", "Recovered", 2],
        ["1", "Began to fail", 1],
      ],
    );
  });

  it("takes shares of what has ended alone", () => {
    const items = (["delivered", "dead", "delivered", "failing", "held", "skipped"] as const).map((status) => ({
      status,
    }));
    assert.deepEqual(sharesOf(items), { delivered: 2, ended: 3 });
  });
});

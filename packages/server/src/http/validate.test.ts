import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EndpointBody, IdParams, StreamBody } from "../api/index.ts";
import { ROUTE_SHAPES } from "./route-shapes.ts";
import { compileValidator } from "./validate.ts";

describe("compileValidator", () => {
  it("says in words what a field must be, and shows no regular expression", () => {
    const id = compileValidator(IdParams, "path")({ id: "x" });
    assert.equal(
      id?.detail,
      "The path does not fit the schema: /id must be as described: 24 random hexadecimal characters.",
    );
    const name = compileValidator(StreamBody, "body")({ name: "a b" });
    assert.match(name?.detail ?? "", /\/name must be as described: 1 to 100 of visible ASCII/);
    const body = { url: "x", profile: "x", outcomes: ["x"], auth: { kind: "x" }, more: 1 };
    const errors = compileValidator(EndpointBody, "body")(body)?.errors ?? [];
    assert.deepEqual(
      errors.filter(({ path }) => path === "" || path === "/profile").map(({ message }) => message),
      ["must not have the property more", "must be one of standard, incode"],
    );
    assert.deepEqual(
      errors.filter(({ message }) => /constant|anyOf|allowed values|pattern/.test(message)),
      [],
    );
  });

  it("has words for every pattern of a request", () => {
    const bare: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      const { pattern, description } = value as { readonly pattern?: unknown; readonly description?: unknown };
      if (typeof pattern === "string" && description === undefined) bare.push(path);
      for (const [key, one] of Object.entries(value)) walk(one, `${path}/${key}`);
    };
    for (const { operationId, params, query, body } of ROUTE_SHAPES) walk([params, query, body?.schema], operationId);
    assert.deepEqual(bare, []);
  });
});

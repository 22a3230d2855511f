import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commonProblems, openApiDocument } from "./openapi.ts";
import { PROBLEMS, type ProblemCode, problemBody } from "./problems.ts";
import { ROUTE_SHAPES } from "./route-shapes.ts";

const document = openApiDocument(ROUTE_SHAPES, { version: "1.2.3", serverUrl: "https://face.example" });
const text = JSON.stringify(document);
const { schemas } = document["components"] as { schemas: Record<string, unknown> };

describe("the OpenAPI document", () => {
  it("is OpenAPI 3.1 with every route once, each under an id of its own", () => {
    assert.equal(document["openapi"], "3.1.0");
    const paths = document["paths"] as Record<string, Record<string, { operationId: string }>>;
    const operations = Object.values(paths).flatMap((path) => Object.values(path).map((one) => one.operationId));
    assert.deepEqual(operations.toSorted(), ROUTE_SHAPES.map((one) => one.operationId).toSorted());
    assert.equal(new Set(operations).size, operations.length);
  });

  it("refers only to schemas that it holds", () => {
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? "");
    assert.ok(references.length > 30);
    for (const name of references) assert.ok(name in schemas, name);
  });

  it("tells every path parameter of a path, and no other", () => {
    for (const shape of ROUTE_SHAPES) {
      const named = [...shape.path.matchAll(/\{([A-Za-z]+)\}/g)].map((match) => match[1] ?? "");
      assert.deepEqual(Object.keys(shape.params?.properties ?? {}), named, shape.operationId);
    }
  });

  it("takes no object with fields of the caller's own making", () => {
    const open: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      const schema = value as Record<string, unknown>;
      if (schema["type"] === "object" && "properties" in schema && schema["additionalProperties"] !== false)
        open.push(path);
      for (const [key, one] of Object.entries(schema)) walk(one, `${path}/${key}`);
    };
    for (const { operationId, body, query } of ROUTE_SHAPES) {
      walk(body?.schema, operationId);
      walk(query, operationId);
    }
    assert.deepEqual(open, []);
  });

  it("tells of every problem of the table somewhere, but for those that come before a route is known", () => {
    const told = new Set(ROUTE_SHAPES.flatMap((shape) => [...shape.problems, ...commonProblems(shape)]));
    const untold = (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => !told.has(code));
    assert.deepEqual(untold.toSorted(), ["headersTooLarge", "methodNotAllowed", "requestTimeout", "uriTooLong"]);
  });

  it("has a stable type, title and status for every problem", () => {
    for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
      const body = problemBody(code as ProblemCode, { detail: "d", requestId: "r" });
      assert.deepEqual(body, {
        type: `urn:sameface:problem:${code}`,
        title,
        status,
        code,
        detail: "d",
        requestId: "r",
      });
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RouteShape } from "./route.ts";
import { ROUTE_SHAPES } from "./route-shapes.ts";
import { picture } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

const MARK = "cnry5e7d";

/** The keywords of JSON Schema that the API's schemas are made of. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly pattern?: string;
}

/** Tokens of their own, so that a leak names its field. */
class Tokens {
  readonly fields = new Map<string, string>();

  next(field: string): string {
    const token = `${MARK}x${this.fields.size}x`;
    this.fields.set(token, field);
    return token;
  }
}

/** How a text must be written where any word would be refused before it gets anywhere. */
const WRITTEN: Readonly<Record<string, (token: string) => unknown>> = {
  image: (token) => picture({ face: token }).toString("base64"),
  url: (token) => `http://127.0.0.1:4999/${token}`,
  at: () => "2026-01-01T00:00:00Z",
  since: () => "2026-01-01T00:00:00Z",
  until: () => "2036-01-01T00:00:00Z",
  expiresAt: () => "2036-01-01T00:00:00Z",
  tokenUrl: (token) => `http://127.0.0.1:4999/${token}`,
};

function fill(schema: Schema, { field, tokens }: { readonly field: string; readonly tokens: Tokens }): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [choice] = schema.anyOf ?? [];
  if (choice !== undefined) return fill(choice, { field, tokens });
  if (schema.items !== undefined) return [fill(schema.items, { field, tokens })];
  if (schema.type === "object") {
    const named = Object.entries(schema.properties ?? {}).map(([name, one]) => [
      name,
      fill(one, { field: `${field}.${name}`, tokens }),
    ]);
    const free = schema.patternProperties !== undefined || typeof schema.additionalProperties === "object";
    if (free) named.push([`x-${tokens.next(`${field} (name)`)}`, tokens.next(`${field} (value)`)]);
    return Object.fromEntries(named);
  }
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
  if (schema.type === "boolean") return false;
  const token = tokens.next(field);
  return WRITTEN[field.split(".").at(-1) ?? ""]?.(token) ?? token;
}

const propertiesOf = (schema: unknown): Readonly<Record<string, Schema>> => (schema as Schema).properties ?? {};

/** One call with a token in every field: path, query, headers, body; then one with no more than the route demands. */
async function touch(server: TestServer, shape: RouteShape, tokens: Tokens): Promise<number> {
  const { operationId: name, method, body } = shape;
  const path = shape.path.replaceAll(/\{([A-Za-z]+)\}/g, (_all, param: string) => tokens.next(`${name} path ${param}`));
  const query = new URLSearchParams();
  for (const key of Object.keys(propertiesOf(shape.query ?? {}))) query.set(key, tokens.next(`${name} query ${key}`));
  query.set(tokens.next(`${name} query (name)`), tokens.next(`${name} query (value)`));
  const headers: Record<string, string> = {};
  for (const header of ["idempotency-key", "cookie", "referer", "user-agent", "x-request-id", "x-forwarded-for"]) {
    headers[header] = tokens.next(`${name} header ${header}`);
  }
  const filled = body === undefined ? undefined : fill(body.schema, { field: name, tokens });
  const demanded = { method, headers, ...(filled === undefined ? {} : { body: bodyOf(shape, filled) }) };
  const { status } = await server.call(path, demanded);
  await server.call(`${path}?${query.toString()}`, demanded);
  if (filled !== undefined) {
    const odd = { ...(filled as object), [tokens.next(`${name} body (name)`)]: tokens.next(`${name} body (value)`) };
    await server.call(path, { ...demanded, body: bodyOf(shape, odd) });
    await server.call(path, { ...demanded, body: `{"${tokens.next(`${name} broken JSON`)}` });
  }
  return status;
}

function bodyOf({ body }: RouteShape, filled: unknown): unknown {
  return body?.kind === "lines" ? JSON.stringify(filled) : filled;
}

describe("a token in every field of every route", () => {
  it("reaches no log line, no header of an answer, and nothing that another tenant is told", {
    timeout: 120_000,
  }, async () => {
    const server = await startTestServer();
    try {
      const { body } = await server.call("/v1/tenants", { method: "POST", body: { name: "other" } });
      const other = String(body["key"]);
      const tokens = new Tokens();
      let taken = 0;
      for (const shape of ROUTE_SHAPES) if ((await touch(server, shape, tokens)) < 300) taken += 1;
      assert.ok(tokens.fields.size > 300, `only ${tokens.fields.size} fields`);
      assert.ok(taken >= 12, `only ${taken} routes took what they were sent`);
      const told: string[] = [];
      for (const shape of ROUTE_SHAPES) {
        const path = shape.path.replaceAll(/\{[A-Za-z]+\}/g, "0".repeat(24));
        const answer = await server.call(path, { method: shape.method, key: other, ...withBody(shape) });
        told.push(answer.text, JSON.stringify([...answer.headers]));
      }
      const leaks = (texts: readonly string[]): readonly string[] =>
        [...tokens.fields].filter(([token]) => texts.some((text) => text.includes(token))).map(([, field]) => field);
      assert.ok(server.logLines.length > ROUTE_SHAPES.length);
      assert.deepEqual(leaks(server.logLines), []);
      assert.deepEqual(leaks(told), []);
      assert.ok(!server.logLines.join("").includes(MARK));
      for (const list of ["customers", "keys", "tenants", "endpoints"]) {
        const { text } = await server.call(`/v1/${list}`);
        assert.ok(text.includes(MARK), `the search would find what is told: ${list}`);
      }
    } finally {
      await server.close();
    }
  });
});

/** Enough to get to the handler or to be refused by it. */
function withBody({ body }: RouteShape): { readonly body?: unknown } {
  if (body === undefined) return {};
  return { body: body.kind === "lines" ? "{}" : {} };
}

import { PROBLEMS, type Problem } from "@sameface/engine";
import fc from "fast-check";
import type { TSchema } from "typebox";
import type { RouteShape } from "./route.ts";
import { picture, type Script } from "./scripted-engine.fixture.ts";
import type { TestCall } from "./test-server.fixture.ts";

/** One request of a route: much of it as the document has it, some of it hostile. */
export interface ArbitraryCall extends TestCall {
  readonly path: string;
}

/** Ids that are in the store, by the part of the path that names their kind, so that some calls get behind a 404. */
export type KnownIds = Readonly<Record<string, string>>;

/** What broke a server somewhere: each goes wherever a value stands. */
const HOSTILE: readonly unknown[] = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "\u202e\u200b",
  "😀".repeat(100),
  "x".repeat(5_000),
  "__proto__",
  "constructor",
  "' OR 1=1 --",
  "${jndi:ldap://x}",
  "../../etc/passwd",
  "%00",
  "2024-02-30T25:61:61Z",
  "9999-12-31T23:59:59.999999999+23:59",
  "0000-01-01T00:00:00Z",
  "https://127.0.0.1/",
  "http://127.0.0.1:4999/",
  "NaN",
  "-1",
  null,
  true,
  0,
  -0,
  -1,
  0.5,
  1e308,
  Number.MIN_VALUE,
  Number.MAX_SAFE_INTEGER + 1,
  [],
  [[]],
  {},
  { length: 1e9 },
];

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** What is the engine's own failure is rightly answered with 5xx, and drawn by tests of its own. */
const OWN_FAILURES: readonly Problem[] = ["overloaded", "model_failure"];

const scripts: fc.Arbitrary<Script> = fc.record(
  {
    face: fc.constantFrom("anna", "bert"),
    shot: fc.nat(1_000_000),
    live: fc.constantFrom(0.1, 0.9),
    problem: fc.constantFrom(...PROBLEMS.filter((one) => !OWN_FAILURES.includes(one))),
    checks: fc.constantFrom<Script["checks"] & object>({ lenses: true }, { mask: true }, { headCover: true }),
  },
  { requiredKeys: ["face", "shot"] },
);
const images = scripts.map((script) => picture(script).toString("base64"));

/** The parts of JSON Schema that the API's schemas are made of. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly contentEncoding?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

/** Values that a schema takes. */
function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  switch (schema.type) {
    case "string":
      return textsOf(schema);
    case "integer":
      return fc.oneof(integersOf(schema), fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 2 ** 31));
    case "number":
      return fc.double({ min: schema.minimum ?? -1, max: schema.maximum ?? 1, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return listsOf(schema);
    case "object":
      return objectsOf(schema);
    default: // a schema that takes anything
      return hostile;
  }
}

function textsOf({ pattern, contentEncoding, minLength = 0, maxLength = 300 }: Schema): fc.Arbitrary<unknown> {
  if (contentEncoding === "base64") return images;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ unit: "binary", minLength, maxLength: Math.min(maxLength, 300) });
}

function integersOf({ minimum = -(2 ** 31), maximum = 2 ** 31 }: Schema): fc.Arbitrary<number> {
  return fc.integer({ min: minimum, max: maximum });
}

function listsOf({ items = {}, minItems = 0, maxItems = 5, uniqueItems }: Schema): fc.Arbitrary<unknown> {
  const bounds = { minLength: minItems, maxLength: Math.min(maxItems, 5) };
  return uniqueItems === true ? fc.uniqueArray(valuesOf(items), bounds) : fc.array(valuesOf(items), bounds);
}

function objectsOf({ properties, required = [], patternProperties }: Schema): fc.Arbitrary<unknown> {
  if (properties === undefined) {
    const [values = {}] = Object.values(patternProperties ?? {});
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), valuesOf(values), { maxKeys: 4 });
  }
  const members = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valuesOf(one)]));
  return fc.record(members, { requiredKeys: [...required] });
}

/** One member made hostile, one taken away or one added. */
function broken(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return hostile;
  const names = Object.keys(value);
  const changed = fc
    .tuple(fc.constantFrom(...names, "overallStatus", "tenantId", "__proto__"), hostile)
    .map(([name, bad]): unknown => Object.fromEntries([...Object.entries(value), [name, bad]]));
  const lesser = fc.constantFrom(...names, "").map((name): unknown => {
    return Object.fromEntries(Object.entries(value).filter(([one]) => one !== name));
  });
  return fc.oneof({ weight: 3, arbitrary: changed }, lesser, hostile);
}

function mostly(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 2, arbitrary: good }, good.chain(broken));
}

/** JSON as text, now and then with a piece cut out or a byte put in. */
function textOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const text = value.map((one) => JSON.stringify(one));
  const cut = fc.tuple(text, fc.nat(), fc.constantFrom("", "\u0000", "\u00ff", "}", ',"a":1,"a":2', "1e999"));
  const mangled = cut.map(([whole, at, piece]) => {
    const where = at % (whole.length + 1);
    return whole.slice(0, where) + piece + whole.slice(where + 1);
  });
  return fc.oneof({ weight: 9, arbitrary: text }, mangled);
}

function paramsOf(shape: RouteShape, ids: KnownIds): fc.Arbitrary<string> {
  const kind = shape.path.split("/")[2] ?? "";
  const known = ids[kind];
  const properties = Object.values(shape.params?.properties ?? {}) as readonly Schema[];
  const one = (schema: Schema): fc.Arbitrary<string> =>
    fc.oneof(
      ...(known === undefined ? [] : [{ weight: 3, arbitrary: fc.constant(known) }]),
      { weight: 1, arbitrary: valuesOf(schema).map(String) },
      {
        weight: 1,
        arbitrary: fc.oneof(
          fc.constantFrom(...HOSTILE.filter((bad) => typeof bad === "string")),
          fc.string({ unit: "binary", maxLength: 40 }),
        ),
      },
    );
  return fc.tuple(...properties.map(one)).map((values) => {
    const left = [...values];
    return shape.path.replaceAll(/\{[A-Za-z]+\}/g, () => segmentOf(left.shift() ?? ""));
  });
}

/** A lone surrogate has no percent form, and a client makes `.` and `..` of their own before it sends. */
function segmentOf(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd")).replace(/^\.{1,2}$/, "%2e%2e");
}

function queryOf({ query }: RouteShape): fc.Arbitrary<string> {
  if (query === undefined) return fc.constantFrom("", "?", "?x=1", "?__proto__=1");
  const pairs = mostly(valuesOf(query as Schema)).map((value) => {
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [["limit", value]];
    return entries.map(([name, one]) => `${segmentOf(String(name))}=${segmentOf(String(one))}`).join("&");
  });
  return fc.tuple(pairs, fc.constantFrom("", "&limit=1&limit=2", "&%ff=%ff", "&a[b]=c")).map(([good, odd]) => {
    return `?${good}${odd === "" || good.length % 7 !== 0 ? "" : odd}`;
  });
}

type BodyKind = NonNullable<RouteShape["body"]>["kind"];

const CONTENT_TYPES: Readonly<Record<BodyKind, string>> = {
  json: "application/json",
  upload: "application/json",
  lines: "application/x-ndjson",
  report: "application/csp-report",
};

function bodyOf({ body, method }: RouteShape): fc.Arbitrary<Pick<TestCall, "body" | "headers">> {
  const type = CONTENT_TYPES[body?.kind ?? "json"];
  const types = fc.oneof(
    { weight: 20, arbitrary: fc.constant(type) },
    fc.constantFrom("text/plain", "multipart/form-data", "application/json; charset=utf-16", "x"),
  );
  const texts = body === undefined ? fc.constantFrom("", "", "{}", "[1]") : bodiesOf(body.kind, body.schema);
  return fc.tuple(texts, types).map(([text, contentType]) => {
    if (method === "GET" || text === "") return {};
    return { body: text, headers: { "content-type": contentType } };
  });
}

function bodiesOf(kind: BodyKind, schema: TSchema): fc.Arbitrary<string> {
  const one = textOf(mostly(valuesOf(schema)));
  return kind === "lines" ? fc.array(one, { maxLength: 4 }).map((lines) => lines.join("\n")) : one;
}

/** Requests of a route. */
export function callsOf(shape: RouteShape, ids: KnownIds): fc.Arbitrary<ArbitraryCall> {
  const key = fc.oneof(
    { weight: 12, arbitrary: fc.constant({}) },
    fc.constantFrom({ key: null }, { key: "" }, { key: "sf_live_x" }, { key: "x".repeat(500) }),
  );
  const idempotency = fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    fc.constantFrom("one", "two", "x".repeat(300), "a b").map((value) => ({ "idempotency-key": value })),
  );
  return fc
    .tuple(paramsOf(shape, ids), queryOf(shape), bodyOf(shape), key, idempotency)
    .map(([path, query, body, credential, more]) => ({
      ...credential,
      method: shape.method,
      path: `${path}${query}`,
      ...body,
      headers: { ...body.headers, ...more },
    }));
}

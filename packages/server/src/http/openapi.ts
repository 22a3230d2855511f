import * as api from "../api/index.ts";
import { changesSomething } from "./cross-site.ts";
import { HTTP_LIMITS } from "./http-limits.ts";
import { PROBLEMS, type ProblemCode } from "./problems.ts";
import type { RouteShape } from "./route.ts";

/** A JSON value on its way into the document. */
type Json = Record<string, unknown>;

/** Schemas by identity: one that has a name is told once, and named where it is used. */
const NAMES: ReadonlyMap<unknown, string> = new Map(
  Object.entries(api)
    .filter(([, value]) => isSchema(value))
    .map(([name, value]) => [value, name]),
);

/**
 * The OpenAPI 3.1 document of the routes.
 * @param options.serverUrl where callers find the server; `null`: where the document itself was read
 */
export function openApiDocument(
  shapes: readonly RouteShape[],
  options: { readonly version: string; readonly serverUrl: string | null },
): Json {
  const paths: Record<string, Json> = {};
  for (const shape of shapes) {
    paths[shape.path] = { ...paths[shape.path], [shape.method.toLowerCase()]: operation(shape) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "sameface", version: options.version, summary: "Self-hosted 1:1 face authentication" },
    servers: [{ url: options.serverUrl ?? "/" }],
    security: [{ key: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "An API key" },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-sameface",
          description: "A session of the dashboard; over plain http its cookie is named sameface-<port>.",
        },
      },
      schemas: Object.fromEntries([...NAMES].map(([schema, name]) => [name, inner(schema)])),
    },
  };
}

function operation(shape: RouteShape): Json {
  const isPublic = shape.scopes === "public";
  return {
    operationId: shape.operationId,
    summary: shape.summary,
    ...(isPublic ? { security: [] } : { "x-scopes": [...shape.scopes] }),
    // Either nothing or a key will do.
    ...(shape.openToLoopback === true ? { security: [{}, { key: [] }] } : {}),
    parameters: parameters(shape),
    ...(shape.body === undefined ? {} : { requestBody: requestBody(shape.body) }),
    responses: { ...answers(shape), ...problems([...shape.problems, ...commonProblems(shape)]) },
  };
}

/** Problems that follow from what a route is. */
export function commonProblems(shape: RouteShape): readonly ProblemCode[] {
  const { scopes, params, query, body, fresh } = shape;
  const takesBody = body !== undefined;
  return [
    "malformedRequest",
    "internal",
    "storeUnavailable",
    ...(scopes === "public" ? [] : (["unauthorized", "forbidden", "tooManyRequests"] as const)),
    ...(changesSomething(shape) ? (["crossSite"] as const) : []),
    ...(fresh === true ? (["signInAgain"] as const) : []),
    ...(params !== undefined || query !== undefined || takesBody ? (["validation"] as const) : []),
    ...(takesBody ? (["malformedJson", "bodyTooLarge", "unsupportedMediaType"] as const) : []),
    ...(body?.kind === "upload" ? UPLOAD_PROBLEMS : []),
  ];
}

const UPLOAD_PROBLEMS = ["emptyImage", "malformedImage", "malformedMultipart", "imageTooLarge"] as const;

function parameters({ params, query, idempotent }: RouteShape): Json[] {
  const of = (schema: RouteShape["params"], place: string): Json[] =>
    Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
      name,
      in: place,
      required: place === "path",
      schema: reference(property),
    }));
  const key = {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
    description: "Repeating the request with the same key and body answers the same attempt.",
  };
  return [...of(params, "path"), ...of(query, "query"), ...(idempotent === true ? [key] : [])];
}

function requestBody(body: NonNullable<RouteShape["body"]>): Json {
  const schema = reference(body.schema);
  switch (body.kind) {
    case "json":
      return { required: body.optional !== true, content: { "application/json": { schema } } };
    case "report":
      return {
        required: true,
        content: { "application/csp-report": { schema }, "application/reports+json": { schema } },
      };
    case "lines":
      return {
        required: true,
        description: `One object a line, ${HTTP_LIMITS.batchBytes / 1_000_000} MB in all.`,
        content: { "application/x-ndjson": { schema } },
      };
    case "upload": {
      const binary = { type: "string", contentMediaType: "application/octet-stream" };
      const { properties, required } = body.schema;
      const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, reference(one)]));
      const form = { type: "object", required, properties: { ...fields, image: binary } };
      const description =
        "As multipart, `image` is the file itself; `consent` is JSON, or the parts consent.reference and consent.at.";
      const json = body.or === undefined ? schema : { anyOf: [schema, reference(body.or)] };
      const content = { "application/json": { schema: json }, "multipart/form-data": { schema: form } };
      return { required: true, description, content };
    }
  }
}

function answers({ answers: told }: RouteShape): Json {
  return Object.fromEntries(
    Object.entries(told).map(([status, { description, schema, contentType = "application/json" }]) => [
      status,
      { description, ...(schema === null ? {} : { content: { [contentType]: { schema: reference(schema) } } }) },
    ]),
  );
}

/** One response a status: its problem codes are an enumeration. */
function problems(codes: readonly ProblemCode[]): Json {
  const unique = [...new Set(codes)];
  const statuses = [...new Set(unique.map((code) => PROBLEMS[code].status))].sort((a, b) => a - b);
  const response = (ofStatus: readonly ProblemCode[]): Json => ({
    description: ofStatus.map((code) => `${code}: ${PROBLEMS[code].title}`).join("; "),
    content: {
      "application/problem+json": {
        schema: {
          allOf: [reference(api.Problem), { type: "object", properties: { code: { enum: [...ofStatus] } } }],
        },
      },
    },
  });
  return Object.fromEntries(
    statuses.map((status) => [String(status), response(unique.filter((code) => PROBLEMS[code].status === status))]),
  );
}

function reference(schema: unknown): unknown {
  const name = NAMES.get(schema);
  return name === undefined ? inner(schema) : { $ref: `#/components/schemas/${name}` };
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reference);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, reference(one)]));
}

function isSchema(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("type" in value || "anyOf" in value);
}

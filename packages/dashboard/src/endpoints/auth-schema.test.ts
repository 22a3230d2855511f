import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { authValue, readAuthForms, readHeaderLines, readSamples } from "./auth-schema.ts";

/** What the server serves, as the repository keeps it. */
const SERVED: unknown = JSON.parse(
  readFileSync(new URL("../../../../docs/reference/openapi.json", import.meta.url), "utf8"),
);

describe("the form of a way of signing in", () => {
  it("is drawn from the served document, each text with its label, and secrets told apart", () => {
    const forms = readAuthForms(SERVED);
    assert.deepEqual(
      forms.map((form) => [form.kind, form.fields.map(({ label, shape, required }) => [label, shape, required])]),
      [
        ["headers", [["Headers", "headers", true]]],
        [
          "basic",
          [
            ["Username", "text", true],
            ["Password", "secret", true],
          ],
        ],
        [
          "oauth2",
          [
            ["Token URL", "text", true],
            ["Client id", "text", true],
            ["Client secret", "secret", true],
            ["Scope", "text", false],
          ],
        ],
      ],
    );
  });

  it("draws a kind that nobody here has heard of", () => {
    const schema = {
      required: ["kind", "apiKey"],
      description: "A key in the query.",
      properties: { kind: { const: "apiKey" }, apiKey: { type: "string", maxLength: 9, description: "Theirs." } },
    };
    const document = { components: { schemas: { EndpointAuth: { anyOf: [schema, { properties: {} }] } } } };
    const [form, ...others] = readAuthForms(document);
    assert.deepEqual([form?.description, others], ["A key in the query.", []]);
    assert.deepEqual(form?.fields, [
      { name: "apiKey", label: "Api key", required: true, shape: "secret", hint: "Theirs.", maxLength: 9 },
    ]);
  });

  it("gives the setting back as the API takes it, without what was left empty", () => {
    const [headers, , oauth2] = readAuthForms(SERVED);
    assert.ok(headers !== undefined && oauth2 !== undefined);
    assert.deepEqual(authValue(oauth2, { tokenUrl: "https://id.example/t", clientId: "a", clientSecret: "b" }), {
      kind: "oauth2",
      tokenUrl: "https://id.example/t",
      clientId: "a",
      clientSecret: "b",
    });
    assert.deepEqual(authValue(headers, { headers: "x-a: 1\n\nx-b:2:3\nbare" }), {
      kind: "headers",
      headers: { "x-a": "1", "x-b": "2:3", bare: "" },
    });
    assert.deepEqual(readHeaderLines(""), {});
  });

  it("reads the samples of a test, and nothing out of nothing", () => {
    assert.ok(readSamples(SERVED).includes("unknown-customer"));
    assert.deepEqual([readSamples(null), readAuthForms({})], [[], []]);
  });
});

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { describe, it } from "node:test";
import { corpus } from "./corpora.fixture.ts";
import { type JsonRefusal, parseStrictJson } from "./strict-json.ts";

const suite = corpus("json-test-suite", 318);

/** Refused on purpose (corpora/README.md): duplicate keys, U+0000. */
const REFUSED_Y = [
  "y_object_duplicated_key.json",
  "y_object_duplicated_key_and_value.json",
  "y_object_escaped_null_in_key.json",
  "y_string_null_escape.json",
];
const ACCEPTED_I = [
  "i_number_double_huge_neg_exp.json",
  "i_number_real_underflow.json",
  "i_number_too_big_neg_int.json",
  "i_number_too_big_pos_int.json",
  "i_number_very_big_negative_int.json",
];

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function reasonFor(input: string | Uint8Array): JsonRefusal | null {
  const parsed = parseStrictJson(typeof input === "string" ? utf8(input) : input);
  return parsed.ok ? null : parsed.reason;
}

describe("parseStrictJson", () => {
  it("judges JSONTestSuite exactly as pinned: 91 of 95 y, 0 of 188 n, 5 of 35 i", { skip: suite.skip }, () => {
    const folder = join(suite.folder, "test_parsing");
    const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
    const of = (kind: string): string[] => files.filter((file) => file.startsWith(`${kind}_`));
    const accepted = (file: string): boolean => parseStrictJson(readFileSync(join(folder, file))).ok;
    assert.deepEqual([of("y").length, of("n").length, of("i").length], [95, 188, 35]);
    assert.deepEqual(
      of("y").filter((file) => !accepted(file)),
      REFUSED_Y,
    );
    assert.deepEqual(of("n").filter(accepted), []);
    assert.deepEqual(of("i").filter(accepted), ACCEPTED_I);
  });

  it("names each refusal", () => {
    const cases: (readonly [string | Uint8Array, JsonRefusal])[] = [
      ["\uFEFF{}", "byte_order_mark"],
      [Buffer.from("[]", "utf16le"), "not_json"],
      [Uint8Array.of(0x22, 0xff, 0x22), "invalid_utf8"],
      [Uint8Array.of(0x22, 0xc0, 0x80, 0x22), "invalid_utf8"],
      [Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "invalid_utf8"],
      ["", "not_json"],
      ["{", "not_json"],
      ['"a', "not_json"],
      ['"a\\', "not_json"],
      ['{"a":1,}', "not_json"],
      ["NaN", "not_json"],
      ['{"a":1,"a":1}', "duplicate_key"],
      ['{"a":1,"\\u0061":2}', "duplicate_key"],
      ['[{"x":{"k":1,"k":2}}]', "duplicate_key"],
      ['{"":1,"":2}', "duplicate_key"],
      ['{"__proto__":{"a":1}}', "forbidden_key"],
      ['[{"\\u005f_proto__":1}]', "forbidden_key"],
      ['"\\u0000"', "null_character"],
      ['{"a\\u0000b":1}', "null_character"],
      ['"\\ud800"', "unpaired_surrogate"],
      ['"\\udc00\\ud800"', "unpaired_surrogate"],
      ['{"\\ud83d":1}', "unpaired_surrogate"],
      ["1e400", "number_out_of_range"],
      ['{"a":[-1e400]}', "number_out_of_range"],
    ];
    for (const [input, reason] of cases) assert.equal(reasonFor(input), reason, JSON.stringify(String(input)));
  });

  it("reads what JSON.parse reads, colons, brackets and quotes inside of texts included", () => {
    const texts = [
      '{"a:b":"}]{[:\\"\\\\","c":[1,-0,1.5e3,null,true,false,"\\ud83d\\ude00","\u2028"]}',
      '{"constructor":1,"toString":{},"prototype":[]}',
      "9007199254740993",
      '"\\\\"',
      " [ ] ",
    ];
    for (const text of texts) {
      assert.deepEqual(parseStrictJson(utf8(text)), { ok: true, value: JSON.parse(text) as unknown }, text);
    }
  });

  it("changes no prototype, whatever it reads", () => {
    parseStrictJson(utf8('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
    assert.equal("polluted" in {}, false);
  });

  it("reads 32 levels and refuses the 33rd, in arrays, in objects and mixed", () => {
    const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
    assert.equal(reasonFor(nested("[", "]", 32)), null);
    assert.equal(reasonFor(nested("[", "]", 33)), "too_deep");
    assert.equal(reasonFor(`${'{"a":'.repeat(32)}1${"}".repeat(32)}`), null);
    assert.equal(reasonFor(`${'{"a":'.repeat(33)}1${"}".repeat(33)}`), "too_deep");
    assert.equal(reasonFor(`${'[{"a":'.repeat(17)}1`), "too_deep");
    assert.equal(reasonFor(`[${Array.from({ length: 100 }, () => nested("[", "]", 31)).join()}]`), null);
  });

  it("refuses nesting of any depth in at most 5 ms", () => {
    for (const depth of [33, 1_000, 100_000, 5_000_000]) {
      const bytes = new Uint8Array(2 * depth).fill(0x5b, 0, depth).fill(0x5d, depth);
      const times = Array.from({ length: 5 }, () => {
        const before = performance.now();
        assert.equal(reasonFor(bytes), "too_deep");
        return performance.now() - before;
      });
      // The best of five: what the code takes, not what the machine was doing beside it.
      assert.ok(Math.min(...times) <= 5, `${depth}: ${Math.min(...times)} ms`);
    }
  });

  it("takes its bounds from the caller, in bytes", () => {
    assert.deepEqual(parseStrictJson(utf8('"éé"'), { maxBytes: 5 }), { ok: false, reason: "too_large" });
    assert.deepEqual(parseStrictJson(utf8('"éé"'), { maxBytes: 6 }), { ok: true, value: "éé" });
    assert.deepEqual(parseStrictJson(utf8("[[]]"), { maxDepth: 1 }), { ok: false, reason: "too_deep" });
  });
});

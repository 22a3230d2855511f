import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Network, parseNetworks } from "./address.ts";
import { readSsrfRows } from "./corpora.fixture.ts";
import { checkEndpointUrl, needsAllowedNetwork, targetOf } from "./endpoint-url.ts";

const rows = readSsrfRows("url");
const loopback = networksOf("127.0.0.0/8,::1/128");

describe("checkEndpointUrl without allowed networks", () => {
  it("judges every URL of the corpus as labelled", { skip: rows === null && "1 skipped: no corpora" }, () => {
    const wrong = (rows ?? []).filter((row) => check(row.input).ok !== (row.expect === "allow"));
    assert.deepEqual(wrong, []);
    assert.equal(rows?.length, 98);
  });

  it("answers the canonical form of what it allows", () => {
    assert.deepEqual(check("HTTPS://Hooks.Example.COM:443?x=1"), { ok: true, url: "https://hooks.example.com/?x=1" });
  });

  it("shows how the parser reads what it refuses, without the password", () => {
    assert.equal(canonicalOf("https://0x7f.1/"), "https://127.0.0.1/");
    assert.equal(canonicalOf("https://me:secret@hooks.example.com/"), "https://hooks.example.com/");
    assert.equal(canonicalOf("hooks.example.com/in"), null);
  });

  it("names the reason of each refusal", () => {
    for (const [text, reason] of [
      [`https://hooks.example.com/${"a".repeat(2048)}`, "tooLong"],
      ["https://hooks.example.com/\t", "notVisibleAscii"],
      ["https://hooks.example.com\\@127.0.0.1/", "backslash"],
      ["https://", "notUrl"],
      ["http://hooks.example.com/", "scheme"],
      ["https://a@hooks.example.com/", "userInfo"],
      ["https://hooks.example.com/#", "fragment"],
      ["https://8.8.8.8/", "address"],
      ["https://[2606:4700:4700::1111]/", "address"],
      ["https://intranet/", "name"],
      ["https://hooks.example.com:444/", "port"],
      ["https:hooks.example.com/", "notCanonical"],
      ["https://@hooks.example.com/", "notCanonical"],
    ] as const) {
      const verdict = check(text);
      assert.equal(verdict.ok ? "allowed" : verdict.reason, reason, text);
    }
  });

  it("names the setting in every refusal that the setting would allow, and in no other", () => {
    const named = (text: string): boolean => {
      const verdict = check(text);
      assert.ok(!verdict.ok, text);
      return verdict.message.includes("SAMEFACE_ALLOWED_PRIVATE_NETWORKS");
    };
    for (const text of [
      "http://127.0.0.1:9000/",
      "https://127.0.0.1/",
      "https://localhost/",
      "https://a.example:9000/",
    ]) {
      assert.equal(named(text), true, text);
    }
    for (const text of ["https://a:b@a.example/", "https://a.example/#x", "https://a.example\\", "x"]) {
      assert.equal(named(text), false, text);
    }
  });
});

describe("checkEndpointUrl with allowed networks", () => {
  it("allows http, literals, high ports, localhost and single labels", () => {
    for (const text of [
      "http://127.0.0.1:9000/in",
      "http://localhost:9000/",
      "http://[::1]:1024/",
      "http://receiver:3000/hook",
      "https://127.0.0.1/",
      "https://localhost:8443/",
      "http://hooks.example.com:9000/",
    ]) {
      assert.deepEqual(check(text, loopback), { ok: true, url: text });
    }
  });

  it("keeps all other rules", () => {
    for (const [text, reason] of [
      ["http://10.0.0.1:9000/", "address"],
      ["http://8.8.8.8:9000/", "address"],
      ["http://127.1:9000/", "notCanonical"],
      ["http://127.0.0.1/", "port"],
      ["http://127.0.0.1:1023/", "port"],
      ["http://foo.localhost:9000/", "name"],
      ["http://printer.local:9000/", "name"],
      ["http://localhost.:9000/", "name"],
      ["ftp://127.0.0.1:9000/", "scheme"],
      ["http://u@127.0.0.1:9000/", "userInfo"],
      ["http:127.0.0.1:9000/", "notCanonical"],
    ] as const) {
      const verdict = check(text, loopback);
      assert.equal(verdict.ok ? "allowed" : verdict.reason, reason, text);
    }
  });
});

describe("needsAllowedNetwork", () => {
  it("is true for whatever breaks a rule that holds outside", () => {
    for (const [text, expected] of [
      ["https://hooks.example.com/", false],
      ["https://hooks.example.com:8443/", false],
      ["http://hooks.example.com:8443/", true],
      ["https://hooks.example.com:9000/", true],
      ["https://127.0.0.1/", true],
      ["https://[::1]/", true],
      ["https://localhost/", true],
      ["https://receiver/", true],
      ["https://printer.local/", true],
      ["http://receiver/", true],
    ] as const) {
      assert.equal(needsAllowedNetwork(targetOf(new URL(text))), expected, text);
    }
  });
});

function check(text: string, allowedNetworks: readonly Network[] = []): ReturnType<typeof checkEndpointUrl> {
  return checkEndpointUrl(text, { allowedNetworks });
}

function canonicalOf(text: string): string | null {
  const verdict = check(text);
  assert.ok(!verdict.ok);
  return verdict.canonical;
}

function networksOf(text: string): readonly Network[] {
  const parsed = parseNetworks(text);
  assert.ok(parsed.ok);
  return parsed.networks;
}

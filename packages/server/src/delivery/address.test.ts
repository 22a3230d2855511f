import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { classifyAddress, isInside, type Network, parseNetworks } from "./address.ts";
import { readSsrfRows } from "./corpora.fixture.ts";

const rows = readSsrfRows("address");

describe("classifyAddress", () => {
  it("judges every address of the corpus as labelled", { skip: rows === null && "1 skipped: no corpora" }, () => {
    const wrong = (rows ?? []).filter((row) => (classifyAddress(row.input) === "public") !== (row.expect === "allow"));
    assert.deepEqual(wrong, []);
    assert.equal(rows?.length, 150);
  });

  it("refuses both ends of every range and allows their neighbours", () => {
    for (const [first, last] of [
      ["0.0.0.0", "0.255.255.255"],
      ["10.0.0.0", "10.255.255.255"],
      ["100.64.0.0", "100.127.255.255"],
      ["127.0.0.0", "127.255.255.255"],
      ["168.63.129.16", "168.63.129.16"],
      ["169.254.0.0", "169.254.255.255"],
      ["172.16.0.0", "172.31.255.255"],
      ["192.0.0.0", "192.0.0.255"],
      ["192.0.2.0", "192.0.2.255"],
      ["192.88.99.0", "192.88.99.255"],
      ["192.168.0.0", "192.168.255.255"],
      ["198.18.0.0", "198.19.255.255"],
      ["198.51.100.0", "198.51.100.255"],
      ["203.0.113.0", "203.0.113.255"],
      ["224.0.0.0", "255.255.255.255"],
    ] as const) {
      const [low, high] = [toNumber(first), toNumber(last)];
      for (const inside of [low, high]) assert.equal(classifyAddress(toText(inside)), "refused", toText(inside));
      for (const outside of [low - 1, high + 1]) {
        if (outside < 0 || outside > 0xffffffff) continue;
        assert.equal(classifyAddress(toText(outside)), "public", toText(outside));
      }
    }
  });

  it("refuses the IPv4-compatible form of loopback, which lies in ::/96", () => {
    assert.equal(classifyAddress("::7f00:1"), "refused");
    assert.equal(classifyAddress("::127.0.0.1"), "refused");
  });

  it("calls whatever is not one plain address malformed", () => {
    for (const text of ["", "1", "0x7f.1", "1.2.3.4:80", "[::1]", "fe80::1%eth0", "127.0.0.1\u0000", "a.example"]) {
      assert.equal(classifyAddress(text), "malformed", JSON.stringify(text));
    }
  });
});

describe("parseNetworks", () => {
  it("reads IPv4 and IPv6 networks with spaces around the commas", () => {
    assert.deepEqual(textsOf(" 127.0.0.0/8 , ::1/128,fd00::/8"), ["127.0.0.0/8", "::1/128", "fd00::/8"]);
  });

  it("reads an empty text as no network at all", () => {
    assert.deepEqual(textsOf(""), []);
    assert.deepEqual(textsOf("  "), []);
  });

  it("refuses in one line what is not a network, naming the part", () => {
    for (const part of [
      "127.0.0.1",
      "127.0.0.0/33",
      "127.0.0.0/",
      "::1/129",
      "127.1/8",
      "a/8",
      "1.0.0.0/8/9",
      "/8",
      "1.0.0.0/-1",
    ]) {
      const parsed = parseNetworks(`127.0.0.0/8,${part}`);
      assert.ok(!parsed.ok, part);
      assert.match(parsed.message, new RegExp(`^"${part}" is not a network`));
      assert.ok(!parsed.message.includes("\n"));
    }
    assert.equal(parseNetworks("127.0.0.0/8,").ok, false);
  });

  it("refuses bits after the prefix and says both things that may have been meant", () => {
    const parsed = parseNetworks("10.0.0.7/8");
    assert.deepEqual(parsed, {
      ok: false,
      message: '"10.0.0.7/8" has bits after the prefix; write 10.0.0.0/8 or 10.0.0.7/32',
    });
    assert.equal(parseNetworks("fd00::1/8").ok, false);
    assert.equal(parseNetworks("172.16.0.0/12").ok, true);
    assert.equal(parseNetworks("172.24.0.0/12").ok, false);
  });
});

describe("isInside", () => {
  it("finds an address in its own family only", () => {
    const networks = networksOf("127.0.0.0/8,fd00::/8");
    assert.equal(isInside("127.9.9.9", networks), true);
    assert.equal(isInside("128.0.0.1", networks), false);
    assert.equal(isInside("fd12::1", networks), true);
    assert.equal(isInside("::ffff:127.0.0.1", networks), false);
    assert.equal(isInside("::1", networks), false);
    assert.equal(isInside("127.1", networks), false);
    assert.equal(isInside("127.0.0.1", []), false);
  });
});

function networksOf(text: string): readonly Network[] {
  const parsed = parseNetworks(text);
  assert.ok(parsed.ok);
  return parsed.networks;
}

function textsOf(text: string): readonly string[] {
  return networksOf(text).map((network) => network.text);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

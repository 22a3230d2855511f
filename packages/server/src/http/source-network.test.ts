import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plainAddress, sourceNetwork } from "./source-network.ts";

describe("the source of a connection", () => {
  it("is an IPv4 address, mapped or not, or a whole /64 of IPv6", () => {
    assert.equal(sourceNetwork("::ffff:10.0.0.1"), sourceNetwork("10.0.0.1"));
    assert.notEqual(sourceNetwork("10.0.0.2"), sourceNetwork("10.0.0.1"));
    assert.equal(sourceNetwork("2600:1:2:3::1"), sourceNetwork("2600:1:2:3:ffff::2"));
    assert.notEqual(sourceNetwork("2600:1:2:4::1"), sourceNetwork("2600:1:2:3::1"));
    assert.equal(sourceNetwork(""), "");
  });

  it("is compared with a proxy's network as the address that it is", () => {
    assert.equal(plainAddress("::ffff:10.0.0.1"), "10.0.0.1");
    assert.equal(plainAddress("2600:0:0::1"), "2600::1");
    assert.equal(plainAddress(""), "");
  });
});

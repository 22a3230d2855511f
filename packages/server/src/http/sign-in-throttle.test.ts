import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSignInThrottle } from "./sign-in-throttle.ts";

function throttleAt() {
  const world = { nowMs: 0 };
  return { world, throttle: createSignInThrottle({ monotonicMs: () => world.nowMs }) };
}

describe("createSignInThrottle", () => {
  it("lets five slips pass, then waits twice as long each time, a minute at most", () => {
    const { throttle } = throttleAt();
    const waits: number[] = [];
    for (let n = 0; n < 14; n += 1) {
      throttle.failed("192.0.2.1");
      waits.push(throttle.waitMs("192.0.2.1"));
    }
    assert.deepEqual(waits.slice(0, 7), [0, 0, 0, 0, 1_000, 2_000, 4_000]);
    assert.equal(waits.at(-1), 60_000);
    assert.equal(throttle.waitMs("192.0.2.2"), 0);
  });

  it("lets 1,000 guesses in a quarter of an hour look at 20 keys at most", () => {
    const { world, throttle } = throttleAt();
    let looked = 0;
    for (let n = 0; n < 1_000; n += 1) {
      if (throttle.waitMs("192.0.2.1") === 0) {
        looked += 1;
        throttle.failed("192.0.2.1");
      }
      world.nowMs += 900;
    }
    assert.ok(looked <= 25, `${looked} guesses were looked at`);
  });

  it("forgets an address that signed in, or was quiet for a quarter of an hour", () => {
    const { world, throttle } = throttleAt();
    for (let n = 0; n < 6; n += 1) throttle.failed("192.0.2.1");
    throttle.succeeded("192.0.2.1");
    assert.equal(throttle.waitMs("192.0.2.1"), 0);
    for (let n = 0; n < 6; n += 1) throttle.failed("192.0.2.1");
    world.nowMs += 15 * 60_000;
    throttle.failed("192.0.2.1");
    assert.equal(throttle.waitMs("192.0.2.1"), 0);
  });

  it("counts a /64 of IPv6 as one address, and an IPv4 however it is written", () => {
    const { throttle } = throttleAt();
    for (let n = 0; n < 6; n += 1) {
      throttle.failed(`2001:db8::${n}`);
      throttle.failed("::ffff:192.0.2.1");
    }
    assert.equal(throttle.waitMs("2001:db8::ffff"), 2_000);
    assert.equal(throttle.waitMs("2001:db8:0:1::1"), 0);
    assert.equal(throttle.waitMs("192.0.2.1"), 2_000);
    assert.equal(throttle.waitMs("unix"), 0);
  });

  it("remembers ten thousand addresses and not more", () => {
    const { throttle } = throttleAt();
    for (let n = 0; n < 6; n += 1) throttle.failed("192.0.2.1");
    for (let n = 0; n < 10_000; n += 1) throttle.failed(`10.0.${n >> 8}.${n & 255}`);
    assert.equal(throttle.waitMs("192.0.2.1"), 0);
  });
});

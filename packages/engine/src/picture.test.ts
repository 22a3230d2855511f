import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clipRect, extendEdges, type Pixels, pixelRect, stretch } from "./picture.ts";

/** Red counts columns in steps of 10, green rows; blue is 200. */
function ramp(width: number, height: number): Pixels {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) rgb.set([(i % width) * 10, Math.floor(i / width) * 10, 200], i * 3);
  return { width, height, rgb };
}

function reds(rgb: Uint8Array): number[] {
  return [...rgb].filter((_, i) => i % 3 === 0);
}

describe("pixelRect", () => {
  it("takes the nearest pixels, and never less than one", () => {
    assert.deepEqual(pixelRect({ x: 1.4, y: -2.6, width: 10.2, height: 0.1 }), {
      left: 1,
      top: -3,
      width: 11,
      height: 1,
    });
  });
});

describe("clipRect", () => {
  it("answers undefined when rectangle and picture do not meet", () => {
    assert.equal(clipRect({ left: 8, top: 0, width: 4, height: 4 }, ramp(8, 8)), undefined);
    assert.deepEqual(clipRect({ left: 6, top: -1, width: 4, height: 4 }, ramp(8, 8)), {
      left: 6,
      top: 0,
      width: 2,
      height: 3,
    });
  });
});

describe("stretch", () => {
  it("cuts the rectangle as it is when nothing has to be stretched", async () => {
    const cut = await stretch(ramp(8, 4), { rect: { left: 2, top: 1, width: 3, height: 2 }, width: 3, height: 2 });
    assert.deepEqual([...cut], [20, 10, 200, 30, 10, 200, 40, 10, 200, 20, 20, 200, 30, 20, 200, 40, 20, 200]);
  });

  it("averages when it shrinks: no pixel is skipped", async () => {
    const stripes = ramp(8, 1);
    for (let i = 0; i < 8; i += 1) stripes.rgb[i * 3] = i % 2 === 0 ? 0 : 240;
    const small = reds(await stretch(stripes, { rect: { left: 0, top: 0, width: 8, height: 1 }, width: 2, height: 1 }));
    for (const red of small) assert.ok(Math.abs(red - 120) <= 30, String(small));
  });

  it("repeats the edge where the rectangle reaches outside the picture", async () => {
    const rect = { left: -2, top: 0, width: 8, height: 1 };
    assert.deepEqual(reds(await stretch(ramp(4, 1), { rect, width: 8, height: 1 })), [0, 0, 0, 10, 20, 30, 30, 30]);
  });

  it("gives the asked size for a sliver of picture inside a large rectangle", async () => {
    const rect = { left: -97, top: 3, width: 100, height: 100 };
    const out = await stretch(ramp(4, 4), { rect, width: 64, height: 64 });
    assert.equal(out.length, 64 * 64 * 3);
  });

  it("refuses a rectangle that lies elsewhere", async () => {
    await assert.rejects(
      stretch(ramp(4, 4), { rect: { left: 9, top: 9, width: 2, height: 2 }, width: 2, height: 2 }),
      RangeError,
    );
  });
});

describe("extendEdges", () => {
  it("repeats the edge outwards and keeps the picture in the middle", async () => {
    const out = await extendEdges(ramp(2, 1), { x: 2, y: 1 });
    assert.deepEqual([out.width, out.height], [6, 3]);
    assert.deepEqual(reds(out.rgb), [0, 0, 0, 10, 10, 10, 0, 0, 0, 10, 10, 10, 0, 0, 0, 10, 10, 10]);
  });
});

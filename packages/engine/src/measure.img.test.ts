import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import sharp from "sharp";
import { livenessCrop } from "./checks/measure-liveness.ts";
import { compare } from "./compare.ts";
import { type DrawnFaceOptions, drawFace } from "./drawn-face.ts";
import type { DrawnWear } from "./drawn-wear.ts";
import { loadModels } from "./fixtures/load-models.ts";
import { drawnPicture, MODELS_FOLDER, pictureOf, plainPicture } from "./fixtures/pictures.ts";
import { NO_HEADS } from "./heads/load-heads.ts";
import { CHECK_NAMES } from "./inspection.ts";
import { DEFAULT_GATES, type Measured, measure } from "./measure.ts";
import type { Models } from "./models.ts";
import { type Picture, stretch } from "./picture.ts";
import type { Session } from "./session.ts";

let models: Models;
before(async () => {
  models = await loadModels(MODELS_FOLDER);
});

async function measured(picture: Picture, purpose: "match" | "enrol" = "match"): Promise<Measured> {
  return await measure(picture, { models, purpose, gates: DEFAULT_GATES });
}

/** Everything but the times, which differ from run to run. */
async function withoutTimings(picture: Picture): Promise<Omit<Measured, "timings">> {
  const { timings, ...rest } = await measured(picture);
  assert.ok(Object.values(timings).every((ms) => ms >= 0));
  return rest;
}

/** Drawn faces side by side on one wall. */
async function crowd(count: number, options: DrawnFaceOptions & { readonly columns: number }): Promise<Picture> {
  const { columns, ...rest } = options;
  const { width = 120, height = 120 } = rest;
  const tiles = await Promise.all(
    Array.from({ length: count }, async (_, i) => ({
      input: await sharp(Buffer.from(drawFace(i + 1, { width, height, ...rest })))
        .png()
        .toBuffer(),
      left: (i % columns) * width,
      top: Math.floor(i / columns) * height,
    })),
  );
  const size = { width: columns * width, height: Math.ceil(count / columns) * height };
  const wall = sharp({ create: { ...size, channels: 3, background: "#b9b7b0" } });
  return await pictureOf(await wall.composite(tiles).png().toBuffer());
}

async function turned(picture: Picture, degrees: number): Promise<Picture> {
  const { width, height, rgb } = picture;
  return await pictureOf(
    await sharp(rgb, { raw: { width, height, channels: 3 } })
      .rotate(degrees)
      .png()
      .toBuffer(),
  );
}

describe("measure", () => {
  it("measures a drawn face, and nothing is wrong with it", async () => {
    const result = await measured(await drawnPicture(1), "enrol");
    assert.deepEqual(result.problems, []);
    assert.equal(result.faceCount, 1);
    assert.deepEqual(result.quality?.hints, []);
    assert.equal(result.primary?.landmarks.length, 68);
    assert.deepEqual(Object.keys(result.timings), [
      "detect",
      "landmarks",
      "livenessCrop",
      "align",
      "poseCrop",
      "liveness",
      "embed",
      "pose",
      "headCover",
      "checks",
    ]);
  });

  it("runs the embedder once more for the head cover, and only where that is looked for", async () => {
    const picture = await drawnPicture(12, { wears: "headCover" });
    let runs = 0;
    const embedder: Session = {
      run: async (pixels) => {
        runs += 1;
        return await models.embedder.run(pixels);
      },
    };
    const context = { models: { ...models, embedder }, purpose: "match", gates: DEFAULT_GATES } as const;
    const looked = await measure(picture, context);
    assert.equal(runs, 2);
    const unasked = await measure(picture, { ...context, headCover: false });
    assert.equal(runs, 3);
    assert.deepEqual(unasked.checks, { ...looked.checks, headCover: { unavailable: "notEvaluated" } });
    assert.deepEqual([unasked.template, unasked.timings["headCover"]], [looked.template, undefined]);
  });

  it("sees on a drawn face what was drawn on it, and nothing else", async () => {
    const worn = async (wears?: DrawnWear) => {
      const { checks } = await measured(await drawnPicture(10, wears === undefined ? {} : { wears }));
      return CHECK_NAMES.filter((name) => "value" in checks[name] && checks[name].value.present);
    };
    assert.deepEqual(await worn(), []);
    for (const wears of CHECK_NAMES) assert.deepEqual(await worn(wears), [wears]);
  });

  it("says of checks whose head was trained on another model that they were not evaluated, never that nothing is worn", async () => {
    const nothing = { unavailable: "notEvaluated" };
    const context = { models: { ...models, heads: NO_HEADS }, purpose: "match", gates: DEFAULT_GATES } as const;
    const { checks, problems } = await measure(await drawnPicture(12, { wears: "mask" }), context);
    assert.deepEqual(checks, { mask: nothing, lenses: nothing, headCover: nothing });
    assert.deepEqual(problems, []);
  });

  it("gives positions in pixels of the original", async () => {
    const picture = await drawnPicture(2);
    const [one, four] = [await measured(picture), await measured({ ...picture, scale: 4 })];
    assert.ok(one.primary !== null && four.primary !== null);
    assert.equal(four.primary.interocularPx, one.primary.interocularPx * 4);
    assert.deepEqual(
      four.primary.landmarks,
      one.primary.landmarks.map(({ x, y }) => ({ x: x * 4, y: y * 4 })),
    );
    assert.equal(four.primary.box.width, one.primary.box.width * 4);
    assert.deepEqual(four.template, one.template);
  });

  it("puts the landmarks where the face was drawn", async () => {
    const { primary } = await measured(await drawnPicture(3, { x: 0.4, y: 0.5 }));
    const nose = primary?.landmarks[30];
    assert.ok(nose !== undefined && Math.abs(nose.x - 0.4 * 480) < 12 && nose.y > 0.5 * 640, JSON.stringify(nose));
  });

  it("knows a drawn person again in another light and turned by 20°, and reads the turn as roll", async () => {
    const first = await measured(await drawnPicture(9));
    const second = await measured(await drawnPicture(9, { take: 1, tilt: 20 }));
    assert.ok(
      "value" in first.template && "value" in second.template && "value" in second.pose && "value" in first.pose,
    );
    const { similarity } = compare(first.template.value, second.template.value);
    assert.ok(similarity > 0.8, String(similarity));
    const roll = second.pose.value.roll - first.pose.value.roll;
    assert.ok(roll > 10 && roll < 30, String(roll));
  });

  it("gives the same for the same picture, whatever was measured before it and beside it", async () => {
    const seeds = [4, 5, 6, 7];
    const pictures = await Promise.all(seeds.map(async (seed) => await drawnPicture(seed)));
    const forwards: unknown[] = [];
    for (const picture of pictures) forwards.push(await withoutTimings(picture));
    const backwards: unknown[] = [];
    for (const picture of pictures.toReversed()) backwards.unshift(await withoutTimings(picture));
    const together = await Promise.all(pictures.map(async (picture) => await withoutTimings(picture)));
    assert.deepEqual(backwards, forwards);
    assert.deepEqual(together, forwards);
  });

  it("leaves the pixels as they came", async () => {
    const picture = await drawnPicture(1);
    const copy = picture.rgb.slice();
    await measured(picture);
    assert.equal(Buffer.compare(copy, picture.rgb), 0);
  });

  it("finds no face in black, white and noise, and nothing is measured", async () => {
    const size = { width: 320, height: 240 };
    const noise = plainPicture(size, 0);
    let state = 1;
    noise.rgb.forEach((_, i) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      noise.rgb[i] = state >>> 24;
    });
    for (const picture of [plainPicture(size, 0), plainPicture(size, 255), noise]) {
      const result = await measured(picture);
      assert.deepEqual(result.problems, ["no_face"]);
      assert.equal(result.faceCount, 0);
      assert.equal(result.primary, null);
      for (const measurement of [result.pose, result.template, result.liveness]) {
        assert.deepEqual(measurement, { unavailable: "no_face" });
      }
    }
  });

  it("calls two faces of one size multiple_faces, and counts them", async () => {
    const result = await measured(await crowd(2, { columns: 2, width: 240, height: 320 }));
    assert.equal(result.faceCount, 2);
    assert.equal(result.problems[0], "multiple_faces");
    assert.ok(result.quality?.hints.includes("be alone in the picture"));
  });

  it("gives a named problem for a crowd of a thousand faces", async () => {
    const result = await measured(await crowd(1000, { columns: 40, width: 24, height: 24, headFraction: 0.6 }));
    assert.ok(
      result.problems.includes("no_face") || result.problems.includes("multiple_faces"),
      result.problems.join(),
    );
  });

  it("calls a face with 20 pixels of width too small", async () => {
    const result = await measured(await drawnPicture(1, { width: 160, height: 160, headFraction: 0.16 }));
    assert.ok(result.problems.includes("face_too_small") || result.faceCount === 0, result.problems.join());
  });

  it("asks for more pixels between the eyes to enrol than to match", async () => {
    const picture = await drawnPicture(1, { width: 240, height: 320 });
    assert.deepEqual((await measured(picture, "match")).problems, []);
    assert.deepEqual((await measured(picture, "enrol")).problems, ["face_too_small"]);
  });

  it("refuses a face upside down, which no other gate notices", async () => {
    for (const seed of [1, 2, 3]) {
      const { problems } = await measured(await turned(await drawnPicture(seed), 180));
      assert.ok(problems.includes("quality") || problems.includes("pose_out_of_range"), problems.join());
    }
  });

  it("refuses a head on its side", async () => {
    const { problems } = await measured(await drawnPicture(1, { tilt: 55 }));
    assert.ok(problems.includes("pose_out_of_range") || problems.includes("no_face"), problems.join());
  });

  it("finds a face that fills the picture on the second try, shows it, and says that there is no room", async () => {
    const whole = await drawnPicture(1, { width: 480, height: 640 });
    const { primary } = await measured(whole);
    assert.ok(primary !== null);
    const { box } = primary;
    const cut = { left: Math.round(box.x + box.width * 0.12), top: Math.round(box.y + box.height * 0.12) };
    const size = { width: Math.round(box.width * 0.76), height: Math.round(box.height * 0.76) };
    const { width, height, rgb } = whole;
    const png = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .extract({ ...cut, ...size })
      .png()
      .toBuffer();
    const picture = await pictureOf(png);
    const seen: Uint8Array[] = [];
    const liveness: Session = {
      async run(pixels) {
        seen.push(pixels);
        return await models.liveness.run(pixels);
      },
    };
    const result = await measure(picture, { models: { ...models, liveness }, purpose: "match", gates: DEFAULT_GATES });
    assert.equal(result.quality?.retried, true);
    assert.ok(result.problems.includes("low_margin"));
    const nose = result.primary?.landmarks[30];
    const wanted = primary.landmarks[30];
    assert.ok(nose !== undefined && wanted !== undefined);
    assert.ok(Math.hypot(nose.x + cut.left - wanted.x, nose.y + cut.top - wanted.y) < 0.1 * box.width);
    assert.ok(result.primary !== null);
    const { rect } = livenessCrop(picture, result.primary.box);
    const [crop] = seen;
    // Not deepEqual: its report of how 49,152 bytes differ takes gigabytes.
    const unextended = await stretch(picture, { rect, width: 128, height: 128 });
    assert.ok(crop !== undefined && Buffer.compare(crop, unextended) === 0, "liveness was cut from other pixels");
  });
});

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import sharp, { type Sharp } from "sharp";
import { eyeRect, LEFT_EYE, RIGHT_EYE } from "./checks/measure-eyes.ts";
import { devFaces, measureDevFace, missingFaces } from "./fixtures/dev-faces.ts";
import { loadModels } from "./fixtures/load-models.ts";
import { drawnPicture, MODELS_FOLDER } from "./fixtures/pictures.ts";
import { DEFAULT_GATES, type Measured, measure } from "./measure.ts";
import type { Models } from "./models.ts";
import { type Picture, stretch } from "./picture.ts";

const skip = missingFaces(2);
const SEED = 12;

let models: Models;
before(async () => {
  models = await loadModels(MODELS_FOLDER);
});

async function measured(picture: Picture): Promise<Measured> {
  return await measure(picture, { models, purpose: "match", eyes: true, gates: DEFAULT_GATES });
}

/** The drawn picture as some step of the image library leaves it. */
async function changed(picture: Picture, change: (image: Sharp) => Sharp): Promise<Picture> {
  const { width, height } = picture;
  const image = sharp(picture.rgb, { raw: { width, height, channels: 3 } });
  return { ...picture, rgb: await change(image).raw().toBuffer() };
}

/** The drawn picture with lids of cheek's skin over both eyes, each with a line of lashes. */
async function withClosedEyes(picture: Picture): Promise<Picture> {
  const landmarks = (await measured(picture)).primary?.landmarks ?? [];
  const lids = [LEFT_EYE, RIGHT_EYE].map((eye) => {
    const { left, top, width, height } = eyeRect(landmarks, eye);
    const [x, y] = [left + width / 2, top + height / 2];
    return { x, y, rx: width * 0.4, ry: height * 0.24 };
  });
  const cheek = { left: Math.round(lids[0]?.x ?? 0), top: Math.round((lids[0]?.y ?? 0) + 30), width: 6, height: 6 };
  const [red, green, blue] = await stretch(picture, { rect: cheek, width: 1, height: 1 });
  const drawn = lids.map(
    ({ x, y, rx, ry }) =>
      `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="rgb(${red},${green},${blue})"/><path d="M${x - rx * 0.8} ${y + ry * 0.3}q${rx * 0.8} ${ry * 0.7} ${rx * 1.6} 0" fill="none" stroke="#2a1a14" stroke-width="2"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${picture.width}" height="${picture.height}">${drawn.join("")}</svg>`;
  return await changed(picture, (image) => image.composite([{ input: Buffer.from(svg) }]).removeAlpha());
}

describe("the quality of a drawn picture", () => {
  it("is measured, and a good one gets no hint", async () => {
    const { quality, eyes, problems } = await measured(await drawnPicture(SEED));
    assert.deepEqual([quality?.hints, problems], [[], []]);
    assert.equal(quality?.insideShare, 1);
    assert.ok(quality.brightness > 0.3 && quality.brightness < 0.8 && quality.sharpness > 0.03);
    assert.ok(quality.embeddingNorm >= 2.5);
    assert.ok("value" in eyes && Math.max(eyes.value.left, eyes.value.right) < 0.5, JSON.stringify(eyes));
  });

  it("is told where the picture is dark, overexposed or blurred, and refuses nothing for it", async () => {
    const picture = await drawnPicture(SEED);
    const rows: readonly (readonly [(image: Sharp) => Sharp, string])[] = [
      [(image) => image.linear(0.15, 0), "more light on your face"],
      [(image) => image.linear(1.6, 60), "less light on your face: it is overexposed"],
      [(image) => image.blur(5), "hold still, and wipe the lens: the picture is blurred"],
    ];
    for (const [change, hint] of rows) {
      const { quality, problems } = await measured(await changed(picture, change));
      assert.ok(quality?.hints.includes(hint), JSON.stringify(quality));
      assert.ok(!problems.includes("quality"), hint);
    }
  });

  it("asks to open closed eyes, where the eyes are measured", async () => {
    const closed = await withClosedEyes(await drawnPicture(SEED));
    const { eyes, quality } = await measured(closed);
    assert.ok("value" in eyes && Math.min(eyes.value.left, eyes.value.right) >= 0.95, JSON.stringify(eyes));
    assert.deepEqual(quality?.hints, ["open your eyes"]);
    const unasked = await measure(closed, { models, purpose: "match", gates: DEFAULT_GATES });
    assert.deepEqual(unasked.eyes, { unavailable: "notEvaluated" });
    assert.deepEqual(unasked.quality?.hints, []);
    assert.equal(unasked.timings["eyes"], undefined);
  });

  it("asks to uncover the mouth and nose under a drawn mask", async () => {
    const { quality } = await measured(await drawnPicture(SEED, { wears: "mask" }));
    assert.ok(quality?.hints.includes("uncover your mouth and nose"), JSON.stringify(quality));
  });
});

describe("the quality of the development pictures", { skip }, () => {
  it("is advised on in light, focus and place for overexposed webcam frames only", async () => {
    const advised = new Map<string, string[]>();
    let refused = 0;
    for (const face of devFaces("pairs")) {
      const { quality, problems } = await measureDevFace(face, { models, purpose: "match" });
      if (problems.length > 0) refused += 1;
      for (const hint of quality?.hints ?? []) advised.set(hint, [...(advised.get(hint) ?? []), face.source]);
    }
    console.log(
      `refused by gates ${refused} of 122; hints ${JSON.stringify([...advised].map(([hint, list]) => [hint, list.length]))}`,
    );
    // Four by the gates of pose and size, one by a second face: none by what this measures.
    assert.ok(refused <= 5, String(refused));
    const told = (start: string) => [...advised].filter(([hint]) => hint.startsWith(start)).flatMap(([, list]) => list);
    assert.deepEqual([told("more light"), told("hold still"), told("move into"), told("uncover")], [[], [], [], []]);
    assert.ok(told("less light").every((source) => source === "nuaa"));
  });

  it("has open eyes on live webcam frames in the median, and at most one frame in eight is told to open them", async () => {
    const live = devFaces("spoof").filter(({ label }) => label === "live");
    const closed: number[] = [];
    let told = 0;
    for (const face of live) {
      const { eyes, quality } = await measureDevFace(face, { models, purpose: "match", eyes: true });
      assert.ok("value" in eyes, face.path);
      closed.push(eyes.value.left, eyes.value.right);
      if (quality?.hints.includes("open your eyes") === true) told += 1;
    }
    const median = closed.toSorted((a, b) => a - b)[closed.length >> 1] ?? 1;
    console.log(`eyes of ${live.length} live frames: median closed ${median.toFixed(3)}, told to open them ${told}`);
    assert.ok(median < 0.2 && told / live.length <= 1 / 8, `${median} ${told}`);
  });
});

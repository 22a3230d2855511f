import { type Canvas, copyCanvas, createCanvas, type Placement, paintLayer } from "./canvas.ts";
import { type Expression, faceLayers } from "./face.ts";
import { drawGlasses, glassesLayers } from "./glasses.ts";
import { hairLayers } from "./hair.ts";
import { drawHeadCover, headCoverLayers } from "./head-cover.ts";
import { drawLight, shade } from "./light.ts";
import { drawMask, maskLayers } from "./mask.ts";
import { createNoise } from "./noise.ts";
import { drawPerson } from "./person.ts";
import { drawCamera, photograph, type Raster } from "./photograph.ts";
import { createRandom, type Random } from "./random.ts";
import { drawScene, sceneLayers } from "./scene.ts";

/** What the drawn person wears. */
export interface Worn {
  readonly mask: boolean;
  readonly lenses: boolean;
  readonly headCover: boolean;
}

/** Pictures of one drawn person, and where the eyes are in all of them: left and right in the picture. */
export interface Drawn {
  readonly pictures: readonly Raster[];
  readonly eyes: readonly [Position, Position];
}

interface Position {
  readonly x: number;
  readonly y: number;
}

/**
 * Drawn photographs of one scene, one for each set of things worn. Person and scene follow from `seed` alone, so the
 * pictures differ in nothing but what is worn.
 */
export async function drawPictures(seed: number, wardrobe: readonly Worn[]): Promise<Drawn> {
  const person = drawPerson(createRandom(seed * 7 + 1));
  const random = createRandom(seed * 7 + 2);
  const noise = createNoise(seed * 7 + 3);
  const { size, placement } = drawFraming(random);
  const bare = createCanvas(size, placement);
  const scene = sceneLayers(drawScene(random), { person, noise });
  const hair = hairLayers(person, noise);
  const light = drawLight(random);
  const expression = drawExpression(random);
  const camera = drawCamera(random);
  paintLayer(bare, scene.room, { room: true });
  for (const layer of [hair.behind, scene.body, ...faceLayers(person, { noise, expression }), hair.front])
    paintLayer(bare, layer);
  const pictures: Raster[] = [];
  for (const worn of wardrobe) {
    const canvas = copyCanvas(bare);
    paintWorn(canvas, { seed, worn, person, noise });
    pictures.push(await photograph(shade(canvas, light), { ...size, camera, random: createRandom(camera.seed) }));
  }
  return { pictures, eyes: [eyeAt(-person.eyeGap, placement), eyeAt(person.eyeGap, placement)] };
}

/** Where a point at the height of the eyes comes to lie: the way back of what `createCanvas` does. */
function eyeAt(u: number, { x, y, scale, roll, yaw, pitch }: Placement): Position {
  const near = Math.sqrt(1 - u * u * 0.8);
  const right = (u * (1 - (1 - Math.cos(yaw)) * 0.6) + Math.sin(yaw) * near * 0.9) * scale;
  const down = Math.sin(pitch) * (near - 0.5) * 0.7 * scale;
  return {
    x: x + right * Math.cos(roll) - down * Math.sin(roll),
    y: y + right * Math.sin(roll) + down * Math.cos(roll),
  };
}

function paintWorn(
  canvas: Canvas,
  {
    seed,
    worn,
    person,
    noise,
  }: { seed: number; worn: Worn; person: ReturnType<typeof drawPerson>; noise: ReturnType<typeof createNoise> },
): void {
  const tools = { person, noise };
  const lay = (layers: ReturnType<typeof maskLayers>): void => {
    for (const layer of layers) paintLayer(canvas, layer);
  };
  if (worn.mask) lay(maskLayers(drawMask(createRandom(seed * 7 + 4), person), tools));
  if (worn.lenses) lay(glassesLayers(drawGlasses(createRandom(seed * 7 + 5)), tools));
  if (worn.headCover) lay(headCoverLayers(drawHeadCover(createRandom(seed * 7 + 6)), tools));
}

interface Framing {
  readonly size: { readonly width: number; readonly height: number };
  readonly placement: Placement;
}

/** Half of the pictures as a camera takes them, half cut tightly about the face, as published crops are. */
function drawFraming(random: Random): Framing {
  const turn = { roll: random.bell() * 0.15, yaw: random.bell() * 0.21, pitch: random.bell() * 0.13 };
  if (random.chance(0.5)) {
    const size = { width: 184, height: 216 };
    const scale = size.width * random.between(0.19, 0.32);
    return { size, placement: { x: 92 + random.bell() * 7, y: 100 + random.bell() * 6, scale, ...turn } };
  }
  const scale = random.between(42, 72);
  const left = random.between(0.8, 1.35) * scale;
  const top = random.between(0.75, 1.65) * scale;
  const size = {
    width: Math.round(left + random.between(0.8, 1.35) * scale),
    height: Math.round(top + random.between(1.1, 1.95) * scale),
  };
  return { size, placement: { x: left, y: top, scale, ...turn } };
}

function drawExpression(random: Random): Expression {
  return {
    eyes: random.chance(0.06) ? 0.1 : random.between(0.65, 1.1),
    gaze: random.bell() * 0.35,
    smile: random.chance(0.5) ? random.next() : random.bell() * 0.15,
    mouth: random.chance(0.35) ? random.next() : 0,
    frown: random.next() ** 3,
  };
}

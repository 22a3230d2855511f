import { bell, type Colour, type Layer, mix, step, tint } from "./canvas.ts";
import { type Cloth, drawCloth, paintCloth } from "./cloth.ts";
import { fractal, type Noise } from "./noise.ts";
import type { Person } from "./person.ts";
import type { Random } from "./random.ts";

/** What is behind the person. */
export interface Scene {
  readonly kind: "plain" | "wall" | "shelves" | "lights" | "green" | "window";
  readonly first: Colour;
  readonly second: Colour;
  readonly shift: number;
  readonly clothes: Cloth;
  readonly collar: "round" | "v" | "shirt" | "high";
}

/** Draws the lots of one scene. */
export function drawScene(random: Random): Scene {
  const level = random.between(0.1, 0.95);
  const tone = (): Colour => [level + random.bell() * 0.08, level + random.bell() * 0.07, level + random.bell() * 0.08];
  return {
    kind: random.pick(["plain", "plain", "wall", "wall", "shelves", "lights", "green", "window"]),
    first: tone(),
    second: mix(tone(), [random.next(), random.next(), random.next()], random.next() * 0.6),
    shift: random.between(0, 50),
    clothes: drawCloth(random, 0.25),
    collar: random.pick(["round", "v", "shirt", "high"]),
  };
}

/** Layers of the room, then of the body, in the order in which they are laid. */
export function sceneLayers(
  scene: Scene,
  { person, noise }: { person: Person; noise: Noise },
): { readonly room: Layer; readonly body: Layer } {
  return { room: room(scene, noise), body: body(scene, { person, noise }) };
}

function room(scene: Scene, noise: Noise): Layer {
  return ({ u, v, paint }) => {
    const x = u + scene.shift;
    const share = shareOf(scene, { x, v, noise });
    tint(paint, mix(scene.first, scene.second, Math.min(1, Math.max(0, share))), 1 + 0.05 * noise(x * 20, v * 20));
    paint.flat = 1;
    paint.height = -0.6;
    return 1;
  };
}

function shareOf(scene: Scene, { x, v, noise }: { x: number; v: number; noise: Noise }): number {
  switch (scene.kind) {
    case "plain":
      return 0.3 + 0.25 * noise(x * 0.4, v * 0.4) + 0.12 * v;
    case "wall":
      return (
        0.3 + 0.3 * fractal(noise, { x: x * 1.5, y: v * 1.5, octaves: 4 }) + 0.2 * step(-0.1, 0.1, Math.sin(x * 0.9))
      );
    case "shelves": {
      const row = Math.floor(v / 0.7);
      const book = noise(Math.floor(x / 0.16) * 3.1, row * 5.3);
      return Math.abs(v / 0.7 - row - 0.5) > 0.42 ? 0 : 0.5 + 0.5 * book;
    }
    case "lights":
      return step(0.3, 0.5, noise(x * 1.1, v * 1.1)) + 0.2 * noise(x * 0.5, v);
    case "green":
      return 0.5 + 0.9 * fractal(noise, { x: x * 3, y: v * 3, octaves: 4 });
    case "window":
      return step(-0.02, 0.02, Math.sin(x * 1.6) + 0.7) * step(-0.02, 0.02, Math.sin(v * 1.3 + 1) + 0.8);
  }
}

function body({ clothes, collar }: Scene, { person, noise }: { person: Person; noise: Noise }): Layer {
  const { chin, skin, width } = person;
  return ({ u, v, paint }) => {
    const au = Math.abs(u);
    const neck = width * 0.62 + 0.25 * step(chin + 0.25, chin + 0.9, v);
    const shoulder = chin + 0.42 + 0.28 * Math.max(0, au - 0.5) ** 1.3;
    const open =
      collar === "v"
        ? 0.65 * (1 - au / 0.5)
        : collar === "round"
          ? 0.2 - 0.3 * au * au
          : collar === "high"
            ? -0.25
            : 0.1;
    const dressed = step(-0.02, 0.02, v - shoulder - Math.max(-0.25, open)) * step(2.6, 2.5, au);
    if (dressed > 0) {
      const folds = noise(u * 3, v * 3) * 0.05 + noise(u * 7, v * 4) * 0.02;
      paintCloth(paint, clothes, { u, v, noise, factor: 1 + folds * 2.5 - 0.3 * bell((v - shoulder - open) / 0.04) });
      paint.height = 0.5 - 0.08 * u * u + folds;
      return dressed;
    }
    const bare = step(neck + 0.02, neck - 0.02, au) * step(0.9, 1, v);
    if (bare <= 0) return 0;
    tint(paint, skin, (0.72 + 0.08 * noise(u * 4, v * 4)) * (1 - 0.35 * step(chin + 0.45, chin, v)));
    paint.height = 0.35 * Math.sqrt(Math.max(0, 1 - (u / (neck + 0.05)) ** 2)) + 0.02;
    paint.shine = 0.05;
    return bare;
  };
}

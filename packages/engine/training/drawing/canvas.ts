/** Linear-ish colour, 0…1 each. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What a layer says of one point. Reused between points: copy nothing out of it. */
export interface Paint {
  red: number;
  green: number;
  blue: number;
  /** Towards the viewer, in head units (half a head's width). */
  height: number;
  /** Strength of highlights, 0…1. */
  shine: number;
  /** Share of the colour that no light changes: glare, and what is out of reach. */
  flat: number;
}

/** Covers a point: 0 not at all … 1 fully. `u`, `v`: head units, right and down from between the eyes. */
export type Layer = (point: { u: number; v: number; paint: Paint; below: number }) => number;

/** Planes of one picture in the making. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Head coordinates of each pixel, on the turned head. */
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** The same of the room behind, which does not turn. */
  readonly roomU: Float32Array;
  readonly roomV: Float32Array;
  readonly colour: Float32Array;
  readonly depth: Float32Array;
  readonly shine: Float32Array;
  readonly flat: Float32Array;
  /** Head units in one pixel. */
  readonly unit: number;
}

/** Where the head is and how it is turned; lengths in pixels, angles in radians. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  /** Pixels in one head unit. */
  readonly scale: number;
  readonly roll: number;
  readonly yaw: number;
  readonly pitch: number;
}

/** An empty canvas with the coordinates of a placed head. */
export function createCanvas(size: { width: number; height: number }, placement: Placement): Canvas {
  const { width, height } = size;
  const count = width * height;
  const plane = (): Float32Array => new Float32Array(count);
  const canvas: Canvas = {
    width,
    height,
    u: plane(),
    v: plane(),
    roomU: plane(),
    roomV: plane(),
    colour: new Float32Array(count * 3),
    depth: plane(),
    shine: plane(),
    flat: plane().fill(1),
    unit: 1 / placement.scale,
  };
  placeHead(canvas, placement);
  return canvas;
}

/** The same picture, to be painted on further. */
export function copyCanvas(canvas: Canvas): Canvas {
  const { colour, depth, shine, flat } = canvas;
  return { ...canvas, colour: colour.slice(), depth: depth.slice(), shine: shine.slice(), flat: flat.slice() };
}

function placeHead(canvas: Canvas, { x, y, scale, roll, yaw, pitch }: Placement): void {
  const [sinRoll, cosRoll] = [Math.sin(roll), Math.cos(roll)];
  const [sinYaw, cosYaw, sinPitch] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch)];
  for (let i = 0; i < canvas.u.length; i += 1) {
    const dx = ((i % canvas.width) - x) / scale;
    const dy = (Math.floor(i / canvas.width) - y) / scale;
    const u = dx * cosRoll + dy * sinRoll;
    const v = dy * cosRoll - dx * sinRoll;
    canvas.roomU[i] = u;
    canvas.roomV[i] = v;
    // A ball stands for the head: what is nearer to the viewer moves further when it turns.
    const ball = Math.max(0, 1 - u * u * 0.8 - (v - 0.15) * (v - 0.15) * 0.34);
    const near = Math.sqrt(ball);
    canvas.u[i] = (u - sinYaw * near * 0.9) / (1 - (1 - cosYaw) * 0.6);
    canvas.v[i] = v - sinPitch * (near - 0.5) * 0.7;
  }
}

/** Lays a layer over what is there. `room`: in the coordinates that do not turn with the head. */
export function paintLayer(canvas: Canvas, layer: Layer, { room = false }: { readonly room?: boolean } = {}): void {
  const us = room ? canvas.roomU : canvas.u;
  const vs = room ? canvas.roomV : canvas.v;
  const { colour, depth, shine, flat } = canvas;
  const paint: Paint = { red: 0, green: 0, blue: 0, height: 0, shine: 0, flat: 0 };
  const point = { u: 0, v: 0, paint, below: 0 };
  for (let i = 0, at = 0; i < us.length; i += 1, at += 3) {
    point.u = us[i] ?? 0;
    point.v = vs[i] ?? 0;
    point.below = depth[i] ?? 0;
    paint.shine = 0;
    paint.flat = 0;
    const cover = layer(point);
    if (!(cover > 0.003)) continue;
    const rest = 1 - cover;
    colour[at] = (colour[at] ?? 0) * rest + paint.red * cover;
    colour[at + 1] = (colour[at + 1] ?? 0) * rest + paint.green * cover;
    colour[at + 2] = (colour[at + 2] ?? 0) * rest + paint.blue * cover;
    depth[i] = point.below * rest + paint.height * cover;
    shine[i] = (shine[i] ?? 0) * rest + paint.shine * cover;
    flat[i] = (flat[i] ?? 0) * rest + paint.flat * cover;
  }
}

/** Sets a paint's colour, a factor brighter or darker. */
export function tint(paint: Paint, colour: Colour, factor = 1): void {
  paint.red = colour[0] * factor;
  paint.green = colour[1] * factor;
  paint.blue = colour[2] * factor;
}

/** 0 below `low`, 1 above `high`, smooth between; `low` may be the greater. */
export function step(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

/** A bell about 0 of width 1 and height 1. */
export function bell(value: number): number {
  return Math.exp(-value * value);
}

/** A bell over the plane. */
export function hill(x: number, y: number): number {
  const square = x * x + y * y;
  return square > 12 ? 0 : Math.exp(-square);
}

/** Between two colours. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}

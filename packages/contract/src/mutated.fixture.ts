/** Seeded, so that what fails can be had again: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that parsers look at. */
const TELLING = Buffer.from('"\\{}[]:,.eE+-0 \n\0\u00ff/=v1', "latin1");

/** One to eight changes: a bit, a telling byte, a part left out, doubled or moved. */
export function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  let changed: Uint8Array = Uint8Array.from(bytes);
  const place = (): number => Math.floor(random() * (changed.length + 1));
  for (let left = 1 + Math.floor(random() * 8); left > 0; left -= 1) {
    const [from, to] = [place(), place()].toSorted((a, b) => a - b) as [number, number];
    const part = changed.subarray(from, Math.min(to, from + 64));
    const [before, after] = [changed.subarray(0, from), changed.subarray(from + part.length)];
    const byte = Uint8Array.of(TELLING[Math.floor(random() * TELLING.length)] ?? 0);
    switch (Math.floor(random() * 4)) {
      case 0:
        changed = Uint8Array.from(changed);
        changed[from] = (changed[from] ?? 0) ^ (1 << Math.floor(random() * 8));
        break;
      case 1:
        changed = Buffer.concat([before, byte, after]);
        break;
      case 2:
        changed = Buffer.concat([before, after]);
        break;
      default:
        changed = Buffer.concat([before, part, part, after]);
    }
  }
  return changed;
}

/** Luma of ITU-R BT.601, 8 bits a pixel: what the models that read grey were fed in training. */
export function luma(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < grey.length; i += 1) {
    const [red = 0, green = 0, blue = 0] = [rgb[i * 3], rgb[i * 3 + 1], rgb[i * 3 + 2]];
    grey[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return grey;
}

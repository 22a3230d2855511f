import { curveOf, type PairSet } from "./curve.ts";

/** One point of a detection error trade-off. */
export interface DetPoint {
  readonly threshold: number;
  readonly fmr: number;
  readonly fnmr: number;
}

/** A named curve. */
export interface DetCurve {
  readonly name: string;
  readonly points: readonly DetPoint[];
}

/** The trade-off at every hundredth of a cosine where either rate changes. */
export function detCurve(name: string, pairs: PairSet): DetCurve {
  const curve = curveOf(pairs);
  const points: DetPoint[] = [];
  for (let step = -20; step <= 100; step += 1) {
    const threshold = step / 100;
    const [fmr, fnmr] = [curve.fmrAt(threshold), curve.fnmrAt(threshold)];
    const last = points.at(-1);
    if (fmr === null || fnmr === null || (last?.fmr === fmr && last.fnmr === fnmr)) continue;
    points.push({ threshold, fmr, fnmr });
  }
  return { name, points };
}

/** The curves as rows of a file for other programs. */
export function detCsv(curves: readonly DetCurve[]): string {
  const rows = curves.flatMap(({ name, points }) =>
    points.map(({ threshold, fmr, fnmr }) => `"${name.replaceAll('"', '""')}",${threshold},${fmr},${fnmr}`),
  );
  return `${["set,threshold,fmr,fnmr", ...rows].join("\n")}\n`;
}

const SIDE = 420;
const MARGIN = 56;
/** Rates shown, as powers of ten: 0.01 % to 100 %. */
const DECADES = [-4, -3, -2, -1, 0] as const;
// Told apart without red and green; the names stand beside the curves too.
const COLOURS = ["#0b5fff", "#b3541e", "#5b2a86", "#00796b", "#444444"];

/** The curves on two logarithmic axes. A rate of zero is drawn at the edge. */
export function detSvg(curves: readonly DetCurve[]): string {
  const size = SIDE + 2 * MARGIN;
  const grid = DECADES.flatMap((decade) => {
    const at = positionOf(10 ** decade);
    const label = decade === 0 ? "100 %" : `${10 ** (decade + 2)} %`;
    return [
      `<path d="M${MARGIN} ${size - at}H${size - MARGIN}M${at} ${MARGIN}V${size - MARGIN}" class="grid"/>`,
      `<text x="${MARGIN - 6}" y="${size - at + 4}" text-anchor="end">${label}</text>`,
      `<text x="${at}" y="${size - MARGIN + 18}" text-anchor="middle">${label}</text>`,
    ];
  });
  const lines = curves.map(({ points }, index) => {
    const path = points.map(({ fmr, fnmr }) => `${positionOf(fmr).toFixed(1)} ${(size - positionOf(fnmr)).toFixed(1)}`);
    return `<path d="M${path.join("L")}" fill="none" stroke="${colourOf(index)}" stroke-width="2"/>`;
  });
  const legend = curves.map(
    ({ name }, index) =>
      `<text x="${size - MARGIN - 8}" y="${MARGIN + 16 + index * 16}" text-anchor="end" style="fill:${colourOf(index)}">${escapeXml(name)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" role="img" aria-label="Detection error trade-off">`,
    "<style>text{font:12px system-ui,sans-serif;fill:currentColor}.grid{stroke:#8884;fill:none}</style>",
    ...grid,
    ...lines.filter((_, index) => (curves[index]?.points.length ?? 0) > 0),
    ...legend,
    `<text x="${size / 2}" y="${size - 8}" text-anchor="middle">false match rate</text>`,
    `<text transform="translate(14 ${size / 2}) rotate(-90)" text-anchor="middle">false non-match rate</text>`,
    "</svg>",
  ].join("\n");
}

function positionOf(rate: number): number {
  const lowest = DECADES[0];
  return MARGIN + (SIDE * (Math.max(lowest, Math.log10(rate)) - lowest)) / -lowest;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? "currentColor";
}

/** Text as it may stand in a page. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

import { AxisBottom, AxisLeft } from "@visx/axis";
import { scaleLog } from "@visx/scale";
import { LinePath } from "@visx/shape";
import { FIGURES } from "./figures.gen.ts";
import { percent } from "./threshold-words.ts";

const WIDTH = 480;
const HEIGHT = 320;
const MARGIN = { top: 16, right: 24, bottom: 44, left: 62 };
/** Rates that are shown: 0.05 % to 5 %, and 1 % to 20 %. */
const ACROSS = { domain: [0.0005, 0.05], ticks: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05] } as const;
const UP = { domain: [0.01, 0.2], ticks: [0.01, 0.02, 0.05, 0.1, 0.2] } as const;

type Point = (typeof FIGURES.points)[number];

/** The detection error trade-off at the measured thresholds, on two logarithmic axes. `now`: the threshold in force. */
export function DetPlot({ now }: { readonly now: number | null }) {
  const x = scaleLog<number>({ domain: [...ACROSS.domain], range: [MARGIN.left, WIDTH - MARGIN.right] });
  const y = scaleLog<number>({ domain: [...UP.domain], range: [HEIGHT - MARGIN.bottom, MARGIN.top] });
  const points: readonly Point[] = FIGURES.points;
  return (
    <svg
      className="det"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label="Detection error trade-off: the fewer strangers match, the more of the right people are refused"
    >
      <Axes x={x} y={y} />
      {points.map(({ threshold, strangersInterval: [least, most], same }) => (
        <line
          key={threshold}
          className="whisker"
          x1={x(Math.max(least, ACROSS.domain[0]))}
          x2={x(most)}
          y1={y(same.fnmr)}
          y2={y(same.fnmr)}
        />
      ))}
      <LinePath
        className="curve"
        data={[...points]}
        x={({ strangers }) => x(strangers.fmr)}
        y={({ same }) => y(same.fnmr)}
      />
      {points.map(({ threshold, strangers, same }) => (
        <g key={threshold}>
          <circle
            className={threshold === now ? "now" : undefined}
            cx={x(strangers.fmr)}
            cy={y(same.fnmr)}
            r={threshold === now ? 6 : 4}
          >
            <title>{`${threshold}: FMR ${percent(strangers.fmr)}, FNMR ${percent(same.fnmr)}`}</title>
          </circle>
          <text className="point" x={x(strangers.fmr) + 9} y={y(same.fnmr) - 9}>
            {threshold.toFixed(2)}
          </text>
        </g>
      ))}
    </svg>
  );
}

type Scale = ReturnType<typeof scaleLog<number>>;

function Axes({ x, y }: { readonly x: Scale; readonly y: Scale }) {
  return (
    <>
      {ACROSS.ticks.map((tick) => (
        <path key={tick} className="grid" d={`M${x(tick)} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}`} />
      ))}
      {UP.ticks.map((tick) => (
        <path key={tick} className="grid" d={`M${MARGIN.left} ${y(tick)}H${WIDTH - MARGIN.right}`} />
      ))}
      <g className="axis">
        <AxisBottom
          top={HEIGHT - MARGIN.bottom}
          scale={x}
          tickValues={[...ACROSS.ticks]}
          tickFormat={(rate) => percentOf(Number(rate))}
          label="strangers who match (FMR)"
          hideAxisLine
        />
        <AxisLeft
          left={MARGIN.left}
          scale={y}
          tickValues={[...UP.ticks]}
          tickFormat={(rate) => percentOf(Number(rate))}
          label="right people refused (FNMR)"
          labelOffset={44}
          hideAxisLine
        />
      </g>
    </>
  );
}

function percentOf(rate: number): string {
  return `${Number((100 * rate).toPrecision(2))} %`;
}

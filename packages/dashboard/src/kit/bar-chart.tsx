import { AxisBottom, AxisLeft } from "@visx/axis";
import { scaleBand, scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";
import { useLayoutEffect, useRef, useState } from "react";
import "./bar-chart.css";

/** One part of a stacked bar. */
export interface ChartSeries<Datum> {
  readonly name: string;
  readonly label: string;
  /** A token: `var(--c-passed)`. */
  readonly color: string;
  readonly valueOf: (datum: Datum) => number;
}

const HEIGHT = 220;
const LEFT = 40;
const BOTTOM = 24;
const TOP = 8;

/**
 * Stacked bars, drawn as SVG so that they follow the theme; each bar is a link with its figures as its name, so that it
 * can be read and reached without seeing or pointing.
 */
export function BarChart<Datum>({
  label,
  data,
  series,
  keyOf,
  tickOf,
  hrefOf,
}: {
  readonly label: string;
  readonly data: readonly Datum[];
  readonly series: readonly ChartSeries<Datum>[];
  readonly keyOf: (datum: Datum) => string;
  readonly tickOf: (key: string) => string;
  readonly hrefOf: (datum: Datum) => string;
}) {
  const [frame, width] = useWidth();
  const totals = data.map((datum) => series.reduce((sum, one) => sum + one.valueOf(datum), 0));
  const x = scaleBand({ domain: data.map(keyOf), range: [LEFT, width], padding: 0.22 });
  const y = scaleLinear({ domain: [0, Math.max(4, ...totals)], range: [HEIGHT - BOTTOM, TOP], nice: true });
  return (
    <figure className="chart" ref={frame} aria-label={label}>
      <svg width={width} height={HEIGHT} role="group" aria-label={label}>
        {y.ticks(4).map((tick) => (
          <line key={tick} className="grid" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
        ))}
        <AxisLeft
          scale={y}
          left={LEFT}
          numTicks={4}
          hideAxisLine
          hideTicks
          tickFormat={wholeNumber}
          tickLabelProps={AXIS_LEFT}
        />
        <AxisBottom
          scale={x}
          top={HEIGHT - BOTTOM}
          hideTicks
          tickFormat={tickOf}
          tickValues={everySome(data.map(keyOf), width)}
          tickLabelProps={AXIS_BOTTOM}
        />
        {data.map((datum) => (
          <Column
            key={keyOf(datum)}
            {...{ datum, series, y, tickOf, keyOf, href: hrefOf(datum) }}
            x={x(keyOf(datum)) ?? 0}
            width={x.bandwidth()}
          />
        ))}
      </svg>
      <Legend series={series} />
    </figure>
  );
}

function Legend({
  series,
}: {
  readonly series: readonly { readonly name: string; readonly label: string; readonly color: string }[];
}) {
  return (
    <ul className="legend">
      {series.map((one) => (
        <li key={one.name}>
          <svg width="10" height="10" aria-hidden="true">
            <rect width="10" height="10" rx="2" fill={one.color} />
          </svg>
          {one.label}
        </li>
      ))}
    </ul>
  );
}

function Column<Datum>({
  datum,
  series,
  x,
  y,
  width,
  href,
  keyOf,
  tickOf,
}: {
  readonly datum: Datum;
  readonly series: readonly ChartSeries<Datum>[];
  readonly x: number;
  readonly y: (value: number) => number;
  readonly width: number;
  readonly href: string;
  readonly keyOf: (datum: Datum) => string;
  readonly tickOf: (key: string) => string;
}) {
  let below = 0;
  const parts = series.flatMap((one) => {
    const value = one.valueOf(datum);
    if (value === 0) return [];
    const from = below;
    below += value;
    return [{ ...one, value, from }];
  });
  const told = parts.map((part) => `${part.label} ${part.value}`).join(", ");
  const name = `${tickOf(keyOf(datum))}: ${told === "" ? "nothing" : told}`;
  if (parts.length === 0) return null;
  return (
    <a href={href} aria-label={name}>
      <title>{name}</title>
      <rect className="hit" x={x} width={width} y={TOP} height={HEIGHT - BOTTOM - TOP} />
      {parts.map((part) => (
        <Bar
          key={part.name}
          x={x}
          width={width}
          y={y(part.from + part.value)}
          height={Math.max(1, y(part.from) - y(part.from + part.value))}
          fill={part.color}
        />
      ))}
    </a>
  );
}

const AXIS_LEFT = { className: "tick", textAnchor: "end", dx: -4, dy: 4 } as const;
const AXIS_BOTTOM = { className: "tick", textAnchor: "middle" } as const;
const LABEL_WIDTH = 74;

function wholeNumber(value: { valueOf(): number }): string {
  return Number.isInteger(value.valueOf()) ? value.valueOf().toLocaleString("en-US") : "";
}

/** As many labels as have room. */
function everySome(keys: readonly string[], width: number): string[] {
  const step = Math.max(1, Math.ceil((keys.length * LABEL_WIDTH) / Math.max(LABEL_WIDTH, width - LEFT)));
  return keys.filter((_, index) => index % step === Math.floor(step / 2));
}

function useWidth(): readonly [React.RefObject<HTMLElement | null>, number] {
  const frame = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(600);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const measure = (): void => {
      setWidth(Math.max(240, element.clientWidth));
    };
    const observer = new ResizeObserver(measure);
    measure();
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [frame, width];
}

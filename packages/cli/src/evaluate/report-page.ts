import { type CheckFigures, total } from "./attributes.ts";
import { type DetCurve, detSvg, escapeXml } from "./det-plot.ts";
import type { Report } from "./make-report.ts";

const STYLE = [
  "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}",
  "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #8886;padding:.2rem .6rem;text-align:left}",
  "svg{max-width:34rem}",
].join("");

/** The report as a page that needs nothing else: tables, and the curves drawn in. */
export function reportPage(report: Report, curves: readonly DetCurve[]): string {
  return [
    "<!doctype html>",
    '<html lang="en"><meta charset="utf-8"><title>sameface evaluation</title>',
    `<style>${STYLE}</style>`,
    "<h1>sameface evaluation</h1>",
    origin(report),
    "<h2>Matching, worst set first</h2>",
    ...matchingTables(report),
    detSvg(curves),
    "<h2>Liveness, one row per attack species</h2>",
    ...livenessParts(report),
    "<h2>Capture checks</h2>",
    checksTable(report),
    "<h2>Groups</h2>",
    groupsPart(report),
    "<h2>Time</h2>",
    timesTable(report),
    "<p>No statement is made on twins, on what is not tested, nor of conformance to ISO/IEC 30107-3.</p></html>\n",
  ].join("\n");
}

function origin({ data, model, commit, machine, resampling }: Report): string {
  return [
    `<p>${data.images} pictures of ${data.subjects} named people, data sha256 <code>${data.sha256}</code>`,
    `embedder ${escapeXml(model.id)} <code>${model.sha256}</code>`,
    `commit <code>${commit ?? "unknown"}</code> on ${escapeXml(machine)}`,
    `intervals: 95 %, people resampled ${resampling.resamples} times, seed ${resampling.seed}</p>`,
  ].join("<br>");
}

function matchingTables({ matching, threshold }: Report): readonly string[] {
  return [
    `<p>Shipped threshold ${threshold}. These pictures chose it, so its own figures on them are optimistic.</p>`,
    ...matching.sets.map((set) =>
      table(
        [`threshold ${set.threshold}`, "people", "genuine pairs", "FNMR", "impostor pairs", "FMR"],
        set.rows.map((row) => [
          row.name,
          row.people,
          row.genuine,
          rateWith(row.fnmr, row.intervals.fnmr),
          row.impostors,
          rateWith(row.fmr, row.intervals.fmr),
        ]),
      ),
    ),
    table(
      ["all pairs", "value"],
      [
        ["EER", rateWith(matching.eer, matching.intervals.eer)],
        ...Object.entries(matching.tarAtFar).map(([far, rate]) => [`TAR at FAR ${far}`, rateWith(rate, null)]),
        ["no template", rateWith(matching.fta, null)],
        ["turned away by a gate", rateWith(matching.refusedByGates.rate, null)],
      ],
    ),
  ];
}

function livenessParts({ spoof }: Report): readonly string[] {
  return [
    table(
      ["species", "presented", "judged", "accepted", "APCER"],
      Object.entries(spoof.species).map(([name, seen]) => [
        seen.tooFew ? `${name} (too few)` : name,
        seen.presented,
        seen.judged,
        seen.accepted,
        rateWith(spoof.apcer[name] ?? null, null),
      ]),
    ),
    `<p>Genuine taken for an attack: ${rateWith(spoof.bpcer, null)} of ${spoof.live.judged} judged, ${spoof.live.presented} presented. Not tested: ${spoof.notTested.join(", ")}.</p>`,
  ];
}

function checksTable({ checks }: Report): string {
  const rows = Object.entries(checks).flatMap(([name, { bySource, onPairs, ...whole }]) => [
    ...checkRows(name, whole),
    ...Object.entries(bySource).flatMap(([source, one]) => checkRows(`${name}, ${source}`, one)),
    ...(onPairs === undefined ? [] : checkRows(`${name}, faces of the pairs`, onPairs)),
  ]);
  return table(["check", "found", "of", "false alarms", "of"], rows);
}

/** The rates of the pictures with an answer; those without in a row of their own, by the reason. */
function checkRows(name: string, { tpr, fpr, positives, negatives, notMeasured }: CheckFigures) {
  const [worn, bare] = [total(notMeasured.positives), total(notMeasured.negatives)];
  const why = (reasons: Readonly<Record<string, number>>): string =>
    total(reasons) === 0
      ? "0"
      : Object.entries(reasons)
          .map(([reason, count]) => `${count} ${reason}`)
          .join(", ");
  const rates = [name, rateWith(tpr, null), positives - worn, rateWith(fpr, null), negatives - bare];
  const failed = [`${name}: no answer`, why(notMeasured.positives), positives, why(notMeasured.negatives), negatives];
  return worn + bare === 0 ? [rates] : [rates, failed];
}

function groupsPart({ groups }: Report): string {
  if (groups.notTested !== undefined) return `<p>Not tested: ${escapeXml(groups.notTested)}.</p>`;
  return table(
    ["group", "people", "FNMR", "FMR"],
    groups.rows.map((row) => [row.name, row.people, rateWith(row.fnmr, null), rateWith(row.fmr, null)]),
  );
}

function timesTable({ latencyMs }: Report): string {
  return table(
    ["stage", "p50 ms", "p95 ms"],
    Object.entries(latencyMs.stages).map(([stage, { p50, p95 }]) => [
      stage,
      p50?.toFixed(1) ?? "–",
      p95?.toFixed(1) ?? "–",
    ]),
  );
}

/** A rate as people read it; one that the pairs cannot carry is not resolvable. */
export function rateWith(rate: number | null, interval: readonly [number, number] | null): string {
  if (rate === null) return "not resolvable";
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
  return interval === null ? percent(rate) : `${percent(rate)} (${percent(interval[0])} … ${percent(interval[1])})`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = (tag: string, row: readonly (string | number)[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeXml(String(cell))}</${tag}>`).join("")}</tr>`;
  return `<table>${cells("th", head)}${rows.map((row) => cells("td", row)).join("")}</table>`;
}

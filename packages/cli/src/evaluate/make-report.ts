import type { EngineInfo, Inspection } from "@sameface/engine";
import { CHECK_TASKS, checkFigures, checkModel } from "./attributes.ts";
import type { Resampling } from "./bootstrap.ts";
import type { PairSet } from "./curve.ts";
import { type DetCurve, detCurve } from "./det-plot.ts";
import type { Provenance } from "./machine.ts";
import { FAR_POINTS, figuresAt, overallFigures, pairsOf, peopleOf, type SetFigures } from "./matching.ts";
import type { MeasuredPictures } from "./measure-pictures.ts";
import type { LabelledPicture, Task } from "./read-labels.ts";
import { count, refusedShare, spoofFigures } from "./spoof.ts";

/** What a report is made of. */
export interface ReportInput {
  readonly pictures: readonly LabelledPicture[];
  readonly measured: MeasuredPictures;
  readonly engine: EngineInfo;
  readonly thresholds: { readonly match: number; readonly live: number; readonly named: readonly number[] };
  readonly provenance: Provenance;
  readonly resampling: Resampling;
}

/** Everything that `sameface evaluate` says. @see interface.md, "Figures as data" */
export type Report = ReturnType<typeof makeReport>["report"];

/** The figures of a folder of labelled pictures, and the curves to be drawn. */
export function makeReport(input: ReportInput) {
  const { pictures, measured, engine, thresholds, provenance, resampling } = input;
  const inspections = measured.byPath;
  const of = (task: Task): LabelledPicture[] => pictures.filter((picture) => picture.task === task);
  const sets = setsOf({ pairs: of("pairs"), impostors: of("impostors"), inspections });
  const { embedder, others } = modelsOf(engine);
  const spoof = spoofFigures(of("spoof"), { inspections, threshold: thresholds.live });
  const report = {
    model: embedder,
    models: others,
    runtime: engine.runtime,
    data: {
      images: inspections.size,
      subjects: new Set(pictures.flatMap(({ identity }) => (identity === "" ? [] : [identity]))).size,
      sha256: measured.sha256,
    },
    threshold: thresholds.match,
    matching: matchingOf({ ...sets, pictures: of("pairs"), input }),
    spoof: { ...spoof, bpcerPairs: bpcerBySource(of("pairs"), input) },
    checks: checksOf(pictures, inspections),
    groups: groupsOf(of("pairs"), input),
    latencyMs: latencies([...inspections.values()]),
    resampling,
    ...provenance,
  };
  return { report, curves: curvesOf(sets) };
}

function modelsOf({ models }: EngineInfo) {
  const rows = models.map(({ role, file, sha256, licence }) => ({ role, id: file, sha256, licence }));
  const embedder = rows.find(({ role }) => role === "embedder");
  return { embedder: { id: embedder?.id ?? "", sha256: embedder?.sha256 ?? "" }, others: rows };
}

interface Sets {
  readonly all: ReturnType<typeof pairsOf>;
  readonly hard: ReturnType<typeof pairsOf>;
  readonly bySource: readonly { readonly name: string; readonly pairs: PairSet }[];
}

function setsOf({
  pairs,
  impostors,
  inspections,
}: {
  readonly pairs: readonly LabelledPicture[];
  readonly impostors: readonly LabelledPicture[];
  readonly inspections: ReadonlyMap<string, Inspection>;
}): Sets {
  const sources = [...new Set(pairs.map(({ source }) => source))].toSorted();
  const hard = pairsOf(impostors, inspections);
  return {
    all: pairsOf(pairs, inspections),
    // The names of these files are not checked person by person: no genuine pair is made of them.
    hard: { ...hard, genuine: [] },
    bySource: sources.map((name) => ({
      name,
      pairs: pairsOf(
        pairs.filter(({ source }) => source === name),
        inspections,
      ),
    })),
  };
}

function matchingOf({
  all,
  hard,
  bySource,
  pictures,
  input,
}: Sets & { readonly pictures: readonly LabelledPicture[]; readonly input: ReportInput }) {
  const { thresholds, resampling } = input;
  const { intervals, ...overall } = overallFigures(all, resampling);
  const named = [...new Set([...thresholds.named, thresholds.match])].toSorted((a, b) => a - b);
  const hardRows = figuresAt(named, { name: "hard impostors", pairs: hard, resampling });
  const rows = [...hardRows, ...bySource.flatMap((set) => figuresAt(named, { ...set, resampling }))];
  const [atThreshold] = figuresAt([thresholds.match], { name: "all", pairs: all, resampling });
  const hardAtThreshold = hardRows.find(({ threshold }) => threshold === thresholds.match);
  return {
    genuine: all.genuine.length,
    impostor: all.impostors.length,
    subjects: peopleOf(all).length,
    ...overall,
    coarse: coarsePoints(overall.tarAtFar, all.impostors.length),
    fnmrAtThreshold: atThreshold?.fnmr ?? null,
    fmrAtThreshold: atThreshold?.fmr ?? null,
    intervals: {
      ...intervals,
      fnmrAtThreshold: atThreshold?.intervals.fnmr ?? null,
      fmrAtThreshold: atThreshold?.intervals.fmr ?? null,
    },
    ...acquisition(pictures, input),
    hardImpostors: {
      pairs: hard.impostors.length,
      withoutTemplate: hard.withoutTemplate.length,
      fmrAtThreshold: hardAtThreshold?.fmr ?? null,
      interval: hardAtThreshold?.intervals.fmr ?? null,
    },
    sets: named.map((threshold) => ({
      threshold,
      rows: rows.filter((row) => row.threshold === threshold).toSorted(worstFirst),
    })),
  };
}

/** Points that are printed though fewer pairs than three times their inverse cannot bound the rate at 95 %. */
function coarsePoints(tarAtFar: Readonly<Record<string, number | null>>, impostors: number): readonly string[] {
  return FAR_POINTS.filter(({ far, key }) => typeof tarAtFar[key] === "number" && impostors * far < 3).map(
    ({ key }) => key,
  );
}

function worstFirst(a: SetFigures, b: SetFigures): number {
  const byFmr = (b.fmr ?? 0) - (a.fmr ?? 0);
  return byFmr === 0 ? (b.fnmr ?? 0) - (a.fnmr ?? 0) : byFmr;
}

/** Pictures that give no template, and pictures that a gate turns away: counted apart from comparisons. */
function acquisition(pictures: readonly LabelledPicture[], { measured, thresholds }: ReportInput) {
  const inspections = pictures.flatMap(({ path }) => measured.byPath.get(path) ?? []);
  const { presented, judged, noReply } = count(inspections, thresholds.live);
  const without = inspections.filter(({ template }) => !("value" in template)).length;
  return {
    fta: presented === 0 ? null : without / presented,
    refusedByGates: { rate: presented === 0 ? null : (presented - judged) / presented, reasons: noReply },
  };
}

/** Ordinary photos of the pairs that liveness takes for attacks: published pictures are no camera frames. */
function bpcerBySource(pictures: readonly LabelledPicture[], { measured, thresholds }: ReportInput) {
  const sources = [...new Set(pictures.map(({ source }) => source))].toSorted();
  return Object.fromEntries(
    sources.map((name) => {
      const own = pictures.filter(({ source }) => source === name);
      const seen = count(
        own.flatMap(({ path }) => measured.byPath.get(path) ?? []),
        thresholds.live,
      );
      return [name, { bpcer: refusedShare(seen), ...seen }];
    }),
  );
}

/** Each check by the pictures of its task, all of them and by source. */
function checksOf(pictures: readonly LabelledPicture[], inspections: ReadonlyMap<string, Inspection>) {
  const bare = pictures.filter(({ task }) => task === "pairs").map((one) => ({ ...one, label: "none" }));
  const entries = CHECK_TASKS.map(({ check, task }) => {
    const rows = pictures.filter((picture) => picture.task === task);
    const sources = [...new Set(rows.map(({ source }) => source))].toSorted();
    const figures = (list: readonly LabelledPicture[]) => checkFigures(list, { inspections, check });
    const row = {
      model: checkModel(inspections, check),
      ...figures(rows),
      bySource: Object.fromEntries(sources.map((name) => [name, figures(rows.filter((one) => one.source === name))])),
      // The faces of the pairs wear glasses at will, but no mask and no hat.
      ...(check === "lenses" ? {} : { onPairs: figures(bare) }),
    };
    return [check, row] as const;
  });
  return Object.fromEntries(entries);
}

/** Error rates per group of people, where the labels name any (T3). */
export function groupsOf(pictures: readonly LabelledPicture[], { measured, thresholds, resampling }: ReportInput) {
  const names = [...new Set(pictures.map(({ group }) => group))].filter((name) => name !== "").toSorted();
  if (names.length === 0) return { rows: [], notTested: "labels.csv has no column `group`: no age, sex or skin tone" };
  const rows = names.flatMap((name) => {
    const own = pictures.filter(({ group }) => group === name);
    return figuresAt([thresholds.match], { name, pairs: pairsOf(own, measured.byPath), resampling });
  });
  const missed = rows.flatMap(({ fnmr }) => (fnmr === null ? [] : [fnmr]));
  const [best, worst] = [Math.min(...missed), Math.max(...missed)];
  return { rows: rows.toSorted(worstFirst), worstToBestFnmr: missed.length < 2 || best === 0 ? null : worst / best };
}

/** Milliseconds of the pictures that were judged or turned away by a gate, by stage; waiting is not counted. */
function latencies(inspections: readonly Inspection[]) {
  const measured = inspections.filter(({ primary }) => primary !== null);
  const stages = [...new Set(measured.flatMap(({ timings }) => Object.keys(timings)))];
  const values = (stage: string): number[] =>
    measured.map(({ timings }) => (timings[stage] ?? 0) - (stage === "total" ? (timings["queue"] ?? 0) : 0));
  return {
    ...percentiles(values("total")),
    stages: Object.fromEntries(stages.map((stage) => [stage, percentiles(values(stage))])),
  };
}

function percentiles(values: readonly number[]): { readonly p50: number | null; readonly p95: number | null } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number | null => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
  return { p50: at(0.5), p95: at(0.95) };
}

function curvesOf({ all, hard, bySource }: Sets): readonly DetCurve[] {
  return [
    detCurve("all pairs of one source", all),
    detCurve("all genuine against hard impostors", { genuine: all.genuine, impostors: hard.impostors }),
    ...bySource.map(({ name, pairs }) => detCurve(name, pairs)),
  ];
}

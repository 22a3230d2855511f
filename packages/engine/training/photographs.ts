import { readFileSync } from "node:fs";
import { type DevFace, devFaces, pathOfDevFace } from "../src/fixtures/dev-faces.ts";
import { scoreOf } from "../src/heads/measure-attribute.ts";
import { decode } from "../src/image/decode.ts";
import { imageFormat } from "../src/image/image-format.ts";
import { readHeader } from "../src/image/read-header.ts";
import type { CheckName } from "../src/inspection.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";
import type { Models } from "../src/models.ts";
import type { Scored } from "./fold-figures.ts";
import { type Looks, look } from "./look.ts";

/** Where a check's figures come from. */
interface Trial {
  readonly task: string;
  /** Which faces of the pairs count as bare ones, too. */
  readonly bare: (face: DevFace) => boolean;
}

/** One trial for each check. Who of the pairs wears glasses is not written down; a mask or a hat wears nobody. */
const TRIALS: Readonly<Record<CheckName, Trial>> = {
  mask: { task: "mask", bare: () => true },
  lenses: { task: "glasses", bare: () => false },
  headCover: { task: "hat", bare: (face) => face.source !== "lfw" },
};

function sourceOf(face: DevFace): string {
  return face.source === "" ? "fmd" : face.source;
}

/** What the heads read of every development photograph that a trial needs; what has no face is not in it. */
export async function lookAtPhotographs(models: Models): Promise<ReadonlyMap<string, Looks>> {
  const tasks = ["pairs", ...Object.values(TRIALS).map(({ task }) => task)];
  const seen = new Map<string, Looks>();
  for (const path of new Set(tasks.flatMap((task) => devFaces(task).map((face) => face.path)))) {
    const looks = await lookAtFile(path, models);
    if (looks !== null) seen.set(path, looks);
  }
  return seen;
}

async function lookAtFile(path: string, models: Models): Promise<Looks | null> {
  const bytes = readFileSync(pathOfDevFace(path));
  const format = imageFormat(bytes);
  const { header, problem } =
    format === null ? { header: null, problem: null } : readHeader(bytes, { format, limits: DEFAULT_LIMITS });
  const picture = header === null || problem !== null ? null : await decode(header, DEFAULT_LIMITS);
  return picture === null ? null : await look(picture, { models });
}

/** The scores of a head on the photographs of its trial. */
export function scorePhotographs(
  name: CheckName,
  { looks, weights }: { readonly looks: ReadonlyMap<string, Looks>; readonly weights: Float32Array },
): readonly Scored[] {
  const trial = TRIALS[name];
  const rows = [
    ...devFaces(trial.task),
    ...devFaces("pairs")
      .filter(trial.bare)
      .map((face) => ({ ...face, label: "none" })),
  ];
  return rows.flatMap((face) => {
    const seen = looks.get(face.path);
    if (seen === undefined) return [];
    const person = face.identity === "" ? face.path : face.identity;
    const score = scoreOf(weights, seen[name]);
    const source = sourceOf(face);
    // The crops of FMD are cut tightly round the face and edited; the other sources are as a camera gave them.
    return [{ score, worn: face.label !== "none", person, group: source === "fmd" ? "tight" : "camera", source }];
  });
}

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import { type LabelledPicture, readLabels } from "./read-labels.ts";

const PICTURE = /\.(jpe?g|png|webp)$/i;

/**
 * An operator's own pictures: a folder for each person, or a `labels.csv` whose rows of the task `pairs` name them.
 * @throws {CliError} `usage`: the folder cannot be read, or holds fewer than two people
 */
export async function readPeople(folder: string): Promise<readonly LabelledPicture[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new CliError("usage", `${folder} is no folder that can be read`, { cause });
  });
  if (entries.some(({ name }) => name === "labels.csv")) {
    return enough(
      (await readLabels(folder)).filter(({ task }) => task === "pairs"),
      folder,
    );
  }
  const pictures: LabelledPicture[] = [];
  for (const person of entries.filter((entry) => entry.isDirectory())) {
    for (const file of await readdir(join(folder, person.name))) {
      if (PICTURE.test(file)) pictures.push(pictureOf(person.name, file));
    }
  }
  return enough(pictures, folder);
}

function pictureOf(person: string, file: string): LabelledPicture {
  // One source: all of them come from the operator's own cameras.
  return { path: join(person, file), task: "pairs", label: "", identity: person, session: "", source: "", group: "" };
}

function enough(pictures: readonly LabelledPicture[], folder: string): readonly LabelledPicture[] {
  const people = new Set(pictures.map(({ identity }) => identity));
  if (people.size >= 2) return pictures;
  throw new CliError("usage", `${folder} holds pictures of ${people.size} people: a folder for each, at least two`);
}

import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";

/** What a picture is labelled for. @see interface.md, "Figures as data" */
export const TASKS = ["pairs", "impostors", "spoof", "mask", "glasses", "hat"] as const;
/** One of {@link TASKS}. */
export type Task = (typeof TASKS)[number];

/** One row of `labels.csv`: a picture in one role. */
export interface LabelledPicture {
  /** From the folder that was named. */
  readonly path: string;
  readonly task: Task;
  readonly label: string;
  readonly identity: string;
  readonly session: string;
  readonly source: string;
  /** Optional column: a group that figures are wanted for apart; empty where none is named. */
  readonly group: string;
}

const WANTED = ["path", "task", "label", "identity", "session", "source"] as const;

/**
 * The rows of a folder's `labels.csv`.
 * @throws {CliError} `usage`: the folder or the file is not there, a column is missing, a task is none
 */
export async function readLabels(folder: string): Promise<readonly LabelledPicture[]> {
  const file = join(folder, "labels.csv");
  await access(folder).catch(() => usage(`${folder} is no folder that can be read`));
  const text = await readFile(file, "utf8").catch(() =>
    usage(`${file} cannot be read: it names each picture in the columns ${WANTED.join(",")}`),
  );
  const [head = [], ...rows] = parseCsv(text);
  for (const column of WANTED) if (!head.includes(column)) usage(`${file} lacks the column "${column}"`);
  const pictures = rows.map((row, index) => labelled(row, { head, file, line: index + 2 }));
  return pictures.length > 0 ? pictures : usage(`${file} names no picture`);
}

function labelled(
  row: readonly string[],
  { head, file, line }: { readonly head: readonly string[]; readonly file: string; readonly line: number },
): LabelledPicture {
  const cell = (column: string): string => row[head.indexOf(column)] ?? "";
  const task = TASKS.find((one) => one === cell("task"));
  const path = cell("path");
  if (task === undefined) return usage(`${file}:${line} has the task "${cell("task")}": ${TASKS.join(", ")}`);
  // A list that came from elsewhere must not lead out of its folder.
  if (path === "" || path.startsWith("/") || path.split(/[\\/]/).includes("..")) {
    return usage(`${file}:${line} names no path inside the folder`);
  }
  return {
    path,
    task,
    label: cell("label"),
    identity: cell("identity"),
    session: cell("session"),
    source: cell("source"),
    group: head.includes("group") ? cell("group") : "",
  };
}

/** RFC 4180: quoted cells may hold commas, quotes doubled, and line ends. */
function parseCsv(text: string): string[][] {
  const cells = text.replace(/^\uFEFF/, "").matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g);
  const rows: string[][] = [[]];
  for (const [whole, quoted, plain = "", end = ""] of cells) {
    if (whole === "") break;
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.some((cell) => cell !== ""));
}

function usage(message: string): never {
  throw new CliError("usage", message);
}

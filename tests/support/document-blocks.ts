import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { drawnPicture } from "./seeded-server.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "./server-process.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");

/** Shell blocks of a page of `docs/`, in their order. */
export function blocksOf(page: string): readonly string[] {
  const text = readFileSync(path.join(REPOSITORY, "docs", page), "utf8");
  return [...text.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map((block) => block[1] ?? "");
}

/** A server with a customer named anna, and a folder for what commands write. */
export interface DocumentServer {
  readonly server: ServerProcess;
  /** Of the server's data. */
  readonly folder: string;
  readonly work: string;
  readonly remove: () => Promise<void>;
}

/** What the commands of guides and recipes are run at. */
export async function startDocumentServer(): Promise<DocumentServer> {
  const folder = await temporaryFolder();
  const work = path.join(path.dirname(folder.path), "work");
  await mkdir(work);
  const server = await startServerProcess({ folder: folder.path });
  const body = { image: await drawnPicture({ person: 12, take: 0 }), consent: { reference: "form 7" } };
  assert.equal((await server.call("/v1/customers/anna", { method: "PUT", body })).status, 201);
  const remove = async (): Promise<void> => {
    await folder[Symbol.asyncDispose]();
  };
  return { server, folder: folder.path, work, remove };
}

/** Where a block runs. */
export interface BlockPlace {
  readonly server: ServerProcess;
  /** Where files that it writes go. */
  readonly cwd: string;
  /** What the reader has set beside what the README sets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a block as its reader does, whose `npx sameface` is that of this repository, and answers what it printed. */
export async function runBlock(block: string, { server, cwd, env = {} }: BlockPlace): Promise<string> {
  const cli = path.join(REPOSITORY, "packages/cli/src/main.ts");
  const npx = `npx() { shift; "${process.execPath}" --conditions=@sameface/source "${cli}" "$@"; }`;
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", `${npx}\n${block}`], {
    cwd,
    env: {
      PATH: process.env["PATH"] ?? "",
      // What the lane compiled for all.
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
      URL: server.url,
      AUTH: `Authorization: Bearer ${server.key}`,
      SAMEFACE_URL: server.url,
      SAMEFACE_KEY: server.key,
      ...env,
    },
  });
  return stdout;
}

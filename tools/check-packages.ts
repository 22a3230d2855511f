// The packages as a stranger gets them: built, packed, each entry and its types looked up in the archive, sizes kept.
import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { HEAD_TABLE } from "../packages/engine/src/heads/head-table.ts";
import { MODEL_TABLE } from "../packages/engine/src/model-table.ts";
import type { PackageName } from "./build.ts";
import { readManifest } from "./manifest.ts";
import { type Packed, packAll } from "./pack.ts";

/**
 * Bytes on disk when installed, without what others publish. The receiver's is told in its README: it goes into
 * other people's applications, and it depends on nothing. The others are held so that nothing slips in unseen.
 */
const MOST_BYTES = {
  contract: 200_000, // most of it the types of the API's client
  engine: 15_650_000, // 15.4 MB of it the five models and three heads
  receiver: 51_200, // four stores, seven adapters, an inbox and the vendor's sender; 10 kB of it in a bundle
  dashboard: 2_000_000,
  server: 1_500_000,
  cli: 400_000,
} as const satisfies Record<PackageName, number>;

/** ESM only, so how CommonJS and Node 10 would look it up is not asked. */
const RESOLUTIONS: readonly unknown[] = ["node16-esm", "bundler"];

async function typeFaults({ tarball, folder }: Packed): Promise<string[]> {
  if (readManifest(`packages/${folder}`).exports === undefined) return []; // a command, not a library
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
  if (analysis.types === false) return ["no types"];
  return analysis.problems.flatMap((problem) =>
    "resolutionKind" in problem && !RESOLUTIONS.includes(problem.resolutionKind)
      ? []
      : [`types: ${JSON.stringify(problem)}`],
  );
}

async function manifestFaults({ tarball, folder }: Packed): Promise<string[]> {
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  return messages.flatMap((message) =>
    // The condition names this repository's sources, for this repository's own tools: nobody else asks for it.
    message.path.includes("@sameface/source") ? [] : [`${folder}: ${formatMessage(message, pkg) ?? message.code}`],
  );
}

/** What is in the archive and should not be, and what is not and should. */
function fileFaults({ files, folder }: Packed): string[] {
  const alien = files.filter((path) =>
    /\.(test|fixture|conformance)\.|fixtures\/|\.tsbuildinfo$|(?<!\.d)\.ts$/.test(path),
  );
  const wanted = ["LICENSE", "README.md", ...startedFiles(folder), ...(folder === "engine" ? modelFiles() : [])];
  return [
    ...alien.map((path) => `${path} is packed`),
    ...wanted.filter((path) => !files.includes(path)).map((path) => `${path} is not packed`),
  ];
}

/** What is started as a process or a thread: no import leads there. */
function startedFiles(folder: PackageName): string[] {
  if (folder === "engine") return ["dist/child.js"];
  return folder === "server" ? ["dist/delivery/signing-thread-entry.js"] : [];
}

function modelFiles(): string[] {
  return [
    "models/LICENSE",
    ...Object.values(MODEL_TABLE).map((row) => `models/${row.file}`),
    ...Object.values(HEAD_TABLE).map((row) => `heads/${row.file}`),
  ];
}

function sizeFaults({ folder, installedBytes }: Packed): string[] {
  const most = MOST_BYTES[folder];
  return installedBytes <= most ? [] : [`${installedBytes} bytes installed, at most ${most}`];
}

/** Siblings are pinned to the version they were built with; the receiver brings nothing at all. */
function dependencyFaults({ folder, version }: Packed): string[] {
  const { dependencies = {} } = readManifest(`packages/${folder}`);
  if (folder === "receiver" && Object.keys(dependencies).length > 0) return ["the receiver has dependencies"];
  return Object.entries(dependencies)
    .filter(([name, range]) => name.startsWith("@sameface/") && range !== version)
    .map(([name, range]) => `${name} is ${range}, not ${version}`);
}

async function faultsOf(packed: Packed): Promise<string[]> {
  return [
    ...fileFaults(packed),
    ...sizeFaults(packed),
    ...dependencyFaults(packed),
    ...(await manifestFaults(packed)),
    ...(await typeFaults(packed)),
  ];
}

const packages = await packAll();
let faults = 0;
for (const packed of packages) {
  const found = await faultsOf(packed);
  faults += found.length;
  process.stdout.write(
    `${packed.name.padEnd(20)} ${String(packed.files.length).padStart(4)} files ${String(packed.installedBytes).padStart(9)} of ${MOST_BYTES[packed.folder]} bytes\n`,
  );
  for (const fault of found) process.stdout.write(`  ${fault}\n`);
}
const receiver = packages.find((packed) => packed.folder === "receiver")?.installedBytes ?? 0;
process.stdout.write(`${packages.length} packages, the receiver ${receiver} bytes on disk, ${faults} faults\n`);
process.exitCode = faults === 0 ? 0 : 1;

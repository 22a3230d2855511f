// Prose that is checked: every path, npm script, lane and sameface command that a page names exists, what it quotes from a file stands there, and every link resolves.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ourFiles } from "./files.ts";
import { LANES } from "./lanes.ts";
import { faultOf, linksOf, type Tree } from "./page-links.ts";
import { type Claim, claimsOf, type Quote, quotesOf } from "./prose-claims.ts";
import { ROOT } from "./root.ts";

/** Made when the program runs or installs, or inside an npm archive (`package/`): a clone does not have it. */
const MADE = [
  /^data\/$/,
  /^data\.key$/,
  /^dist\/$/,
  /^evaluation\/$/,
  /^node_modules\//,
  /^sameface\.config\.json$/,
  /\.onnx$/,
  /^package\//,
  /^\.cache\//,
];

/** Pages whose paths are relative to a package, as its reader sees them. */
function bases(page: string): string[] {
  const folder = dirname(page);
  const parts = /^packages\/[a-z]+/.exec(page);
  return [...new Set([".", folder, ...(parts === null ? [] : [parts[0], `${parts[0]}/src`])])];
}

function pathExists(path: string, page: string): boolean {
  if (path.includes("*") && !path.includes("/")) return true;
  return bases(page).some((base) => {
    const candidate = join(ROOT, base, path);
    return path.includes("*") || path.includes("{") ? globSync(candidate).length > 0 : existsSync(candidate);
  });
}

function scripts(): string[] {
  const parsed: unknown = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
  if (typeof parsed !== "object" || parsed === null || !("scripts" in parsed)) return [];
  return typeof parsed.scripts === "object" && parsed.scripts !== null ? Object.keys(parsed.scripts) : [];
}

/** A command is a file of this folder: one file a command. */
function commandExists(command: string): boolean {
  return existsSync(`${ROOT}packages/cli/src/commands/${command}.ts`);
}

const known = scripts();
const TREE: Tree = {
  exists: (path) => existsSync(ROOT + path),
  page: (path) => (existsSync(ROOT + path) ? readFileSync(ROOT + path, "utf8") : null),
};

function holds(claim: Claim, page: string): boolean {
  switch (claim.kind) {
    case "path":
      return MADE.some((pattern) => pattern.test(claim.text)) || pathExists(claim.text, page);
    case "script":
      return known.includes(claim.text);
    case "lane":
      return claim.text in LANES;
    case "command":
      return commandExists(claim.text);
  }
}

function isWordForWord({ path, text }: Quote): boolean {
  return existsSync(ROOT + path) && readFileSync(ROOT + path, "utf8").includes(text);
}

function complaintsAbout(page: string): string[] {
  const markdown = readFileSync(ROOT + page, "utf8");
  return [
    ...claimsOf(markdown)
      .filter((claim) => !holds(claim, page))
      .map((claim) => `${page}:${claim.line}: ${claim.kind} that does not exist: ${claim.text}`),
    ...quotesOf(markdown)
      .filter((quote) => !isWordForWord(quote))
      .map((quote) => `${page}:${quote.line}: not word for word in ${quote.path}`),
    ...linksOf(markdown).flatMap(({ target, line }) => {
      const fault = faultOf(target, page, TREE);
      return fault === null ? [] : [`${page}:${line}: ${fault}: ${target}`];
    }),
  ];
}

/** Pages of `docs/` that its index does not name; decisions have an index of their own. */
function unlisted(): string[] {
  const index = readFileSync(`${ROOT}docs/README.md`, "utf8");
  return ourFiles("docs/*.md")
    .filter((page) => page !== "docs/README.md" && (!page.startsWith("docs/adr/") || page === "docs/adr/README.md"))
    .filter((page) => !index.includes(`](${page.slice("docs/".length)})`))
    .map((page) => `docs/README.md: does not name ${page}`);
}

const pages = ourFiles("*.md");
const complaints = [...pages.flatMap(complaintsAbout), ...unlisted()];
for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
process.stdout.write(`${pages.length} pages, ${complaints.length} claims refused\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;

import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { AssetParams } from "../api/index.ts";
import { ASSET_HEADERS, PAGE_HEADERS } from "./page-headers.ts";
import { type Answer, bind, type Call, defineRoute, problem, type Route, type RouteShape } from "./route.ts";

export const PAGE_SHAPES = {
  page: defineRoute({
    operationId: "readPage",
    method: "GET",
    path: "/",
    summary: "The dashboard",
    scopes: "public",
    answers: { 200: { description: "HTML", schema: { type: "string" }, contentType: "text/html" } },
    problems: [],
  }),
  asset: defineRoute({
    operationId: "readAsset",
    method: "GET",
    path: "/assets/{file}",
    summary: "A part of a page",
    scopes: "public",
    params: AssetParams,
    answers: { 200: { description: "The file", schema: { type: "string" }, contentType: "application/octet-stream" } },
    problems: ["notFound"],
  }),
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** A file of the pages, held in memory: a path of a request never reaches the disk. */
interface PageFile {
  readonly contentType: string;
  readonly plain: Uint8Array;
  readonly gzipped: Uint8Array;
}

const HTML = "index.html";

/** The routes of what a browser shows; none where nothing was built. `folder` `null`: there are no pages. */
export async function pageRoutes(folder: URL | null): Promise<readonly Route[]> {
  const files = folder === null ? null : await readFiles(folder);
  if (files === null) return [];
  const { [HTML]: html, ...assets } = files;
  if (html === undefined) return [];
  return [
    bind(PAGE_SHAPES.page, async ({ client }) => await Promise.resolve(answerFile(html, client, PAGE_HEADERS))),
    bind(PAGE_SHAPES.asset, async ({ params, client }) => {
      const file = Object.hasOwn(assets, params.file) ? assets[params.file] : undefined;
      const answer = file === undefined ? null : answerFile(file, client, ASSET_HEADERS);
      return await Promise.resolve(answer ?? problem("notFound", "No page has such a part."));
    }),
  ];
}

function answerFile(
  file: PageFile,
  { takesGzip }: Call<RouteShape>["client"],
  headers: Readonly<Record<string, string>>,
): Answer {
  const encoding: Record<string, string> = takesGzip ? { "content-encoding": "gzip" } : {};
  return {
    status: 200,
    page: takesGzip ? file.gzipped : file.plain,
    contentType: file.contentType,
    headers: { ...headers, ...encoding, vary: "accept-encoding" },
  };
}

async function readFiles(folder: URL): Promise<Readonly<Record<string, PageFile>> | null> {
  try {
    const names = await readdir(new URL("assets/", folder));
    const paths = [HTML, ...names.filter((name) => extname(name) in TYPES).map((name) => `assets/${name}`)];
    const read = paths.map(async (path) => [path.replace("assets/", ""), await readOne(new URL(path, folder))]);
    return Object.fromEntries(await Promise.all(read)) as Record<string, PageFile>;
  } catch (fault) {
    if (fault instanceof Error && "code" in fault && fault.code === "ENOENT") return null;
    throw fault;
  }
}

async function readOne(file: URL): Promise<PageFile> {
  const plain = await readFile(file);
  const gzipped = await promisify(gzip)(plain, { level: 9 });
  return { contentType: TYPES[extname(file.pathname)] ?? "application/octet-stream", plain, gzipped };
}

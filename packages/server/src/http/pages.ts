import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { AssetParams, CapturePageQuery } from "../api/index.ts";
import type { Captures } from "../capture/captures.ts";
import { ASSET_HEADERS, COMPONENT_HEADERS, capturePageHeaders, PAGE_HEADERS } from "./page-headers.ts";
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
  capture: defineRoute({
    operationId: "readCapturePage",
    method: "GET",
    path: "/capture",
    summary: "The page before the camera; its link comes from createCaptureSession",
    scopes: "public",
    query: CapturePageQuery,
    answers: { 200: { description: "HTML", schema: { type: "string" }, contentType: "text/html" } },
    problems: [],
  }),
  component: defineRoute({
    operationId: "readCaptureComponent",
    method: "GET",
    path: "/capture/component.js",
    summary: "The element <sameface-capture>, to show the page within another",
    scopes: "public",
    answers: { 200: { description: "A module", schema: { type: "string" }, contentType: "text/javascript" } },
    problems: [],
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
const CAPTURE_HTML = "capture.html";
/** The one asset whose name holds no hash: other sites name it. */
const COMPONENT = "sameface-capture.js";

/** The routes of what a browser shows; none where nothing was built. `folder` `null`: there are no pages. */
export async function pageRoutes(
  folder: URL | null,
  captures: Pick<Captures, "frameAncestorsOf"> | null = null,
): Promise<readonly Route[]> {
  const files = folder === null ? null : await readFiles(folder);
  if (files === null) return [];
  const { [HTML]: html, [CAPTURE_HTML]: capture, [COMPONENT]: component, ...assets } = files;
  if (html === undefined) return [];
  return [
    ...(captures === null || capture === undefined ? [] : [capturePage(capture, captures)]),
    ...(component === undefined ? [] : [componentRoute(component)]),
    bind(PAGE_SHAPES.page, async ({ client }) => await Promise.resolve(answerFile(html, client, PAGE_HEADERS))),
    bind(PAGE_SHAPES.asset, async ({ params, client }) => {
      const file = Object.hasOwn(assets, params.file) ? assets[params.file] : undefined;
      const answer = file === undefined ? null : answerFile(file, client, ASSET_HEADERS);
      return await Promise.resolve(answer ?? problem("notFound", "No page has such a part."));
    }),
  ];
}

function capturePage(file: PageFile, captures: Pick<Captures, "frameAncestorsOf">): Route {
  return bind(PAGE_SHAPES.capture, async ({ query, client }) => {
    const ancestors = query.session === undefined ? [] : await captures.frameAncestorsOf(query.session);
    return answerFile(file, client, capturePageHeaders(ancestors));
  });
}

function componentRoute(file: PageFile): Route {
  return bind(PAGE_SHAPES.component, async ({ client }) => {
    return await Promise.resolve(answerFile(file, client, COMPONENT_HEADERS));
  });
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
    const pages = (await readdir(folder)).filter((name) => extname(name) === ".html");
    const paths = [...pages, ...names.filter((name) => extname(name) in TYPES).map((name) => `assets/${name}`)];
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

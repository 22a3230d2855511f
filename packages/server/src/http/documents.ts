import { readFile } from "node:fs/promises";
import { bind, defineRoute, type Route } from "./route.ts";

export const DOCUMENT_SHAPES = {
  openapi: defineRoute({
    operationId: "readOpenApi",
    method: "GET",
    path: "/openapi.json",
    summary: "This document",
    scopes: "public",
    answers: { 200: { description: "OpenAPI 3.1", schema: { type: "object" } } },
    problems: [],
  }),
  page: defineRoute({
    operationId: "readPage",
    method: "GET",
    path: "/",
    summary: "The page that a browser shows",
    scopes: "public",
    answers: { 200: { description: "HTML", schema: { type: "string" }, contentType: "text/html" } },
    problems: [],
  }),
};

/** The routes of what is read by people and programs before they have a key. */
export async function documentRoutes(parts: {
  readonly openapi: unknown;
  /** The HTML file at `/`; `null`: there is no page. */
  readonly page: URL | null;
}): Promise<readonly Route[]> {
  const { openapi } = parts;
  const page = parts.page === null ? null : await readFile(parts.page);
  const document = bind(DOCUMENT_SHAPES.openapi, async () => await Promise.resolve({ status: 200, json: openapi }));
  if (page === null) return [document];
  const html = { status: 200, page, contentType: "text/html; charset=utf-8" } as const;
  return [document, bind(DOCUMENT_SHAPES.page, async () => await Promise.resolve(html))];
}

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
};

/** The routes of what programs read before they have a key. */
export function documentRoutes({ openapi }: { readonly openapi: unknown }): readonly Route[] {
  return [bind(DOCUMENT_SHAPES.openapi, async () => await Promise.resolve({ status: 200, json: openapi }))];
}

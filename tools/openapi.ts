// Writes docs/reference/openapi.json from the schemas and the route table of the server.
import { openApiDocument } from "../packages/server/src/http/openapi.ts";
import { ROUTE_SHAPES } from "../packages/server/src/http/route-shapes.ts";
import { VERSION } from "../packages/server/src/main.ts";
import { settleGenerated } from "./generated-file.ts";

const document = openApiDocument(ROUTE_SHAPES, { version: VERSION, serverUrl: null });
if (!settleGenerated("docs/reference/openapi.json", `${JSON.stringify(document, null, 1)}\n`)) process.exitCode = 1;

/** A receiver for one framework, filled in with the values of one endpoint. */
export interface Snippet {
  readonly name: string;
  readonly install: string;
  readonly text: string;
}

interface Filled {
  readonly publicKey: string | null;
  readonly path: string;
  readonly profile: "standard" | "incode";
}

/**
 * One receiver for each adapter of `@sameface/receiver`.
 * @param endpoint only what everybody may know: the public key verifies, so that no secret stands in code
 */
export function snippetsOf(endpoint: {
  readonly url: string;
  readonly publicKey: string | null;
  readonly profile: "standard" | "incode";
}): readonly Snippet[] {
  const { publicKey, profile } = endpoint;
  const path = endpoint.url.startsWith("http") ? new URL(endpoint.url).pathname : "/webhooks";
  const filled = { publicKey, path, profile };
  return Object.values(ADAPTERS).map(({ name, packages = "", write }) => ({
    name,
    install: `npm install @sameface/receiver${packages}`,
    text: write(filled),
  }));
}

function receiverOf({ publicKey, profile }: Filled): string {
  const keys =
    publicKey === null
      ? `  secrets: [process.env["SAMEFACE_WEBHOOK_SECRET"] ?? ""],`
      : `  publicKeys: [${JSON.stringify(publicKey)}],`;
  const note = profile === "incode" ? "// This endpoint keeps the vendor's acknowledgement and retry rules.\n" : "";
  return `${note}const receiver = createReceiver({
${keys}
})
  .on("passed", async (outcome, event) => {
    console.log(event.id, "let in", outcome.customerId);
  })
  .on("not-passed", async (outcome, event) => {
    console.log(event.id, "keep out", outcome.customerId, outcome.kind);
  });`;
}

const FIRST = 'import { createReceiver } from "@sameface/receiver";';

const ADAPTERS: Readonly<
  Record<string, { readonly name: string; readonly packages?: string; readonly write: (filled: Filled) => string }>
> = {
  node: {
    name: "Node",
    write: (filled) => `import { createServer } from "node:http";
${FIRST}
import { nodeHandler } from "@sameface/receiver/node";

${receiverOf(filled)}

// Answers at every path; yours is ${filled.path}
createServer(nodeHandler(receiver)).listen(3000);`,
  },
  express: {
    name: "Express",
    packages: " express",
    write: (filled) => `import express from "express";
${FIRST}
import { expressHandler } from "@sameface/receiver/express";

${receiverOf(filled)}

const app = express();
// Before express.json(): the signature is over the raw bytes.
app.post(${JSON.stringify(filled.path)}, expressHandler(receiver));
app.listen(3000);`,
  },
  fastify: {
    name: "Fastify",
    packages: " fastify",
    write: (filled) => `import Fastify from "fastify";
${FIRST}
import { fastifyReceiver } from "@sameface/receiver/fastify";

${receiverOf(filled)}

const app = Fastify();
await app.register(fastifyReceiver(receiver, { path: ${JSON.stringify(filled.path)} }));
await app.listen({ port: 3000 });`,
  },
  hono: {
    name: "Hono",
    packages: " hono",
    write: (filled) => `import { Hono } from "hono";
${FIRST}
import { honoHandler } from "@sameface/receiver/hono";

${receiverOf(filled)}

const app = new Hono();
app.post(${JSON.stringify(filled.path)}, honoHandler(receiver));
export default app;`,
  },
  next: {
    name: "Next.js",
    packages: " next",
    write: (filled) => `// app${filled.path === "/" ? "" : filled.path.replace(/\/$/, "")}/route.ts
${FIRST}
import { nextRoute } from "@sameface/receiver/next";

${receiverOf(filled)}

export const { POST } = nextRoute(receiver);`,
  },
  fetch: {
    name: "Fetch (Deno, Bun, workers)",
    write: (filled) => `${FIRST}
import { fetchHandler } from "@sameface/receiver/fetch";

${receiverOf(filled)}

// Answers at every path; yours is ${filled.path}
export default { fetch: fetchHandler(receiver) };`,
  },
  lambda: {
    name: "AWS Lambda",
    write: (filled) => `${FIRST}
import { lambdaHandler } from "@sameface/receiver/lambda";

${receiverOf(filled)}

// API Gateway, function URL or load balancer, at ${filled.path}
export const handler = lambdaHandler(receiver);`,
  },
};

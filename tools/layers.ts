/**
 * One row: files of `part` import only `part`, what `may` matches, and the outside named in `outside`.
 * `part` and `may` are regular expressions over paths from the root, anchored at the start. A file has exactly one row.
 */
export interface Layer {
  readonly part: string;
  readonly may: readonly string[];
  /** npm packages by name; `node:` for Node's own modules. */
  readonly outside: readonly string[];
  /** Only types come from `may`. */
  readonly typesOnly?: boolean;
  readonly reason: string;
}

const CONTRACT = "packages/contract/src/index\\.ts$";
const CLIENT = "packages/contract/src/client/index\\.ts$";
/** The files of the store's port. */
const PORT_FILES =
  "store|ledger|rewrapping|session-store|stream-store|capture-sessions|records|store-error|lock-state|kept-pictures|quotas";
const PORT = `packages/server/src/store/(${PORT_FILES}|audit-hash)\\.ts$`;
const WORLD = "packages/server/src/(clock|random|server-error|tracing/tracer)\\.ts$";
const CONFIG = "packages/server/src/config/";
const API = "packages/server/src/api/";
const SERVER = "packages/server/src/";

/** Who may import what. dependency-cruiser judges by it (tools/check-layers.ts); everything not said is forbidden. */
export const MAY: readonly Layer[] = [
  {
    part: "packages/contract/src/schemas/",
    may: ["packages/contract/src/"],
    outside: ["typebox"],
    reason: "the schemas bring TypeBox: the wire types are generated from them, and they are not published",
  },
  {
    part: "packages/contract/src/(?!schemas/)",
    may: [],
    outside: [],
    reason: "anyone who receives a webhook can afford it: web standards, no schema library, any runtime",
  },
  {
    part: "packages/engine/training/",
    may: ["packages/engine/src/"],
    outside: ["node:", "sharp"],
    reason: "draws faces and trains the heads on them; runs in the repository, is not published",
  },
  {
    part: "packages/engine/src/",
    may: [],
    outside: ["node:", "sharp", "onnxruntime-node", "onnxruntime-web"],
    reason: "usable on a folder of pictures: it knows no customer, no JSON of the wire, no server",
  },
  {
    part: "packages/receiver/src/adapters/",
    may: ["packages/receiver/src/index\\.ts$", CONTRACT],
    outside: ["node:"],
    reason: "an adapter imports the receiver by its name, as a third party would",
  },
  {
    part: "packages/receiver/src/(?!adapters/)",
    may: [CONTRACT],
    outside: [],
    reason:
      "it goes into other people's applications: web standards and the contract, nothing else; drivers are passed in",
  },
  {
    part: "packages/dashboard/src/[a-z-]+\\.ts$",
    may: [],
    outside: [],
    reason: "says where the built pages stand; what runs in a browser is in folders",
  },
  {
    part: "packages/dashboard/src/[a-z-]+/",
    may: ["packages/dashboard/src/[a-z-]+/", CONTRACT, CLIENT],
    outside: ["react", "react-dom", "@visx/axis", "@visx/scale", "@visx/shape"],
    reason: "what it shows came over HTTP",
  },
  {
    part: `${SERVER}store/(${PORT_FILES})\\.ts$`,
    may: [CONTRACT],
    outside: [],
    reason: "the port speaks plain records and knows none of its users",
  },
  {
    part: `${SERVER}store/audit-hash\\.ts$`,
    may: [`${SERVER}store/records\\.ts$`],
    outside: ["node:"],
    reason: "whoever checks an audit hashes its rows as the store did",
  },
  {
    part: `${SERVER}store/(?!(${PORT_FILES}|audit-hash)\\.ts$)`,
    may: [PORT, WORLD, CONTRACT],
    outside: ["kysely", "pg", "node:"],
    reason: "SQL stays here: the port, shared queries, the drivers",
  },
  {
    part: API,
    may: [CONTRACT, `${SERVER}delivery/auth/index\\.ts$`],
    outside: ["typebox"],
    reason:
      "requests and answers as schemas: the one source of validation, types and OpenAPI; what a way of signing in wants stands beside the code that uses it",
  },
  {
    part: `${SERVER}policy/`,
    may: [CONTRACT, API, PORT, `${SERVER}server-error\\.ts$`],
    outside: ["typebox"],
    reason: "what a tenant decided, read alike by enrolment and authentication",
  },
  {
    part: `${SERVER}faces/`,
    may: [CONTRACT, PORT, "packages/engine/src/index\\.ts$", `${SERVER}vault/`],
    outside: ["node:"],
    reason:
      "what enrolment and authentication must do alike: seal and open a template, name what is wrong with a picture",
  },
  {
    part: `${SERVER}customers/`,
    may: [CONTRACT, API, PORT, WORLD, "packages/engine/src/index\\.ts$", `${SERVER}(policy|faces|vault)/`],
    outside: ["node:"],
    reason: "enrolment knows pictures and records; customers, authentication and delivery do not import each other",
  },
  {
    part: `${SERVER}authentication/(?!decide\\.ts$)`,
    may: [
      `${SERVER}authentication/decide\\.ts$`,
      CONTRACT,
      API,
      PORT,
      WORLD,
      "packages/engine/src/index\\.ts$",
      `${SERVER}(policy|faces|vault)/`,
    ],
    outside: ["node:"],
    reason:
      "an authentication knows pictures and records; customers, authentication and delivery do not import each other",
  },
  {
    part: `${SERVER}capture/(?!challenge\\.ts$)`,
    may: [
      `${SERVER}capture/challenge\\.ts$`,
      CONTRACT,
      API,
      PORT,
      WORLD,
      "packages/engine/src/index\\.ts$",
      `${SERVER}(authentication|customers|policy|faces|vault)/`,
    ],
    outside: ["node:"],
    reason: "a capture ends in an authentication or an enrolment: it calls both, and neither knows of it",
  },
  {
    part: `${SERVER}capture/challenge\\.ts$`,
    may: ["packages/engine/src/index\\.ts$", `${SERVER}random\\.ts$`],
    outside: [],
    reason: "pure: a challenge and a frame in, what follows out; no clock, no I/O",
  },
  {
    part: `${SERVER}authentication/decide\\.ts$`,
    may: [CONTRACT, "packages/engine/src/index\\.ts$", SERVER],
    outside: [],
    typesOnly: true,
    reason: "pure: measurements and policy in, outcome out; no clock, no I/O",
  },
  {
    part: `${SERVER}delivery/schedule\\.ts$`,
    may: [CONTRACT, SERVER],
    outside: [],
    typesOnly: true,
    reason: "pure: attempt and reply in, next time out; no clock, no I/O",
  },
  {
    part: `${SERVER}delivery/(?!schedule\\.ts$)`,
    may: [`${SERVER}delivery/schedule\\.ts$`, CONTRACT, PORT, WORLD, `${SERVER}vault/`],
    outside: ["node:", "undici", "typebox", "ipaddr.js"],
    reason: "it sends what is stored; customers, authentication and delivery do not import each other",
  },
  {
    part: `${SERVER}vault/`,
    may: [WORLD],
    outside: ["node:"],
    reason: "encryption at rest knows bytes and keys, not what they mean",
  },
  {
    part: CONFIG,
    may: [CONTRACT],
    outside: ["typebox", "node:", "ipaddr.js"],
    reason: "one schema gives defaults, environment and reference",
  },
  {
    part: `${SERVER}metrics/`,
    may: [PORT, "packages/engine/src/index\\.ts$", `${SERVER}delivery/(sweeper|worker-report)\\.ts$`],
    outside: ["node:", "prom-client"],
    reason: "counts what the others tell, asks store and engine at each scrape; knows no id",
  },
  {
    part: `${SERVER}http/`,
    may: [
      CONTRACT,
      API,
      PORT,
      WORLD,
      CONFIG,
      `${SERVER}(customers|authentication|capture|delivery|faces|metrics|policy|vault)/`,
      "packages/engine/src/index\\.ts$",
    ],
    outside: ["fastify", "@fastify/multipart", "typebox", "ipaddr.js", "node:"],
    reason: "parse, call, reply: no SQL, no outgoing request",
  },
  {
    part: `${SERVER}(?!clock|random|server-error)[a-z-]+\\.ts$`,
    may: [SERVER, CONTRACT, "packages/engine/src/index\\.ts$"],
    outside: ["node:"],
    reason: "main.ts is the one place that knows every concrete part",
  },
  {
    part: WORLD,
    may: [],
    outside: ["node:"],
    reason: "the clock, the dice, the port of traces and the one error class depend on nothing",
  },
  {
    part: `${SERVER}tracing/(?!tracer\\.ts$)`,
    may: [`${SERVER}tracing/tracer\\.ts$`],
    outside: [
      "node:",
      "@opentelemetry/api",
      "@opentelemetry/exporter-trace-otlp-http",
      "@opentelemetry/resources",
      "@opentelemetry/sdk-trace",
    ],
    reason: "the one place that knows OpenTelemetry; loaded where a collector is named",
  },
  {
    part: "packages/cli/src/",
    may: [
      CONTRACT,
      CLIENT,
      "packages/(engine|receiver|server|dashboard)/src/index\\.ts$",
      "packages/receiver/src/adapters/",
    ],
    outside: ["node:", "commander", "sharp"],
    reason: "the only place where all packages meet, through their public exports",
  },
  {
    part: "(tests|examples)/",
    may: [
      CONTRACT,
      CLIENT,
      "packages/(engine|receiver|server|dashboard|cli)/src/index\\.ts$",
      "packages/receiver/src/adapters/",
    ],
    outside: [
      "node:",
      "standardwebhooks",
      "svix",
      "fast-check",
      "undici",
      "express",
      "fastify",
      "hono",
      "@hono/node-server",
      "playwright-core",
      "axe-core",
      "sharp",
      "typescript",
      "yaml",
    ],
    reason: "they use sameface as a user would: public exports only",
  },
  {
    part: "bench/",
    may: ["packages/[a-z]+/src/", "tests/(support|faults)/"],
    outside: ["node:", "sharp", "onnxruntime-node", "@tensorflow/tfjs-core", "standardwebhooks", "undici", "pg"],
    reason: "a floor is measured with the parts that the product is made of; nothing imports a bench",
  },
  {
    part: "tools/",
    may: ["packages/[a-z]+/src/", "tests/"],
    outside: [
      "node:",
      "@11ty/eleventy",
      "yaml",
      "typescript",
      "dependency-cruiser",
      "rolldown",
      "rolldown-plugin-dts",
      "vite",
      "publint",
      "@arethetypeswrong/core",
    ],
    reason: "tools read everything; nothing that ships imports them",
  },
];

/** Lists that grow: an entry imports no sibling, so that adding or taking one out touches no other. */
export const SIBLINGS = [
  "packages/engine/src/checks/",
  "packages/server/src/delivery/auth/",
  "packages/receiver/src/adapters/",
  "packages/cli/src/commands/",
];

/** What tests may bring beside what their package may. */
export const TEST_OUTSIDE = [
  "node:",
  "fast-check",
  "standardwebhooks",
  "svix",
  "typescript",
  "undici",
  "sharp",
  "typebox",
  "@vladmandic/face-api",
  "express",
  "fastify",
  "hono",
  "@hono/node-server",
  "ioredis",
  "pg",
  "redis",
  "rolldown",
  "@prometheus-io/lezer-promql",
  "yaml",
];

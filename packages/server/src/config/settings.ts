import { type Static, Type } from "typebox";

/** Base64 of exactly 32 bytes: 43 digits, of which the last carries two bits less, and the padding. */
const BASE64_OF_32_BYTES = "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$";

const secret = { secret: true } as const;

/**
 * Every setting once: default, environment variable (`SAMEFACE_` and the name in capitals), key of
 * `sameface.config.json` and row of `docs/reference/config.md` all come from here.
 */
export const Settings = Type.Object(
  {
    port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 8080,
      description: "Port to listen on; 0: a free one.",
    }),
    host: Type.String({ minLength: 1, default: "127.0.0.1", description: "Address to listen on." }),
    data: Type.String({
      minLength: 1,
      default: "./data",
      description:
        "Folder of the database; with PostgreSQL only the master key file and the hashes of whom was erased are made, beside it.",
    }),
    databaseUrl: Type.Optional(
      Type.String({
        ...secret,
        pattern: "^postgres(ql)?://[^\\s]+$",
        description:
          "postgres://user:password@host:port/database, PostgreSQL 15 or newer, for one node or many; sslmode require, verify-ca and verify-full encrypt and verify, sslrootcert names the authority's file. Unset: SQLite in the data folder.",
      }),
    ),
    sweeperDatabaseUrl: Type.Optional(
      Type.String({
        ...secret,
        pattern: "^postgres(ql)?://[^\\s]+$",
        description:
          "The same database as another user, for what a node with the role delivery deletes: who sends needs no right to. Unset: databaseUrl.",
      }),
    ),
    adminKey: Type.Optional(
      Type.String({
        ...secret,
        minLength: 32,
        maxLength: 512,
        pattern: "^[\\x21-\\x7e]+$",
        description:
          "The root key, at least 32 visible ASCII characters; changing it replaces the old one at the next start. Unset: made once and printed once.",
      }),
    ),
    masterKey: Type.Optional(
      Type.String({
        ...secret,
        pattern: BASE64_OF_32_BYTES,
        description:
          "Base64 of 32 bytes: seals templates and secrets. Unset: made once, in the file `<data folder>.key` beside the folder.",
      }),
    ),
    previousMasterKey: Type.Optional(
      Type.String({
        ...secret,
        pattern: BASE64_OF_32_BYTES,
        description:
          "Base64 of 32 bytes: the master key of before. All that it sealed is moved to the present one, while both open it. Unset: the file `<data folder>.key.previous`, if there is one.",
      }),
    ),
    engineProcesses: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 256, description: "Processes that judge pictures. Unset: one a core." }),
    ),
    engineModels: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "A JSON file with rows of the model table that replace the shipped ones: embedder, detector, landmarks, liveness, pose or eyes. Unset: the models that ship. A new embedder needs a new enrolment of everyone.",
      }),
    ),
    allowedPrivateNetworks: Type.Array(Type.String(), {
      default: [],
      maxItems: 64,
      description:
        "Networks (CIDR) to which endpoints may point although they are private, for example 127.0.0.0/8. Named at start.",
    }),
    publicUrl: Type.Optional(
      Type.String({
        pattern: "^https?://[^\\s/]+(/[^\\s]*)?$",
        description: "An http:// or https:// URL: where callers find this server.",
      }),
    ),
    trustedProxies: Type.Array(Type.String(), {
      default: [],
      maxItems: 64,
      description: "Networks (CIDR) of proxies whose X-Forwarded-* headers are believed.",
    }),
    roles: Type.Array(Type.Union([Type.Literal("api"), Type.Literal("delivery")]), {
      default: ["api", "delivery"],
      minItems: 1,
      maxItems: 2,
      uniqueItems: true,
      description: "What this process does: api (with the engine), delivery, or both as api,delivery.",
    }),
    logLevel: Type.Union(
      ["debug", "info", "warn", "error", "silent"].map((level) => Type.Literal(level)),
      { default: "info", description: "debug, info, warn, error or silent." },
    ),
    tracesUrl: Type.Optional(
      Type.String({
        pattern: "^https?://[^\\s/]+/[^\\s]*$",
        description:
          "Where an OpenTelemetry collector takes traces over HTTP, for example http://127.0.0.1:4318/v1/traces. OTEL_EXPORTER_OTLP_HEADERS adds headers for it. Unset: nothing is traced.",
      }),
    ),
    tracesPercent: Type.Integer({
      minimum: 0,
      maximum: 100,
      default: 100,
      description:
        "Of the requests that come without a trace of their caller's, so many in a hundred are traced; the others follow the caller's traceparent.",
    }),
    retentionDays: Type.Integer({
      minimum: 1,
      maximum: 36_500,
      default: 30,
      description:
        "Days for which events, their deliveries and attempts, authentications and answers to repeated requests are kept; then they are deleted, except what still waits to be delivered. Customers and the audit stay.",
    }),
    tenantRequestsPerSecond: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description:
          "Requests that each tenant may send a second to one node, a second's worth at once; more are answered 429 with Retry-After. Unset: no bound.",
      }),
    ),
    keyRequestsPerSecond: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: "As tenantRequestsPerSecond, for each key of a tenant. Unset: no bound.",
      }),
    ),
    customerRetentionDays: Type.Integer({
      minimum: 1,
      maximum: 36_500,
      default: 1_095,
      description:
        "Days after which a customer is erased who neither was enrolled nor passed meanwhile, as by DELETE /v1/customers/{customerId}. Three years, as some laws demand at most.",
    }),
    retrySchedule: Type.Optional(
      Type.Array(Type.Number({ minimum: 0, maximum: 604_800 }), {
        minItems: 1,
        maxItems: 50,
        description:
          "Seconds before each retry, 0 to 604800, for example 1,5,30: in place of the waits of profile standard, without jitter. Told at start.",
      }),
    ),
  },
  { additionalProperties: false },
);

/** The settings in force. */
export type Config = Readonly<Static<typeof Settings>>;

/** The name of a setting, as `sameface.config.json` has it. */
export type SettingName = keyof Config;

/** `allowedPrivateNetworks` → `SAMEFACE_ALLOWED_PRIVATE_NETWORKS` */
export function variableOf(name: string): string {
  return `SAMEFACE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Variables that begin alike and belong to others: the command line, the examples, the tests of the repository. */
export const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  "SAMEFACE_URL",
  "SAMEFACE_KEY",
  "SAMEFACE_WEBHOOK_SECRET",
  "SAMEFACE_TEST_DATA",
  "SAMEFACE_TEST_POSTGRES_URL",
  "SAMEFACE_TEST_REDIS_URL",
]);

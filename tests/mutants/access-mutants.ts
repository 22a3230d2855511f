import type { Mutant } from "./mutant.ts";

/** The guards of S23 to S40, and of what is kept, taken out; each is called by its row. */
export const ACCESS_MUTANTS: readonly Mutant[] = [
  {
    id: "S23",
    rows: ["S23"],
    what: "nobody has to prove that an endpoint is theirs",
    edits: [
      {
        file: "packages/server/src/delivery/endpoints.ts",
        from: "const unverified = !admin && !checked.inside;",
        to: "const unverified = admin && !admin;",
      },
    ],
    foundBy: {
      file: "packages/server/src/delivery/ownership.test.ts",
      title: "holds everything of an endpoint made by a lesser key, until the echo of a signed challenge opens it",
    },
  },
  {
    id: "S24",
    rows: ["S24"],
    what: "an endpoint may set the signature headers",
    edits: [
      { file: "packages/server/src/delivery/own-headers.ts", from: '["content-", "webhook-", ', to: '["content-", ' },
    ],
    foundBy: {
      file: "packages/server/src/delivery/own-headers.test.ts",
      title: "refuses every name that sameface or the connection sets, in any case",
    },
  },
  {
    id: "S25",
    rows: ["S25"],
    what: "certificates are not verified",
    edits: [
      {
        file: "packages/server/src/delivery/connector.ts",
        from: "rejectUnauthorized: true",
        to: "rejectUnauthorized: false",
      },
    ],
    foundBy: {
      file: "packages/server/src/delivery/tls.test.ts",
      title: "sends no byte of a payload when the certificate is expired, self-signed or for another host",
    },
  },
  {
    id: "S26",
    rows: ["S26"],
    what: "the end of a replay is not audited",
    edits: [
      {
        file: "packages/server/src/store/queries/replays.ts",
        from: "if (cancelled) await appendAudit(view, where.tenantId, where.audit);",
        to: "",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/replays.test.ts",
      title: "cancels one that runs, and both are in the audit",
    },
  },
  {
    id: "S27",
    rows: ["S27"],
    what: "every key opens every route",
    edits: [
      {
        file: "packages/server/src/http/keyring.ts",
        from: "  return asked.some((scope) => scopes.includes(scope));",
        to: "  return scopes.length > 0;",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/route-matrix.test.ts",
      title: "opens each route to its own scopes alone: every route × every scope",
    },
  },
  {
    id: "S27b",
    rows: ["S27"],
    what: "a revoked key goes on",
    edits: [
      {
        file: "packages/server/src/http/keyring.ts",
        from: "if (key === null || key.revokedAtMs !== null) return null;",
        to: "if (key === null) return null;",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/keys.test.ts",
      title: "refuses a revoked key at once, and revoking is repeatable",
    },
  },
  {
    id: "S28",
    rows: ["S28"],
    what: "guesses cost nothing",
    edits: [
      {
        file: "packages/server/src/http/sign-in-throttle.ts",
        from: "const FREE_FAILURES = 5;",
        to: "const FREE_FAILURES = 5_000;",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/session-routes.test.ts",
      title: "throttles 1,000 guesses, and the right key with them, and tells how long to wait",
    },
  },
  {
    id: "S29",
    rows: ["S29"],
    what: "an idle session goes on",
    edits: [{ file: "packages/server/src/http/sessions.ts", from: " || session.seenAtMs + IDLE_MS <= nowMs", to: "" }],
    foundBy: {
      file: "packages/server/src/http/session-routes.test.ts",
      title:
        "is over on the server after sign-out, an hour unused, twelve hours, and when its key is revoked or expires",
    },
  },
  {
    id: "S30",
    rows: ["S30"],
    what: "POST counts as reading",
    edits: [
      {
        file: "packages/server/src/http/cross-site.ts",
        from: 'return method !== "GET";',
        to: 'return method !== "GET" && method !== "POST";',
      },
    ],
    foundBy: {
      file: "packages/server/src/http/session-routes.test.ts",
      title: "refuses a cross-origin form and fetch on every route that changes something",
    },
  },
  {
    id: "S31",
    rows: ["S31"],
    what: "pages may run what stands in them",
    edits: [
      {
        file: "packages/server/src/http/page-headers.ts",
        from: `"script-src": "'self'",`,
        to: `"script-src": "'self' 'unsafe-inline'",`,
      },
    ],
    foundBy: {
      file: "packages/server/src/http/pages.test.ts",
      title: "are served with a policy that runs and frames nothing from elsewhere",
    },
  },
  {
    id: "S32",
    rows: ["S32"],
    what: "quotas bound nobody",
    edits: [
      {
        file: "packages/server/src/store/queries/quotas.ts",
        from: "if (used + more > row.most) throw",
        to: "if (used < 0) throw",
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/sqlite.test.ts",
      title: "bound what a tenant may have, tell how much there is, and leave other tenants alone",
    },
  },
  {
    id: "S33",
    rows: ["S33"],
    what: "files are open to other users",
    edits: [
      {
        file: "packages/server/src/store/sqlite/private-files.ts",
        from: "chmodSync(file, 0o600);",
        to: "chmodSync(file, 0o644);",
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/data-folder.test.ts",
      title: "shuts the folder to 0700 and every file in it to 0600, also where they stood open before",
    },
  },
  {
    id: "S35",
    rows: ["S35"],
    what: "a row of the audit may be changed",
    edits: [
      {
        file: "packages/server/src/store/audit-hash.ts",
        from: "else if (row.hash !== auditHash(hash, row))",
        to: 'else if (row.hash === "")',
      },
    ],
    foundBy: {
      file: "packages/server/src/store/audit-hash.test.ts",
      title: "names the first row of which any part was changed",
    },
  },
  {
    id: "S36",
    rows: ["S36"],
    what: "a fault is told in its own words",
    edits: [
      {
        file: "packages/server/src/http/fault-problem.ts",
        from: 'return problem("internal", "The server failed; its log has the request id.");',
        to: 'return problem("internal", fault instanceof Error ? `${fault.message} ${fault.stack}` : "");',
      },
    ],
    foundBy: {
      file: "packages/server/src/http/privacy.test.ts",
      title: "tells nothing of its inside when a part fails: no stack, no SQL, no path, a stable code and an id",
    },
  },
  {
    id: "S37",
    rows: ["S37"],
    what: "a key may ask as often as it likes",
    edits: [
      {
        file: "packages/server/src/http/create-http-server.ts",
        from: 'boundOf(rates.key.take(caller.keyId), "key") ?? boundOf(',
        to: "boundOf(",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/request-rate.test.ts",
      title: "answers 429 with a code and Retry-After to the key that asks too much, and serves the tenant's others",
    },
  },
  {
    id: "S38",
    rows: ["S38"],
    what: "an Idempotency-Key is not looked at",
    edits: [
      {
        file: "packages/server/src/authentication/authenticate.ts",
        from: "if (key === null) return await",
        to: 'if (key !== "") return await',
      },
      {
        file: "packages/server/src/authentication/authenticate.ts",
        from: "idempotency: idempotencyKey === null ? null :",
        to: 'idempotency: idempotencyKey !== "" ? null :',
      },
    ],
    foundBy: {
      file: "packages/server/src/http/idempotency.test.ts",
      title:
        "decides once for 50 concurrent submits, answers the others with 409 or the same bytes, and the same later",
    },
  },
  {
    id: "S39",
    rows: ["S39"],
    what: "a package may come without its hash",
    edits: [
      {
        file: "tools/judge-lockfile.ts",
        from: "locked.link !== true && locked.integrity === undefined",
        to: 'locked.link !== true && locked.integrity === ""',
      },
    ],
    foundBy: { file: "tools/judge-lockfile.test.ts", title: "refuses a third-party package without integrity" },
  },
  {
    id: "S40",
    rows: ["S40"],
    what: "the admin key may be short",
    edits: [
      {
        file: "packages/server/src/config/settings.ts",
        from: "        minLength: 32,\n        maxLength: 512,",
        to: "        minLength: 8,\n        maxLength: 512,",
      },
    ],
    foundBy: {
      file: "packages/server/src/config/read-config.test.ts",
      title: "refuses a short admin key and a wrong master key without showing them",
    },
  },
  {
    id: "F35",
    rows: ["S9"],
    what: "a picture is kept without its attempt",
    edits: [
      {
        file: "packages/server/src/store/queries/sweep.ts",
        from: 'await db.deleteFrom("pictures").where("tenant_id", "=", tenantId).where("authentication_id", "in", going).execute();',
        to: "",
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/sqlite.test.ts",
      title: "go with their attempt, however long they were to be kept",
    },
  },
];

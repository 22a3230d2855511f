import type { Mutant } from "./mutant.ts";

/** The guards of S1 to S20 taken out; each is called by its row. */
export const SECURITY_MUTANTS: readonly Mutant[] = [
  {
    id: "S1",
    rows: ["S1"],
    what: "a figure may differ from the stored one",
    edits: [
      {
        file: "packages/cli/src/evaluate/stored-figures.ts",
        from: "Math.abs(stored - now) <= TOLERANCE",
        to: "Math.abs(stored - now) <= 1e6",
      },
    ],
    foundBy: {
      file: "packages/cli/src/evaluate/stored-figures.test.ts",
      title: "names every figure and hash that differs, with both values",
    },
  },
  {
    id: "S2",
    rows: ["S2"],
    what: "species are not told apart",
    edits: [
      {
        file: "packages/cli/src/evaluate/spoof.ts",
        from: "notTested: SPECIES.filter((name) => !labels.includes(name))",
        to: "notTested: []",
      },
    ],
    foundBy: {
      file: "packages/cli/src/evaluate/spoof.test.ts",
      title: "counts each species apart, so that the worst one shows, and names those that nobody presented",
    },
  },
  {
    id: "S3",
    rows: ["S3"],
    what: "nobody waits before fifty failures",
    edits: [
      {
        file: "packages/server/src/store/lock-state.ts",
        from: "consecutiveFailures < limits.waitAfterFailures ||",
        to: "consecutiveFailures < limits.stopAfterFailures ||",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/lockout.test.ts",
      title: "lets no more than five of sixty attempts at once be judged",
    },
  },
  {
    id: "S4",
    rows: ["S4"],
    what: "a mask passes",
    edits: [
      {
        file: "packages/server/src/authentication/judge.ts",
        from: 'const mode = name === "mask" ? "block" : policy.checks[name];',
        to: 'const mode = name === "mask" ? "flag" : policy.checks[name];',
      },
    ],
    foundBy: {
      file: "packages/server/src/http/authentications.test.ts",
      title: "follows the policy: lenses flagged are told with the pass, off is not looked at, a mask blocks always",
    },
  },
  {
    id: "S5",
    rows: ["S5"],
    what: "any nonce is taken",
    edits: [
      {
        file: "packages/server/src/capture/capture-calls.ts",
        from: "present?.nonce !== frame.nonce",
        to: "present === null || present === undefined",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/captures.test.ts",
      title: "refuses a nonce that is used, foreign or of a frame that was counted",
    },
  },
  {
    id: "S8",
    rows: ["S8"],
    what: "templates are not turned by their tenant",
    edits: [
      {
        file: "packages/server/src/faces/sealed-template.ts",
        from: 'vector: rotateByTenant(vector, vault.tenantSecret("templateRotation", tenantId)) }',
        to: "vector }",
      },
    ],
    foundBy: {
      file: "packages/server/src/faces/sealed-template.test.ts",
      title: "gives the same face in two tenants, opened, as strangers",
    },
  },
  {
    id: "S9",
    rows: ["S9"],
    what: "pictures are kept that nobody asked for",
    edits: [
      {
        file: "packages/server/src/authentication/authenticate.ts",
        from: "const bare = keepMs === 0 ? null : parts.bare(request.image);",
        to: "const bare = parts.bare(request.image);",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/pictures.test.ts",
      title: "are kept by nobody who did not ask for it, and from then on of judged attempts of customers alone",
    },
  },
  {
    id: "S10",
    rows: ["S10"],
    what: "enrolment needs no consent",
    edits: [
      {
        file: "packages/server/src/customers/enrol.ts",
        from: "const consent = consentOf(request, customer);",
        to: 'const consent = consentOf(request, customer) ?? { reference: "", atMs: null };',
      },
    ],
    foundBy: {
      file: "packages/server/src/http/customers.test.ts",
      title: "answers 422 consentRequired and stores nothing without a consent reference",
    },
  },
  {
    id: "S11",
    rows: ["S11"],
    what: "an erasure leaves the attempts",
    edits: [
      {
        file: "packages/server/src/store/queries/erase.ts",
        from: '["templates", "customers", "authentications", ',
        to: '["templates", "customers", ',
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/sqlite.test.ts",
      title: "leaves nothing that names the customer, and everything of another as it was",
    },
  },
  {
    id: "S12",
    rows: ["S12"],
    what: "the capture page learns who passed",
    edits: [
      {
        file: "packages/server/src/capture/finish-capture.ts",
        from: 'return decided.kind === "captureEnded" ? "ended" : "done";',
        to: 'return decided.kind === "decided" && decided.outcome.kind === "passed" ? "done" : "failed";',
      },
    ],
    foundBy: {
      file: "packages/server/src/http/captures.test.ts",
      title:
        "answers the page the same bytes whether the customer passes, is unknown, blocked, locked or somebody else",
    },
  },
  {
    id: "S13",
    rows: ["S13"],
    what: "nobody says that groups were not tested",
    edits: [
      {
        file: "packages/cli/src/evaluate/make-report.ts",
        from: 'notTested: "labels.csv has no column `group`: no age, sex or skin tone"',
        to: "notTested: null",
      },
    ],
    foundBy: {
      file: "packages/cli/src/evaluate/spoof.test.ts",
      title: "says which labels are missing where no group is named, in place of rows",
    },
  },
  {
    id: "S17",
    rows: ["S17"],
    what: "a model is known by its length",
    edits: [
      {
        file: "packages/engine/src/read-pinned.ts",
        from: "if (sha256 !== pinned.sha256) {",
        to: "if (bytes.length !== pinned.bytes) {",
      },
    ],
    foundBy: {
      file: "packages/engine/src/models.img.test.ts",
      title: "refuses a file with one bit flipped, and names both hashes",
    },
    night: true,
  },
  {
    id: "S18",
    rows: ["S18"],
    what: "the signed text lacks a dot",
    edits: [
      {
        file: "packages/contract/src/signature.ts",
        from: "const text = `${id}.${timestamp}.`;",
        to: "const text = `${id}.${timestamp}`;",
      },
    ],
    foundBy: {
      file: "packages/contract/src/signature.test.ts",
      title: "reproduces the public constant of Standard Webhooks",
    },
  },
  {
    id: "S19",
    rows: ["S19"],
    what: "own headers are stored as they are",
    edits: [
      {
        file: "packages/server/src/delivery/sealed-endpoint.ts",
        from: "return vault.seal(toBytes(JSON.stringify(headers)), headersContext(ref));",
        to: "return toBytes(JSON.stringify(headers));",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/dump.test.ts",
      title: "holds no vector, secret or key: every file of the data folder, its log included (SQLite)",
    },
  },
  {
    id: "S20",
    rows: ["S20"],
    what: "a secret that was rotated signs on for ever",
    edits: [
      {
        file: "packages/server/src/store/queries/endpoint-secrets.ts",
        from: ".set({ expires_at_ms: endMs })",
        to: ".set({ expires_at_ms: null })",
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/sqlite.test.ts",
      title: "signs with both through the overlap and lets the old ones die at its end",
    },
  },
];

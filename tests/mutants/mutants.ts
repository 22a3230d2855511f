import { ACCESS_MUTANTS } from "./access-mutants.ts";
import { INPUT_MUTANTS } from "./input-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { NUMBERED_MUTANTS } from "./numbered-mutants.ts";
import { SECURITY_MUTANTS } from "./security-mutants.ts";

const CONTRACT = "packages/contract/src";
const DELIVERY = "packages/server/src/delivery";
const HTTP = "packages/server/src/http";
const QUERIES = "packages/server/src/store/queries";
const SQLITE = "packages/server/src/store/sqlite";

/** M1–M12, those of the simulation, of the receiver and of the connections. */
const FIRST_MUTANTS: readonly Mutant[] = [
  {
    id: "M1",
    what: "a result is written without a look at its fencing token",
    edits: [
      {
        file: `${QUERIES}/finish-attempt.ts`,
        from: " || row.fencing_token !== result.fencingToken",
        to: "",
      },
      {
        file: `${QUERIES}/finish-delivered.ts`,
        from: `(\${row.ref("delivery_id")}, \${row.ref("fencing_token")}) in \${view.leases(results)}`,
        to: `\${row.ref("delivery_id")} in \${view.listed(results.map(({ deliveryId }) => deliveryId))}`,
      },
      {
        file: `${QUERIES}/finish-delivered.ts`,
        from: "row?.fencing_token === result.fencingToken",
        to: "row !== undefined",
      },
    ],
    foundBy: "simulation",
  },
  {
    id: "M2",
    rows: ["S21"],
    what: "signatures are compared with ===",
    edits: [
      {
        file: `${CONTRACT}/signature.ts`,
        from: "matches = equalInConstantTime(expected, value) || matches",
        to: "matches = expected === value || matches",
      },
    ],
    foundBy: {
      file: `${CONTRACT}/signature.test.ts`,
      title: "compares every token with every MAC over its whole length, also after one that matched",
    },
  },
  {
    id: "M3",
    what: "retries come without jitter",
    edits: [
      {
        file: `${DELIVERY}/schedule.ts`,
        from: "waitsOverrideMs === null ? profile.jitter : 0",
        to: "waitsOverrideMs === null ? 0 * profile.jitter : 0",
      },
    ],
    foundBy: {
      file: `${DELIVERY}/schedule.test.ts`,
      title: "moves the waits of standard by up to 20 % either way and those of incode not at all",
    },
  },
  {
    id: "M4",
    rows: ["S22"],
    what: "redirects are followed",
    edits: [
      {
        file: `${DELIVERY}/connection.ts`,
        from: "client.dispatch(dispatch, handler);",
        to: "client.compose(interceptors.redirect({ maxRedirections: 1 })).dispatch(dispatch, handler);",
      },
      { file: `${DELIVERY}/connection.ts`, from: "import { Client,", to: "import { Client, interceptors," },
    ],
    foundBy: { file: `${DELIVERY}/send.test.ts`, title: "follows no redirect, whatever its kind" },
  },
  {
    id: "M5",
    what: "callers are answered before the commit",
    edits: [
      {
        file: `${SQLITE}/group-commit.ts`,
        from: '  try {\n    database.exec("commit");',
        to: '  for (const member of written) member.committed();\n  try {\n    database.exec("commit");',
      },
    ],
    foundBy: "simulation",
  },
  {
    id: "M6",
    what: "failures are counted after the decision, outside of its transaction",
    edits: [
      {
        file: `${QUERIES}/decisions.ts`,
        from: "    recordDecision,\n",
        to: `    recordDecision: async (decision) => {
      const result = await recordDecision({ ...decision, counters: [] });
      if (result.kind === "recorded") await backend.write(async (view) => void (await countAll(view, decision)));
      return result;
    },
`,
      },
    ],
    foundBy: "simulation",
  },
  {
    id: "M7",
    rows: ["S34"],
    what: "an API key is written to the log",
    edits: [
      {
        file: "packages/server/src/http/create-http-server.ts",
        from: "      ms: Math.round(ms),",
        to: "      ms: Math.round(ms),\n      reason: request.headers.authorization ?? null,",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/privacy.test.ts",
      title:
        "logs no token, header, body, query, path or id of a request: a canary through every field reaches no line",
    },
  },
  {
    id: "M8",
    rows: ["B21"],
    what: "::/96 is missing from the refused ranges",
    edits: [
      {
        file: `${DELIVERY}/address.ts`,
        from: "!contains(GLOBAL_UNICAST, address) ||",
        to: '(!contains(GLOBAL_UNICAST, address) && !contains(toNetwork("::/96"), address)) ||',
      },
    ],
    foundBy: {
      file: `${DELIVERY}/address.test.ts`,
      title: "refuses the IPv4-compatible form of loopback, which lies in ::/96",
    },
  },
  {
    id: "M9",
    rows: ["B25"],
    what: "the signature is over JSON that was parsed and written again",
    edits: [
      {
        file: `${CONTRACT}/signature.ts`,
        from: "  return [head, body];",
        to: `  try {
    return [head, new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(body))))];
  } catch {
    return [head, body];
  }`,
      },
    ],
    foundBy: {
      file: "packages/receiver/src/receive-hostile.test.ts",
      title: "refuses bytes that are not those that were signed: re-serialised, CRLF, one space more, re-encoded",
    },
  },
  {
    id: "M11",
    rows: ["S6"],
    what: "a 4015 tells how similar the face was",
    edits: [
      {
        file: `${CONTRACT}/make-notification.ts`,
        from: "    recognitionConfidence: NOTHING,\n    ...FAILED,\n    ...errorKeys(FAILURES.notRecognized),",
        to: "    recognitionConfidence: { confidence: 0.41, candidates: [] } as never,\n    ...FAILED,\n    ...errorKeys(FAILURES.notRecognized),",
      },
    ],
    foundBy: {
      file: `${CONTRACT}/make-notification.test.ts`,
      title: "makes every golden body from its outcome, key order included",
    },
  },
  {
    id: "M12",
    what: "the deadline ends with the headers",
    edits: [
      {
        file: `${DELIVERY}/exchange.ts`,
        from: "  const onDeadline = (): void => {\n",
        to: "  const onDeadline = (): void => {\n    if (reply.isAcknowledged()) return;\n",
      },
      {
        file: `${DELIVERY}/exchange.ts`,
        from: "      if (!reply.isAcknowledged()) return;\n",
        to: "      if (status > 0) return;\n",
      },
    ],
    foundBy: {
      file: `${DELIVERY}/send.test.ts`,
      title: "calls it delivered when acknowledging headers come and the body drips for ever",
    },
  },
  {
    id: "M13",
    what: "the body is made anew for each attempt",
    edits: [
      {
        file: `${QUERIES}/claims.ts`,
        from: "    body: event.body,",
        to: "    body: new Uint8Array([...event.body, ...Array.from({ length: row.attempts }, () => 32)]),",
      },
    ],
    foundBy: "simulation",
  },
  {
    id: "M19",
    what: "a claim takes what is due longest, whatever the endpoint",
    edits: [
      { file: `${SQLITE}/pick-due.ts`, from: "own.slice(0, free)", to: "own" },
      {
        file: `${SQLITE}/pick-due.ts`,
        from: "a.turn === b.turn ? a.dueAtMs - b.dueAtMs : a.turn - b.turn",
        to: "a.dueAtMs - b.dueAtMs",
      },
    ],
    foundBy: "simulation",
  },
  {
    id: "M20",
    what: "a lease never ends",
    edits: [
      {
        file: `${SQLITE}/pick-due.ts`,
        from: "and o.due_at_ms <= ${nowMs}\n",
        to: "and o.due_at_ms <= ${nowMs} and o.status <> 'inFlight'\n",
      },
    ],
    foundBy: "simulation",
  },
  {
    id: "M26",
    rows: ["B25"],
    what: "the body becomes a text before the MAC",
    edits: [
      {
        file: `${CONTRACT}/signature.ts`,
        from: "  return [head, body];",
        to: "  return [head, new TextEncoder().encode(new TextDecoder().decode(body))];",
      },
    ],
    foundBy: {
      file: "packages/receiver/src/receive-hostile.test.ts",
      title: "refuses bytes that are not those that were signed: re-serialised, CRLF, one space more, re-encoded",
    },
  },
  {
    id: "M27",
    rows: ["B24"],
    what: "a time in the future is not looked at",
    edits: [
      {
        file: `${CONTRACT}/signature.ts`,
        from: 'return ageSeconds < -toleranceSeconds ? "timestamp_too_new" : null;',
        to: "return null;",
      },
    ],
    foundBy: {
      file: `${CONTRACT}/signature.test.ts`,
      title: "accepts both bounds of the tolerance and refuses one second beyond",
    },
  },
  {
    id: "M31",
    rows: ["B17"],
    what: "one address may hold all connections",
    edits: [{ file: `${HTTP}/connections-per-address.ts`, from: "before >= most", to: "before >= 10 * most" }],
    foundBy: {
      file: `${HTTP}/connections-per-address.test.ts`,
      title: "takes as many as it may hold, closes the next ones, and takes those of another address",
    },
  },
  {
    id: "M32",
    rows: ["B17"],
    what: "a socket is held for a peer that neither reads nor closes",
    edits: [{ file: `${HTTP}/guard-connection.ts`, from: "() => socket.destroy()", to: "() => undefined" }],
    foundBy: {
      file: `${HTTP}/limits.test.ts`,
      title: "gives a socket back whose peer neither reads the refusal nor closes",
    },
  },
];

/** Every defect, in the order in which it is planted. */
export const MUTANTS: readonly Mutant[] = [
  ...FIRST_MUTANTS,
  ...NUMBERED_MUTANTS,
  ...SECURITY_MUTANTS,
  ...ACCESS_MUTANTS,
  ...INPUT_MUTANTS,
];

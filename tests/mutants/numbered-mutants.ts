import type { Mutant } from "./mutant.ts";

/** Further defects of the numbered list (reliability.md §7). */
export const NUMBERED_MUTANTS: readonly Mutant[] = [
  {
    id: "M10",
    rows: ["S5"],
    what: "a capture decides twice",
    edits: [
      {
        file: "packages/server/src/store/queries/decisions.ts",
        from: 'if (!ended) throw new Undone("captureEnded");',
        to: "if (!ended) return;",
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/sqlite.test.ts",
      title: "decides once on a capture, and leaves nothing of a second decision",
    },
  },
  {
    id: "M14",
    rows: [],
    what: "Retry-After is not clamped",
    edits: [
      {
        file: "packages/server/src/delivery/retry-after.ts",
        from: "Math.min(MAX_MS, Math.round(Math.max(MIN_MS, wait) * (1 + JITTER * jitterFraction)))",
        to: "wait",
      },
    ],
    foundBy: { file: "packages/server/src/delivery/schedule.test.ts", title: "clamps seconds to 1 s and 24 h" },
  },
  {
    id: "M15",
    rows: ["S11"],
    what: "an erasure forgets what is queued",
    edits: [
      {
        file: "packages/server/src/store/queries/erase.ts",
        from: '.where("status", "in", ["pending", "failing", "inFlight", "held"])',
        to: '.where("status", "=", "held")',
      },
    ],
    foundBy: "simulation",
  },
  {
    id: "M16",
    rows: [],
    what: "one bad member fails the whole group commit",
    edits: [
      {
        file: "packages/server/src/store/sqlite/group-commit.ts",
        from: "    else member.refused(fault);",
        to: '    else {\n      member.refused(fault);\n      database.exec("rollback");\n    }',
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/group-commit.test.ts",
      title: "takes back all of a member that throws, and nothing of its neighbours",
    },
  },
  {
    id: "M17",
    rows: [],
    what: "commits are not flushed",
    edits: [
      {
        file: "packages/server/src/store/sqlite/group-commit.ts",
        from: '"normal" : "full"',
        to: '"normal" : "normal"',
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/data-folder.test.ts",
      title: "flushes every commit to disk before it is answered",
    },
  },
  {
    id: "M18",
    rows: [],
    what: "the data folder has no lock",
    edits: [
      {
        file: "packages/server/src/store/sqlite/create-sqlite-store.ts",
        from: "opened.push(lockFolder(options.folder));",
        to: "lockFolder;",
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/data-folder.test.ts",
      title: "refuses a second process and names the folder; after kill -9 the next one gets in at once",
    },
  },
  {
    id: "M21",
    rows: ["S22", "B21"],
    what: "literal addresses are not judged, only look-ups",
    edits: [
      {
        file: "packages/server/src/delivery/address-guard.ts",
        from: "return permits(target.hostname, target) ? anyOf([target.hostname]) : BLOCKED;",
        to: "return anyOf([target.hostname]);",
      },
      {
        file: "packages/server/src/delivery/connector.ts",
        from: 'if (!guard.permits(socket.remoteAddress ?? "", target)) {',
        to: "if (target.port < 0) {",
      },
    ],
    foundBy: {
      file: "packages/server/src/delivery/address-guard.test.ts",
      title: "lets http, literals, high ports and single labels lead into the allowed networks only",
    },
  },
  {
    id: "M22",
    rows: ["S22"],
    what: "the address is judged at registration only",
    edits: [
      {
        file: "packages/server/src/delivery/connector.ts",
        from: 'if (!guard.permits(socket.remoteAddress ?? "", target)) {',
        to: "if (target.port < 0) {",
      },
    ],
    foundBy: {
      file: "packages/server/src/delivery/address-guard.test.ts",
      title: "judges the address that the socket is connected to, and sends it nothing",
    },
  },
  {
    id: "M23",
    rows: ["B4"],
    what: "scans are not counted",
    edits: [
      {
        file: "packages/engine/src/image/walk-jpeg.ts",
        from: "if (scans > options.maxScans)",
        to: "if (scans > 1_000 * options.maxScans)",
      },
    ],
    foundBy: {
      file: "packages/engine/src/hostile-pictures.img.test.ts",
      title: "refuses scan bombs of 12 and 25 million pixels by their scans, within 50 ms",
    },
    night: true,
  },
  {
    id: "M24",
    rows: ["S14", "B4"],
    what: "a child is not killed at its deadline",
    edits: [
      {
        file: "packages/engine/src/picture-child.ts",
        from: "this.#deadline(start.limits.decodeTimeoutMs,",
        to: "this.#deadline(100 * start.limits.decodeTimeoutMs,",
      },
    ],
    foundBy: {
      file: "packages/engine/src/hostile-pictures.img.test.ts",
      title: "kills a child at a scan bomb after 2 s, and answers another picture within 1 s meanwhile",
    },
    night: true,
  },
  {
    id: "M25",
    rows: ["S15"],
    what: "the decoder of TIFF is open",
    edits: [
      {
        file: "packages/engine/src/image/decode.ts",
        from: '"VipsForeignLoadWebpBuffer"]',
        to: '"VipsForeignLoadWebpBuffer", "VipsForeignLoadTiffBuffer"]',
      },
    ],
    foundBy: {
      file: "packages/engine/src/image/decode.img.test.ts",
      title: "lets JPEG, PNG and WebP be decoded and TIFF, GIF, AVIF and SVG not, from this process on",
    },
  },
  {
    id: "M28",
    rows: ["B27"],
    what: "an event is marked as done before it is handled",
    edits: [
      {
        file: "packages/receiver/src/handle-once.ts",
        from: "    const handler = handlers.find(outcome);\n    try {",
        to: "    const handler = handlers.find(outcome);\n    await store.done({ id: event.id, token });\n    try {",
      },
    ],
    foundBy: {
      file: "packages/receiver/src/dedupe/killed.test.ts",
      title: "between handling and marking: the sender's retry runs the handler again, and the next finds it done",
    },
  },
  {
    id: "M29",
    rows: ["S32"],
    what: "one query forgets the tenant",
    edits: [
      {
        file: "packages/server/src/store/queries/pictures.ts",
        from: '          .selectAll()\n          .where("tenant_id", "=", tenantId)\n',
        to: "          .selectAll()\n",
      },
    ],
    foundBy: {
      file: "packages/server/src/store/sqlite/sqlite.test.ts",
      title: "stand with their decision and are told as they were given, and without one there is none",
    },
  },
  {
    id: "M30",
    rows: ["S7"],
    what: "what is sealed is not bound to its tenant",
    edits: [
      {
        file: "packages/server/src/vault/vault.ts",
        from: 'Buffer.concat([Buffer.from("sameface record v1\\0"), encodeParts(context)])',
        to: 'Buffer.concat([Buffer.from("sameface record v1\\0"), encodeParts(context.slice(2))])',
      },
    ],
    foundBy: {
      file: "packages/server/src/vault/vault.test.ts",
      title: "refuses a record that was copied to another tenant, customer or embedder",
    },
  },
  {
    id: "M33",
    what: "an ordered endpoint gets what waits behind one that is under way",
    edits: [
      {
        file: "packages/server/src/store/queries/ordered.ts",
        from: ".where((row) => row.exists(aheadOf(row)))",
        to: ".where((row) => row.not(row.exists(aheadOf(row))))",
      },
    ],
    foundBy: "simulation",
  },
  {
    id: "M34",
    what: "a worker leases ahead although another one sends to the endpoint",
    edits: [
      {
        file: "packages/server/src/store/queries/lane-room.ts",
        from: "own === null || lane.of_others > 0",
        to: "own === null",
      },
    ],
    foundBy: "simulation",
  },
];

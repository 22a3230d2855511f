import type { Mutant } from "./mutant.ts";

/** The guard of each B-row taken out; each is called by its row. */
export const INPUT_MUTANTS: readonly Mutant[] = [
  {
    id: "B1",
    rows: ["B1"],
    what: "a picture may be larger",
    edits: [
      {
        file: "packages/server/src/http/read-upload.ts",
        from: "MOST_IMAGE_BYTES = 8_000_000",
        to: "MOST_IMAGE_BYTES = 9_000_000",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/limits.test.ts",
      title: "answers 413 for 8 MB and a byte, for 10,000 parts and for a long field",
    },
  },
  {
    id: "B2",
    rows: ["B2"],
    what: "whatever is no picture is a JPEG",
    edits: [
      {
        file: "packages/engine/src/image/image-format.ts",
        from: '"webp";\n  return null;',
        to: '"webp";\n  return "jpeg";',
      },
    ],
    foundBy: {
      file: "packages/engine/src/image/image-format.test.ts",
      title: "names nothing else: cut magic, TIFF, GIF, SVG, HEIC, AVIF, PDF, RIFF that is no WebP",
    },
  },
  {
    id: "B3",
    rows: ["B3"],
    what: "pixels are not counted",
    edits: [
      {
        file: "packages/engine/src/image/read-header.ts",
        from: "if (Math.max(width, height) > limits.maxSide || width * height > limits.maxPixels) return",
        to: "if (width < 0) return",
      },
    ],
    foundBy: {
      file: "packages/engine/src/hostile-pictures.img.test.ts",
      title: "refuses by pixels, within 20 ms, a JPEG of 64,250², a PNG and a JPEG of 16,000²",
    },
    night: true,
  },
  {
    id: "B5",
    rows: ["B5"],
    what: "memory is not watched",
    edits: [
      {
        file: "packages/engine/src/picture-child.ts",
        from: "resident > this.#settings.start.limits.memoryBytes)",
        to: "resident < 0)",
      },
    ],
    foundBy: {
      file: "packages/engine/src/hostile-pictures.img.test.ts",
      title: "kills a child at a progressive JPEG of 16,000² by its memory, long before the deadline",
    },
    night: true,
  },
  {
    id: "B6",
    rows: ["B6"],
    what: "a picture that is cut off is judged",
    edits: [
      {
        file: "packages/engine/src/image/walk-jpeg.ts",
        from: "  // Cut off before EOI, or something that is no marker.\n  return CORRUPT;",
        to: "  return frame === null ? CORRUPT : { ok: true, header: { ...frame, orientation: 1, scans, parts } };",
      },
      { file: "packages/engine/src/image/decode.ts", from: 'failOn: "warning"', to: 'failOn: "none"' },
    ],
    foundBy: {
      file: "packages/engine/src/hostile-pictures.img.test.ts",
      title: "refuses a good file that is cut at any kilobyte",
    },
    night: true,
  },
  {
    id: "B7",
    rows: ["B7"],
    what: "what a decoder can not read ends its process",
    edits: [
      {
        file: "packages/engine/src/image/decode.ts",
        from: "    // The library's message may quote the file; the code says what the caller can use.\n    return null;",
        to: "    process.exit(1);",
      },
    ],
    foundBy: {
      file: "packages/engine/src/hostile-pictures.img.test.ts",
      title: "refuses or judges every file of the fuzz corpora within 2 s each and 60 s in all",
    },
    night: true,
  },
  {
    id: "B8",
    rows: ["B8"],
    what: "no picture is turned upright",
    edits: [
      {
        file: "packages/engine/src/image/decode.ts",
        from: "turnUpright(decoded, header.orientation)",
        to: "turnUpright(decoded, 1)",
      },
    ],
    foundBy: {
      file: "packages/engine/src/hostile-pictures.img.test.ts",
      title: "gives the same Inspection for all eight orientations of one stored picture",
    },
    night: true,
  },
  {
    id: "B9",
    rows: ["B9"],
    what: "whatever has a place for a face is one",
    edits: [
      {
        file: "packages/engine/src/embed/embed-face.ts",
        from: "recognisable: norm >= (face.row.minNorm ?? 0)",
        to: "recognisable: true",
      },
    ],
    foundBy: {
      file: "packages/engine/src/measure.img.test.ts",
      title: "refuses a face upside down, which no other gate notices",
    },
    night: true,
  },
  {
    id: "B10",
    rows: ["B10"],
    what: "a score that is no number is one",
    edits: [
      {
        file: "packages/server/src/authentication/decide.ts",
        from: "if (best === null || !isScore(best)) return UNPREDICTED;\n  if (!(best.similarity >= policy.matchThreshold))",
        to: "if (best === null) return UNPREDICTED;\n  if (best.similarity < policy.matchThreshold)",
      },
    ],
    foundBy: {
      file: "packages/server/src/authentication/decide.test.ts",
      title: "passes only a known customer's live, bare, matching face, over every edge of a float",
    },
  },
  {
    id: "B11",
    rows: ["B11"],
    what: "a frame may come twice",
    edits: [
      {
        file: "packages/server/src/authentication/judge.ts",
        from: "const replayed = enrolled || context.seenBefore.sameBytes;",
        to: "const replayed = enrolled;",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/captures.test.ts",
      title: "refuses a frame that was decided on before, byte for byte, as 4005 replayed",
    },
  },
  {
    id: "B12",
    rows: ["B12"],
    what: "of two equal keys the last one counts",
    edits: [
      {
        file: "packages/contract/src/strict-json.ts",
        from: "return inspection.keys === writtenKeys ?",
        to: "return inspection.keys <= writtenKeys ?",
      },
    ],
    foundBy: {
      file: "packages/contract/src/strict-json.test.ts",
      title: "judges JSONTestSuite exactly as pinned: 91 of 95 y, 0 of 188 n, 5 of 35 i",
    },
  },
  {
    id: "B13",
    rows: ["B13"],
    what: "nesting has no bound",
    edits: [
      {
        file: "packages/contract/src/strict-json.ts",
        from: "if (depth > maxDepth) return null;",
        to: "if (depth < 0) return null;",
      },
    ],
    foundBy: {
      file: "packages/contract/src/strict-json.test.ts",
      title: "refuses nesting of any depth in at most 5 ms",
    },
  },
  {
    id: "B14",
    rows: ["B14"],
    what: "a customer may be called anything",
    edits: [
      {
        file: "packages/server/src/api/common.ts",
        from: 'pattern: "^[A-Za-z0-9_-]{1,64}$"',
        to: 'pattern: "^.{1,64}$"',
      },
    ],
    foundBy: {
      file: "packages/server/src/http/limits.test.ts",
      title: "answers 400 for each as customerId, or judges it as an id; a name is kept verbatim or refused",
    },
  },
  {
    id: "B15",
    rows: ["B15"],
    what: "unknown fields are ignored",
    edits: [
      {
        file: "packages/server/src/api/common.ts",
        from: "{ additionalProperties: false, ...options }",
        to: "{ ...options }",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/limits.test.ts",
      title: "answers 400 for unknown fields, so that no result can be assigned from outside",
    },
  },
  {
    id: "B16",
    rows: ["B16"],
    what: "compressed bodies are taken",
    edits: [
      {
        file: "packages/server/src/http/guard-connection.ts",
        from: 'encoding !== undefined && encoding.toLowerCase() !== "identity"',
        to: 'encoding === "none"',
      },
    ],
    foundBy: {
      file: "packages/server/src/http/limits.test.ts",
      title: "answers 415 for compressed bodies, however often, and for types it does not take",
    },
  },
  {
    id: "B18",
    rows: ["B18"],
    what: "a host may come twice",
    edits: [
      {
        file: "packages/server/src/http/guard-connection.ts",
        from: '["host", "authorization", "content-type", "content-length", "transfer-encoding"]',
        to: '["authorization"]',
      },
    ],
    foundBy: {
      file: "packages/server/src/http/limits.test.ts",
      title: "answers 400 once and closes, whatever two servers might read as two requests",
    },
  },
  {
    id: "B19",
    rows: ["B19"],
    what: "a method that is not allowed is nothing",
    edits: [
      {
        file: "packages/server/src/http/create-http-server.ts",
        from: "const allowed = patterns.filter((one) => one.path.test(path)).map((one) => one.method);",
        to: "const allowed: string[] = [];",
      },
    ],
    foundBy: {
      file: "packages/server/src/http/limits.test.ts",
      title: "answers 405 with Allow for a method that a path does not take, 404 for a path that is none",
    },
  },
  {
    id: "B20",
    rows: ["B20"],
    what: "an address is a host like any other",
    edits: [
      {
        file: "packages/server/src/delivery/endpoint-url.ts",
        from: 'return isInside(hostname, networks) ? null : "address";',
        to: "return null;",
      },
    ],
    foundBy: {
      file: "packages/server/src/delivery/endpoint-url.test.ts",
      title: "judges every URL of the corpus as labelled",
    },
  },
  {
    id: "B22",
    rows: ["B22"],
    what: "one public address is enough",
    edits: [
      {
        file: "packages/server/src/delivery/address-guard.ts",
        from: "lookup.addresses.every((address)",
        to: "lookup.addresses.some((address)",
      },
      {
        file: "packages/server/src/delivery/connector.ts",
        from: 'if (!guard.permits(socket.remoteAddress ?? "", target)) {',
        to: "if (target.port < 0) {",
      },
    ],
    foundBy: {
      file: "packages/server/src/delivery/address-guard.test.ts",
      title: "judges every name of the corpus as labelled, at registration and at connect",
    },
  },
  {
    id: "B23",
    rows: ["B23"],
    what: "any number of signatures is looked at",
    edits: [
      {
        file: "packages/contract/src/signature-headers.ts",
        from: "const MAX_TOKENS = 20;",
        to: "const MAX_TOKENS = 2_000;",
      },
    ],
    foundBy: {
      file: "packages/contract/src/signature.test.ts",
      title: "names what is missing, doubled or not well formed, in the order of the vectors",
    },
  },
  {
    id: "B26",
    rows: ["B26"],
    what: "one bit of a signature is not compared",
    edits: [
      {
        file: "packages/contract/src/signature.ts",
        from: "return difference === 0;",
        to: "return (difference & ~1) === 0;",
      },
    ],
    foundBy: {
      file: "packages/contract/src/bit-flips.test.ts",
      title: "accepts none of 100,000 flips of id, timestamp, body, v1 signature and secret",
    },
  },
  {
    id: "B27",
    rows: ["B27"],
    what: "an event that is done is handled again",
    edits: [
      {
        file: "packages/receiver/src/handle-once.ts",
        from: 'return acknowledge("duplicate");',
        to: "return await run(outcome, event, 0);",
      },
    ],
    foundBy: {
      file: "packages/receiver/src/receive-once.test.ts",
      title: "calls the handler once for 1,000 in a row and acknowledges each, over every store",
    },
  },
  {
    id: "B28",
    rows: ["B28"],
    what: "a secret may have one byte",
    edits: [
      { file: "packages/contract/src/signing-keys.ts", from: "{ least: 24, most: 64 }", to: "{ least: 1, most: 64 }" },
    ],
    foundBy: {
      file: "packages/contract/src/signing-keys.test.ts",
      title: "refuses a secret without prefix, empty, under 24 or over 64 bytes, not base64, with spaces or a newline",
    },
  },
  {
    id: "B29",
    rows: ["B29"],
    what: "somebody blocked is an error like any other",
    edits: [
      {
        file: "packages/contract/src/classify.ts",
        from: '    case FAILURE_CODES.blocklisted:\n      return { kind: "blocklisted", ...common };\n',
        to: "",
      },
    ],
    foundBy: {
      file: "packages/contract/src/classify.test.ts",
      title: "reads every golden body, the page's seven samples among them",
    },
  },
];

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import { parseSecret } from "@sameface/contract";
import { EXIT } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { keptTerminal } from "../terminal.fixture.ts";
import { CASES } from "./cases.ts";
import { type Fault, rightReceiver, type ServerFaults, startFaulty, vendorsReceiver } from "./receivers.fixture.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const INCODE = ["--profile", "incode", "--header", "x-api-key: the-vendors-key"];

interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly { readonly name: string; readonly verdict: string; readonly why: string | null }[];
}

async function certify(url: string, ...more: string[]) {
  const terminal = keptTerminal({ SAMEFACE_WEBHOOK_SECRET: SECRET });
  const code = await runProgram(terminal, ["certify", url, "--json", ...more]);
  const report = JSON.parse(terminal.lines[0] ?? "null") as Report;
  return { code, report, failed: report.cases.filter((one) => one.verdict === "fail") };
}

const timeOf = (headers: Readonly<Record<string, string>>): number => Number(headers["webhook-timestamp"]);
/** Answers 204 where the receiver refuses for one of the reasons. */
const takes =
  (...reasons: string[]): Fault =>
  async (came, right) => {
    const said = await right(came);
    return reasons.includes(said.reason ?? "") ? { status: 204 } : said;
  };
/** Answers so where the receiver came to one of the results. */
const says =
  (status: number, ...reasons: string[]): Fault =>
  async (came, right) => {
    const said = await right(came);
    return reasons.includes(said.reason ?? "") ? { status } : said;
  };
const whereBody =
  (part: string, status: number): Fault =>
  async (came, right) =>
    came.body.includes(part) ? { status } : await right(came);

interface FaultyRow {
  readonly told: string;
  readonly flags: readonly string[];
  readonly fault: Fault;
  readonly server?: ServerFaults;
}

const same: Fault = async (came, right) => await right(came);

/** What developers get wrong, and the cases that must tell them. */
const FAULTY: readonly FaultyRow[] = [
  { told: "takes a failed authentication for an error", flags: ["samples"], fault: whereBody('"FAIL"', 422) },
  { told: "fails at a code it does not know", flags: ["unknown-code"], fault: whereBody("4077", 500) },
  { told: "validates against a closed schema", flags: ["extra-keys"], fault: whereBody("ageRange", 400) },
  {
    told: "verifies what JSON.stringify gives back",
    flags: ["other-bytes"],
    fault: async (came, right) => {
      try {
        return await right({ ...came, body: Buffer.from(JSON.stringify(JSON.parse(came.body.toString()))) });
      } catch {
        return await right(came);
      }
    },
  },
  {
    told: "reads as many bytes as there are characters",
    flags: ["non-ascii"],
    fault: async (came, right) => await right({ ...came, body: came.body.subarray(0, came.body.toString().length) }),
  },
  {
    told: "looks at the first signature only",
    flags: ["two-signatures"],
    fault: async (came, right) => {
      const [first = ""] = (came.headers["webhook-signature"] ?? "").split(" ");
      return await right({ ...came, headers: { ...came.headers, "webhook-signature": first } });
    },
  },
  {
    told: "does not verify",
    flags: ["bad-signature", "changed-body", "changed-id", "changed-time", "unknown-version"],
    fault: takes("signature_mismatch", "no_supported_signature"),
  },
  {
    told: "reads the time with parseInt",
    flags: ["loose-time"],
    fault: async (came, right) => {
      const { headers, body } = came;
      const time = headers["webhook-timestamp"] ?? "";
      if (/^\d*$/.test(time)) return await right(came);
      const mac = createHmac("sha256", parseSecret(SECRET).secret);
      const token = `v1,${mac
        .update(`${headers["webhook-id"] ?? ""}.${time}.`)
        .update(body)
        .digest("base64")}`;
      return { status: token === headers["webhook-signature"] ? 204 : 401 };
    },
  },
  { told: "verifies only where there is something", flags: ["no-signature"], fault: takes("missing_signature") },
  { told: "does without an id", flags: ["no-id"], fault: takes("missing_id") },
  { told: "does without a time", flags: ["no-timestamp"], fault: takes("missing_timestamp") },
  { told: "takes the last of equal keys", flags: ["duplicate-key"], fault: takes("duplicate_key") },
  {
    told: "lets what it can't parse fail",
    flags: ["not-json", "not-an-object", "empty", "not-utf8", "wrong-types", "proto-key"],
    fault: says(500, "not_json", "malformed", "invalid_utf8", "forbidden_key"),
  },
  { told: "fails at a contradiction", flags: ["inconsistent"], fault: whereBody('"faceMatch":false,"spoof', 500) },
  { told: "parses whatever depth", flags: ["deep"], fault: takes("too_deep") },
  { told: "takes any size", flags: ["huge"], fault: takes("too_large") },
  { told: "serves one after the other", flags: ["slow-body"], fault: same, server: { isSerial: true } },
  { told: "breaks when a sender hangs up", flags: ["hung-up"], fault: same, server: { failsAfterAbort: true } },
  { told: "refuses what it had", flags: ["duplicate", "concurrent"], fault: says(400, "duplicate") },
  { told: "fails where two meet", flags: ["concurrent"], fault: says(500, "running") },
  { told: "refuses another body under an id", flags: ["conflict"], fault: says(409, "conflict") },
  {
    told: "takes a GET",
    flags: ["get"],
    fault: async (came, right) => (came.method === "GET" ? { status: 204 } : await right(came)),
  },
  {
    told: "never answers",
    flags: ["samples", "out-of-order"],
    fault: async (came, right) =>
      came.method === "POST" ? await Promise.withResolvers<never>().promise : await right(came),
  },
];

/** The same for what the vendor's own sender needs. */
const FAULTY_FOR_VENDOR: readonly FaultyRow[] = [
  {
    told: "answers 201",
    flags: ["samples", "extra-keys"],
    fault: async (came, right) => {
      const said = await right(came);
      return said.status === 200 ? { ...said, status: 201 } : said;
    },
  },
  {
    told: "answers text",
    flags: ["samples"],
    fault: async (came, right) => ({ ...(await right(came)), contentType: "text/plain" }),
  },
  {
    told: "checks the header only where it came",
    flags: ["no-header"],
    fault: async (came, right) => ("x-api-key" in came.headers ? await right(came) : { status: 204 }),
  },
  {
    told: "compares the length of the header",
    flags: ["wrong-header"],
    fault: async (came, right) => (came.headers["x-api-key"]?.length === 15 ? { status: 204 } : await right(came)),
  },
];

describe("sameface certify", () => {
  it("passes a receiver that is right, under both profiles, with exit code 0", async () => {
    await using receiver = await startFaulty(rightReceiver(SECRET).answer, same);
    const standard = await certify(receiver.url);
    assert.deepEqual([standard.failed, standard.code], [[], EXIT.done]);
    await using vendors = await startFaulty(vendorsReceiver, same);
    const incode = await certify(vendors.url, ...INCODE);
    assert.deepEqual([incode.failed, incode.code], [[], EXIT.done]);
  });

  for (const { told, flags, fault, server } of FAULTY) {
    it(`flags a receiver that ${told}`, async () => {
      await using receiver = await startFaulty(rightReceiver(SECRET).answer, fault, server);
      const only = flags.flatMap((name) => ["--case", name]);
      const { failed, code } = await certify(receiver.url, ...only, "--timeout", "1");
      assert.deepEqual(failed.map((one) => one.name).toSorted(), flags.toSorted());
      assert.equal(code, EXIT.no);
    });
  }

  for (const { told, flags, fault } of FAULTY_FOR_VENDOR) {
    it(`flags a receiver of the vendor's sender that ${told}`, async () => {
      await using receiver = await startFaulty(vendorsReceiver, fault);
      const only = flags.flatMap((name) => ["--case", name]);
      const { failed, code } = await certify(receiver.url, ...INCODE, ...only);
      assert.deepEqual([failed.map((one) => one.name).toSorted(), code], [flags.toSorted(), EXIT.no]);
    });
  }

  it("flags a receiver of the vendor's sender that drops what looks like a retry", async () => {
    const seen = new Set<string>();
    await using receiver = await startFaulty(vendorsReceiver, async (came, right) => {
      const body = came.body.toString("latin1");
      if (seen.has(body)) return { status: 409 };
      seen.add(body);
      return await right(came);
    });
    const { failed } = await certify(receiver.url, ...INCODE, "--case", "possible-retry");
    assert.deepEqual(
      failed.map((one) => one.why),
      ["the second time answered 409"],
    );
  });

  for (const [name, isUnchecked] of [
    ["stale", (age: number) => age > 0],
    ["future", (age: number) => age < 0],
  ] as const) {
    it(`flags a receiver that does not look whether a request is ${name}`, async () => {
      const right = rightReceiver(SECRET);
      await using receiver = await startFaulty(right.answer, async (came, answer) => {
        const sentMs = timeOf(came.headers) * 1000;
        right.nowMs = isUnchecked(Date.now() - sentMs) ? sentMs : null;
        return await answer(came);
      });
      const { failed } = await certify(receiver.url, "--case", "stale", "--case", "future");
      assert.deepEqual(
        failed.map((one) => one.name),
        [name],
      );
    });
  }

  it("flags a receiver that wants times to grow", async () => {
    let newest = 0;
    await using receiver = await startFaulty(rightReceiver(SECRET).answer, async (came, right) => {
      if (timeOf(came.headers) < newest) return { status: 400 };
      newest = timeOf(came.headers);
      return await right(came);
    });
    const { failed } = await certify(receiver.url, "--case", "out-of-order", "--case", "duplicate");
    assert.deepEqual(
      failed.map((one) => one.name),
      ["out-of-order"],
    );
  });

  it("has a faulty receiver for every case", () => {
    const apart = ["stale", "future", "out-of-order", "possible-retry"];
    const flagged = new Set([...FAULTY, ...FAULTY_FOR_VENDOR].flatMap((one) => one.flags).concat(apart));
    assert.deepEqual(
      CASES.map(({ name }) => name).filter((name) => !flagged.has(name)),
      [],
    );
  });

  it("says for a person what was done instead and what to do, and what it can't see", async () => {
    await using receiver = await startFaulty(rightReceiver(SECRET).answer, whereBody("4077", 500));
    const terminal = keptTerminal();
    const args = ["certify", receiver.url, "--secret", SECRET, "--case", "unknown-code", "--case", "get"];
    assert.equal(await runProgram(terminal, args), EXIT.no);
    const text = terminal.lines.join("\n");
    assert.match(text, /^FAIL {2}unknown-code .*\n +It answered 500\.\n +Treat every unknown errorCode/m);
    assert.match(text, /^pass {2}get /m);
    assert.match(
      text,
      /1 passed, 1 failed \(profile standard\)\. From outside it can't be seen:\n {2}that a handler ran once/,
    );
  });

  it("ends with 2 for wrong usage and with 3 when no receiver answers", async () => {
    await using receiver = await startFaulty(rightReceiver(SECRET).answer, same);
    const wrong = [
      [],
      ["--secret", "none"],
      ["--secret", SECRET, "--profile", "github"],
      ["--profile", "incode"],
      ["--profile", "incode", "--header", "no colon"],
      ["--secret", SECRET, "--timeout", "0"],
      ["--secret", SECRET, "--case", "possible-retry"],
    ];
    for (const args of wrong) {
      const terminal = keptTerminal();
      assert.equal(await runProgram(terminal, ["certify", receiver.url, ...args]), EXIT.usage, args.join(" "));
      assert.equal(terminal.errors.length, 1, terminal.errors.join("\n"));
    }
    const { url } = receiver;
    await receiver[Symbol.asyncDispose]();
    assert.equal(await runProgram(keptTerminal(), ["certify", url, "--secret", SECRET]), EXIT.unreachable);
    assert.equal(await runProgram(keptTerminal(), ["certify", "http://", "--secret", SECRET]), EXIT.usage);
  });
});

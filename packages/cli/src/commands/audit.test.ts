import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EXIT } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { keptTerminal } from "../terminal.fixture.ts";

// Written by an independent script: SHA-256 of the hash before, a line break, and the row as a JSON list.
const ROW = {
  tenantId: "t",
  sequence: 1,
  at: "1970-01-01T00:00:01.000Z",
  actor: "key:1",
  action: "key.revoked",
  target: "key:2",
  details: { a: 1, b: null },
  hash: "fb34ddba2e22ad62ff32a0d44bb751832eecef251c54b85ace42076725aa57e9",
};

describe("sameface audit", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sameface-audit-"));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  const verify = async (rows: readonly unknown[], ...more: readonly string[]) => {
    const file = join(folder, "audit.jsonl");
    await writeFile(file, rows.map((row) => `${typeof row === "string" ? row : JSON.stringify(row)}\n`).join(""));
    const terminal = keptTerminal();
    const code = await runProgram(terminal, ["audit", "verify", "--file", file, ...more]);
    return { code, said: [...terminal.lines, ...terminal.errors].join("\n") };
  };

  it("ends with 0 and tells the last hash of a whole chain", async () => {
    const { code, said } = await verify([ROW], "--head", ROW.hash);
    assert.equal(code, EXIT.done);
    assert.match(said, /1 rows, the chain is whole.*fb34ddba/);
  });

  it("ends with 1 and names the first broken row", async () => {
    const changed = await verify([{ ...ROW, actor: "key:3" }]);
    assert.deepEqual([changed.code, changed.said], [EXIT.no, "Row 1 is not what was written."]);
    const missing = await verify([{ ...ROW, sequence: 2 }]);
    assert.deepEqual([missing.code, missing.said], [EXIT.no, "Row 1 is missing."]);
  });

  it("ends with 1 when a hash that was noted is in no row: the end was cut off", async () => {
    const { code, said } = await verify([ROW], "--head", "0".repeat(64));
    assert.equal(code, EXIT.no);
    assert.match(said, /cut off at the end/);
  });

  it("ends with 2 for a file that is no export", async () => {
    assert.equal((await verify(["{"])).code, EXIT.usage);
  });

  it("takes the rows of a server page by page, and holds them against the head that is kept apart", async () => {
    const pages = [
      { items: [ROW], next: "more", head: { sequence: 1, hash: ROW.hash } },
      { items: [], next: null, head: { sequence: 1, hash: ROW.hash } },
    ];
    const asked: string[] = [];
    let head = pages[1]?.head ?? null;
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const page = request.url?.includes("after=") === true ? { ...pages[1], head } : pages[0];
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(page));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      assert.equal(await runProgram(keptTerminal(), ["audit", "verify", "--url", url]), EXIT.done);
      assert.deepEqual(asked, ["/v1/audit?limit=500", "/v1/audit?limit=500&after=more"]);
      head = { sequence: 2, hash: "1".repeat(64) };
      const terminal = keptTerminal();
      assert.equal(await runProgram(terminal, ["audit", "verify", "--url", url]), EXIT.no);
      const exported = keptTerminal();
      head = { sequence: 1, hash: ROW.hash };
      assert.equal(await runProgram(exported, ["audit", "export", "--url", url]), EXIT.done);
      assert.deepEqual(
        exported.lines.map((line) => JSON.parse(line) as unknown),
        [ROW],
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

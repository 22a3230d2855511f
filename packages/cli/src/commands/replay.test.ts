import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Asked, answeringBy } from "../answering.fixture.ts";
import { EXIT } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { type KeptTerminal, keptTerminal } from "../terminal.fixture.ts";

const ID = "0123456789abcdef01234567";

/** A server whose replay looks at 10 events with each question, and ends at 40. */
async function replaying(options: { readonly onAsk?: (asked: number) => void } = {}) {
  let [asked, done, status] = [0, 0, "running"];
  return await answeringBy(({ method }) => {
    asked += 1;
    if (method === "GET") done += 10;
    if (done >= 40) status = "finished";
    if (method === "DELETE") status = "cancelled";
    options.onAsk?.(asked);
    const job = { id: ID, status, reason: null, progress: { total: 40, done, queued: done / 10 } };
    return { status: method === "POST" ? 201 : 200, body: job };
  });
}

const bodyOf = (asked: Asked | undefined): Record<string, unknown> =>
  JSON.parse(asked?.body ?? "{}") as Record<string, unknown>;

const run = async (terminal: KeptTerminal, url: string, ...args: readonly string[]) =>
  await runProgram(terminal, ["replay", "--endpoint", ID, "--url", url, ...args]);

describe("sameface replay", () => {
  it("asks for the replay, shows how far it is, and ends with 0 when it has finished", async () => {
    await using server = await replaying();
    const terminal = keptTerminal();
    const args = [
      "--since",
      "2027-01-01T00:00:00Z",
      "--until",
      "2027-01-02T00:00:00Z",
      "--which",
      "dead",
      "--rate",
      "7",
    ];
    assert.equal(await run(terminal, server.url, ...args), EXIT.done);
    assert.deepEqual(bodyOf(server.asked[0]), {
      endpointId: ID,
      since: "2027-01-01T00:00:00.000Z",
      until: "2027-01-02T00:00:00.000Z",
      which: "dead",
      perSecond: 7,
    });
    assert.equal(terminal.progressLines[2], "[###############...............] 50 %  20 of 40 events, 2 queued");
    assert.equal(terminal.progressLines.at(-1), "");
    assert.deepEqual(terminal.lines, [`Replay ${ID} finished: 40 of 40 events looked at, 4 deliveries queued.`]);
  });

  it("takes a time as how long ago, and by default what is missing", async () => {
    await using server = await replaying();
    const before = Date.now();
    assert.equal(await run(keptTerminal(), server.url, "--since", "2h"), EXIT.done);
    const { since, which, ...rest } = bodyOf(server.asked[0]);
    assert.ok(Math.abs(Date.parse(String(since)) - (before - 7_200_000)) < 60_000);
    assert.deepEqual([which, rest], ["missing", { endpointId: ID }]);
  });

  it("prints one JSON object with --json, and nothing else on standard output", async () => {
    await using server = await replaying();
    const terminal = keptTerminal();
    assert.equal(await run(terminal, server.url, "--since", "1d", "--json"), EXIT.done);
    assert.equal(terminal.lines.length, 1);
    assert.equal((JSON.parse(terminal.lines[0] ?? "") as { status: string }).status, "finished");
  });

  it("leaves the replay running on Ctrl-C, and says so", async () => {
    const terminal = keptTerminal();
    const onAsk = (asked: number): void => {
      if (asked === 2) terminal.stopNow();
    };
    await using server = await replaying({ onAsk });
    assert.equal(await run(terminal, server.url, "--since", "1d"), EXIT.no);
    assert.match(
      terminal.lines.join(),
      new RegExp(`Replay ${ID} goes on: .* DELETE /v1/replays/${ID} would cancel it`),
    );
    assert.ok(server.asked.every((one) => one.method !== "DELETE"));
  });

  it("cancels it on Ctrl-C where that was asked for", async () => {
    const terminal = keptTerminal();
    const onAsk = (asked: number): void => {
      if (asked === 2) terminal.stopNow();
    };
    await using server = await replaying({ onAsk });
    assert.equal(await run(terminal, server.url, "--since", "1d", "--cancel-on-interrupt"), EXIT.no);
    assert.match(terminal.lines.join(), new RegExp(`Replay ${ID} cancelled`));
    assert.deepEqual(server.asked.at(-1)?.method, "DELETE");
  });

  it("ends with 2 for a time, a kind or a rate that is none", async () => {
    for (const args of [
      ["--since", "yesterday"],
      ["--since", "5"],
      ["--since", "1d", "--until", "2027-13-01T00:00:00Z"],
      ["--since", "1d", "--which", "some"],
      ["--since", "1d", "--rate", "0"],
      ["--since", "1d", "--rate", "x"],
      [],
    ]) {
      assert.equal(await run(keptTerminal(), "http://127.0.0.1:9", ...args), EXIT.usage, args.join(" "));
    }
  });
});

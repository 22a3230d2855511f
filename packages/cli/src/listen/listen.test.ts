import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { EXIT } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { keptTerminal } from "../terminal.fixture.ts";
import { type Listening, listen, startLine, startReceiver, startWorld, type TestWorld } from "./listening.fixture.ts";

describe("sameface listen", () => {
  let world: TestWorld;
  before(async () => {
    world = await startWorld();
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
  });

  let names = 0;
  const newName = (): string => {
    names += 1;
    return `stream-${names}`;
  };
  const begin = (to: string, name: string, ...more: string[]): Listening =>
    listen(["--forward-to", to, "--name", name, ...more], { SAMEFACE_URL: world.url, SAMEFACE_KEY: world.key });
  const secretOf = ({ terminal }: Listening): string => {
    const line = terminal.lines.find((one) => one.startsWith("SAMEFACE_WEBHOOK_SECRET="));
    assert.ok(line !== undefined, terminal.lines.join("\n"));
    return line.slice("SAMEFACE_WEBHOOK_SECRET=".length);
  };
  const happenTimes = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) ids.push(await world.happen());
    return ids;
  };
  const attemptsOf = async (eventId: string): Promise<Record<string, unknown>[]> => {
    const { items } = await world.call(`/v1/deliveries?eventId=${eventId}`);
    const own = (items as Record<string, unknown>[]).filter((one) => Number(one["attempts"]) > 0);
    const details = own.map(async (one) => await world.call(`/v1/deliveries/${String(one["id"])}`));
    return (await Promise.all(details)).flatMap((one) => one["attemptLog"] as Record<string, unknown>[]);
  };

  it("prints the secret once, ready to paste, and forwards what verifies with it, one line each", async () => {
    await using receiver = await startReceiver();
    const name = newName();
    const first = begin(receiver.url, name);
    await first.said("SAMEFACE_WEBHOOK_SECRET=");
    receiver.secret = secretOf(first);
    const id = await world.happen();
    await first.said(id);
    assert.match(first.terminal.lines.at(-1) ?? "", new RegExp(`^[0-9:]{8}  unknown-customer  204  \\d+ ms  ${id}$`));
    await first.stop();
    assert.deepEqual([receiver.ids, receiver.forged], [[id], []]);
    const second = begin(receiver.url, name);
    await second.said("0 waiting");
    assert.ok(!second.terminal.lines.join("\n").includes("whsec_"));
    await second.stop();
    const [attempt] = await attemptsOf(id);
    assert.equal(attempt?.["httpStatus"], 204);
  });

  it("catches up on all that was missed, in order, once each", async () => {
    await using receiver = await startReceiver();
    const name = newName();
    const first = begin(receiver.url, name);
    await first.said("SAMEFACE_WEBHOOK_SECRET=");
    const before = await happenTimes(3);
    await receiver.came(3);
    await first.stop();
    const missed = await happenTimes(60);
    const second = begin(receiver.url, name);
    await second.said("60 waiting");
    await receiver.came(63);
    const later = await happenTimes(2);
    await receiver.came(65);
    await second.stop();
    assert.deepEqual(receiver.ids, [...before, ...missed, ...later]);
  });

  it("goes on by itself after the server was gone, and says so", async () => {
    await using receiver = await startReceiver();
    const listening = begin(receiver.url, newName());
    await listening.said("SAMEFACE_WEBHOOK_SECRET=");
    const before = await happenTimes(2);
    await receiver.came(2);
    await world.stop();
    await listening.said("trying again in 0.5 s");
    await world.start();
    const after = await happenTimes(2);
    await receiver.came(4);
    await listening.stop();
    assert.deepEqual(receiver.ids, [...before, ...after]);
    assert.match(
      listening.terminal.errors.join("\n"),
      /The line to .* broke \(.+\); trying again.*\nConnected again\./s,
    );
  });

  it("loses and doubles nothing when the line breaks again and again", async () => {
    await using receiver = await startReceiver();
    await using line = await startLine(world.url);
    const args = ["--forward-to", receiver.url, "--name", newName()];
    const listening = listen(args, { SAMEFACE_URL: line.url, SAMEFACE_KEY: world.key });
    await listening.said("SAMEFACE_WEBHOOK_SECRET=");
    const ids = await happenTimes(12);
    for (const count of [2, 5, 9]) {
      await receiver.came(count);
      line.cut();
    }
    await receiver.came(12);
    await listening.stop();
    assert.deepEqual(receiver.ids, ids);
    assert.ok(listening.terminal.errors.some((told) => told.includes("Connected again")));
  });

  it("waits for a receiver that is not there, and burns nothing meanwhile", async () => {
    await using receiver = await startReceiver();
    const listening = begin(receiver.url, newName());
    await listening.said("SAMEFACE_WEBHOOK_SECRET=");
    await receiver.stop();
    const ids = await happenTimes(2);
    await listening.said("No receiver answers");
    await receiver.start();
    await receiver.came(2);
    await listening.stop();
    assert.deepEqual(receiver.ids, ids);
    assert.equal((await attemptsOf(ids[0] ?? "")).length, 1);
  });

  it("shows what the receiver said when it did not acknowledge, without what would steer the terminal", async () => {
    await using receiver = await startReceiver();
    receiver.answer = { status: 500, body: "broken \u001b[31mred\n" };
    const listening = begin(receiver.url, newName());
    await listening.said("SAMEFACE_WEBHOOK_SECRET=");
    const id = await world.happen();
    await listening.said("broken \u{fffd}[31mred");
    await listening.stop();
    const [attempt] = await attemptsOf(id);
    assert.deepEqual([attempt?.["httpStatus"], attempt?.["reason"]], [500, "serverError"]);
  });

  it("prints JSON lines and nothing else with --json", async () => {
    await using receiver = await startReceiver();
    const listening = begin(receiver.url, newName(), "--json");
    await listening.said("whsec_");
    const id = await world.happen();
    await listening.said(id);
    await listening.stop();
    const printed = listening.terminal.lines.map((one) => JSON.parse(one) as Record<string, unknown>);
    assert.deepEqual(
      printed.map((one) => one["type"]),
      ["opened", "delivery"],
    );
    assert.deepEqual(
      [printed[1]?.["outcome"], printed[1]?.["status"], printed[1]?.["id"], printed[1]?.["resent"]],
      ["unknown-customer", 204, id, false],
    );
    assert.deepEqual(listening.terminal.errors, []);
  });

  it("forwards only the outcomes that were asked for, until all are again", async () => {
    await using receiver = await startReceiver();
    const name = newName();
    const some = begin(receiver.url, name, "--outcomes", "passed,spoof");
    await some.said("SAMEFACE_WEBHOOK_SECRET=");
    await world.happen();
    await some.stop();
    const all = begin(receiver.url, name, "--outcomes", "all");
    await all.said("0 waiting");
    const id = await world.happen();
    await receiver.came(1);
    await all.stop();
    assert.deepEqual(receiver.ids, [id]);
  });

  it("makes a new secret and forgets what was missed with --fresh", async () => {
    await using receiver = await startReceiver();
    const name = newName();
    const first = begin(receiver.url, name);
    await first.said("SAMEFACE_WEBHOOK_SECRET=");
    await first.stop();
    await world.happen();
    const second = begin(receiver.url, name, "--fresh");
    await second.said("SAMEFACE_WEBHOOK_SECRET=");
    assert.notEqual(secretOf(second), secretOf(first));
    const id = await world.happen();
    await receiver.came(1);
    await second.stop();
    assert.deepEqual(receiver.ids, [id]);
  });

  it("does on a key what it says: pause, go on, filter, resend marked as a test, quit", async () => {
    await using receiver = await startReceiver();
    const listening = begin(receiver.url, newName());
    await listening.said("SAMEFACE_WEBHOOK_SECRET=");
    const { terminal } = listening;
    terminal.press("r");
    await listening.said("Nothing came yet");
    const first = await world.happen();
    await listening.said(first);
    terminal.press("r");
    await listening.said("(resent)");
    assert.match(receiver.ids[1] ?? "", /^test_/);
    terminal.press("p");
    await listening.said("Paused");
    const second = await world.happen();
    terminal.press("p");
    await receiver.came(3);
    terminal.press("f");
    await listening.said("not acknowledged");
    const hidden = await world.happen();
    await receiver.came(4);
    terminal.press("q");
    assert.equal(await listening.ended, EXIT.done);
    assert.deepEqual([receiver.ids[0], receiver.ids[2], receiver.ids[3]], [first, second, hidden]);
    assert.ok(!terminal.lines.join("\n").includes(hidden));
  });

  it("resends one past event: marked as a test, or under its own id; the exit code says what the receiver said", async () => {
    await using receiver = await startReceiver();
    const id = await world.happen();
    const terminal = keptTerminal({ SAMEFACE_URL: world.url, SAMEFACE_KEY: world.key });
    const args = ["listen", "--forward-to", receiver.url, "--name", newName(), "--resend", id];
    assert.equal(await runProgram(terminal, args), EXIT.done);
    assert.equal(await runProgram(terminal, [...args, "--unmarked"]), EXIT.done);
    assert.match(receiver.ids[0] ?? "", /^test_[0-9a-f]{24}$/);
    assert.equal(receiver.ids[1], id);
    receiver.answer = { status: 401, body: "no" };
    assert.equal(await runProgram(terminal, args), EXIT.no);
    assert.equal(await runProgram(terminal, [...args.slice(0, -1), "0".repeat(24)]), EXIT.refused);
    assert.match(terminal.errors.at(-1) ?? "", /No event of this tenant has the id/);
    await receiver.stop();
    assert.equal(await runProgram(terminal, args), EXIT.unreachable);
    await receiver.start();
  });

  it("ends with 4 and the reason when another listener takes the stream, or the key may not", async () => {
    await using receiver = await startReceiver();
    const name = newName();
    const first = begin(receiver.url, name);
    await first.said("SAMEFACE_WEBHOOK_SECRET=");
    const second = begin(receiver.url, name);
    await second.said("waiting");
    await world.happen();
    assert.equal(await first.ended, EXIT.refused);
    assert.match(first.terminal.errors.at(-1) ?? "", /Another listener opened this stream/);
    await second.stop();
    const terminal = keptTerminal({ SAMEFACE_URL: world.url, SAMEFACE_KEY: "wrong" });
    assert.equal(await runProgram(terminal, ["listen", "--forward-to", "3000"]), EXIT.refused);
  });

  it("ends with 2 for a wrong address, outcome or option, and with 3 when no server answers", async () => {
    const wrong = [
      ["--forward-to", "http://"],
      ["--forward-to", "3000", "--outcomes", "pased"],
      ["--forward-to", "3000", "--unmarked"],
      ["--forward-to", "3000", "--name", ""],
      [],
    ];
    for (const args of wrong) assert.equal(await runProgram(keptTerminal(), ["listen", ...args]), EXIT.usage);
    const terminal = keptTerminal({ SAMEFACE_URL: "http://127.0.0.1:9" });
    assert.equal(await runProgram(terminal, ["listen", "--forward-to", "localhost:3000"]), EXIT.unreachable);
  });
});

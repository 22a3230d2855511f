import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { sample } from "@sameface/contract";
import { Webhook } from "standardwebhooks";
import { answering } from "./answering.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { runProgram } from "./program.ts";
import { keptTerminal } from "./terminal.fixture.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("the sameface command", () => {
  it("prints its help with every command and ends with 0", async () => {
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["--help"]), EXIT.done);
    const help = terminal.lines.join("\n");
    for (const command of [
      "serve",
      "demo",
      "customers",
      "authenticate",
      "endpoints",
      "keys",
      "tenants",
      "listen",
      "trigger",
      "certify",
      "replay",
    ]) {
      assert.match(help, new RegExp(`^ +${command}`, "m"));
    }
  });

  it("loads neither server nor engine for a command that asks a server, and loads them for one that is one", async () => {
    const loadedFor = async (name: string): Promise<readonly string[]> => {
      const script = `
        const { registerHooks } = await import("node:module");
        const loaded = new Set();
        const load = (url, context, next) => (loaded.add(/packages\\/(\\w+)\\//.exec(url)?.[1]), next(url, context));
        registerHooks({ load });
        const { runProgram } = await import("${import.meta.resolve("./program.ts")}");
        await runProgram({ env: {}, out() {}, err() {} }, ["${name}", "--help"]);
        process.stdout.write([...loaded].join());`;
      const args = ["--conditions=@sameface/source", "--input-type=module", "-e", script];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      return stdout.split(",");
    };
    const parts = ["server", "engine"];
    const keys = await loadedFor("keys");
    assert.deepEqual([keys.includes("cli"), parts.filter((part) => keys.includes(part))], [true, []]);
    const serve = await loadedFor("serve");
    assert.deepEqual(
      parts.filter((part) => serve.includes(part)),
      parts,
    );
  });

  it("loads no decoder of pictures for a server: its child processes alone have one", async () => {
    const script = `
      const { runProgram } = await import("${import.meta.resolve("./program.ts")}");
      await runProgram({ env: {}, out() {}, err() {} }, ["serve", "--help"]);
      process.stdout.write(process.report.getReport().sharedObjects.join());`;
    const args = ["--conditions=@sameface/source", "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    assert.match(stdout, /libc/);
    assert.doesNotMatch(stdout, /vips|sharp|onnx/);
  });

  it("gives every command an example in its help", async () => {
    for (const args of [
      ["serve"],
      ["demo"],
      ["customers", "enrol"],
      ["keys", "add"],
      ["listen"],
      ["trigger"],
      ["certify"],
      ["replay"],
      ["doctor"],
    ]) {
      const terminal = keptTerminal();
      assert.equal(await runProgram(terminal, [...args, "--help"]), EXIT.done);
      assert.match(terminal.lines.join("\n"), /Example:/, args.join(" "));
    }
  });

  it("tells in the help of each command what the program takes, too", async () => {
    const terminal = keptTerminal();
    await runProgram(terminal, ["keys", "list", "--help"]);
    assert.match(terminal.lines.join("\n"), /Global Options:\n(?:.*\n)*? +--url <url>/);
  });

  it("ends with 2 for an unknown command, an unknown option and a missing argument", async () => {
    for (const args of [
      ["nothing"],
      ["keys", "list", "--nothing"],
      ["authenticate", "anna"],
      ["trigger", "nothing"],
      ["endpoints", "rotate", "x", "--overlap", "1h"],
    ]) {
      assert.equal(
        await runProgram(keptTerminal({ SAMEFACE_WEBHOOK_SECRET: SECRET }), args),
        EXIT.usage,
        args.join(" "),
      );
    }
  });

  it("ends with 2 and names the file that cannot be read", async () => {
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["authenticate", "anna", "/nowhere/anna.jpg"]), EXIT.usage);
    assert.match(terminal.errors.join(), /\/nowhere\/anna\.jpg cannot be read \(ENOENT\)/);
    const audit = keptTerminal();
    assert.equal(await runProgram(audit, ["audit", "verify", "--file", "/nowhere/audit.jsonl"]), EXIT.usage);
    assert.match(audit.errors.join(), /\/nowhere\/audit\.jsonl cannot be read \(ENOENT\)/);
  });

  it("ends with 2 and the mend when what is to be the server is no URL", async () => {
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["keys", "list", "--url", "nonsense"]), EXIT.usage);
    assert.match(terminal.errors.join(), /name it with --url or SAMEFACE_URL/);
  });

  it("ends with 3 and the mend when no server answers", async () => {
    const server = await answering(200, {});
    await server[Symbol.asyncDispose]();
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["keys", "list", "--url", server.url]), EXIT.unreachable);
    assert.match(terminal.errors.join(), /Start one with "npm start"/);
  });

  it("ends with 4 and the problem's code and detail when the server refuses", async () => {
    await using server = await answering(403, { code: "forbidden", detail: "The key lacks the scope keys:write." });
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["keys", "list", "--url", server.url]), EXIT.refused);
    assert.deepEqual(terminal.errors, ["403 forbidden: The key lacks the scope keys:write."]);
  });

  it("sends the key of --key before that of the environment, as a bearer", async () => {
    await using server = await answering(200, { items: [], next: null });
    const terminal = keptTerminal({ SAMEFACE_URL: server.url, SAMEFACE_KEY: "from-env" });
    await runProgram(terminal, ["keys", "list"]);
    await runProgram(terminal, ["keys", "list", "--key", "given"]);
    assert.deepEqual(
      server.asked.map((call) => call.headers["authorization"]),
      ["Bearer from-env", "Bearer given"],
    );
  });

  it("prints one JSON line and nothing else with --json", async () => {
    await using server = await answering(200, { items: [{ id: "k1", name: "shop" }], next: null });
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["keys", "list", "--json", "--url", server.url]), EXIT.done);
    assert.deepEqual(terminal.lines, ['{"items":[{"id":"k1","name":"shop"}]}']);
  });

  it("ends authenticate with 0 when passed and with 1 for any other outcome", async () => {
    const picture = import.meta.filename;
    await using passed = await answering(200, { id: "a", outcome: "passed" });
    assert.equal(await runProgram(keptTerminal(), ["authenticate", "anna", picture, "--url", passed.url]), EXIT.done);
    await using spoof = await answering(200, { id: "a", outcome: "spoof" });
    assert.equal(await runProgram(keptTerminal(), ["authenticate", "anna", picture, "--url", spoof.url]), EXIT.no);
    await using unjudged = await answering(422, { authenticationId: "a", code: "faceNotFound", detail: "No face." });
    assert.equal(await runProgram(keptTerminal(), ["authenticate", "anna", picture, "--url", unjudged.url]), EXIT.no);
  });
});

describe("sameface trigger", () => {
  it("posts the sample's own bytes, signed and marked as a test, to a receiver", async () => {
    await using receiver = await answering(200, {});
    const args = ["trigger", "spoof", "--to", receiver.url, "--secret", SECRET];
    assert.equal(await runProgram(keptTerminal(), args), EXIT.done);
    const [request] = receiver.asked;
    assert.ok(request);
    assert.equal(request.body, new TextDecoder().decode(sample("spoof").body));
    assert.match(String(request.headers["webhook-id"]), /^test_[0-9a-f]{24}$/);
    new Webhook(SECRET).verify(request.body, request.headers as Record<string, string>);
  });

  it("prints the signed request when no receiver is named", async () => {
    const terminal = keptTerminal({ SAMEFACE_WEBHOOK_SECRET: SECRET });
    assert.equal(await runProgram(terminal, ["trigger", "passed", "--json", "--unmarked"]), EXIT.done);
    const printed = JSON.parse(terminal.lines[0] ?? "") as { headers: Record<string, string>; body: string };
    assert.match(printed.headers["webhook-id"] ?? "", /^[0-9a-f]{24}$/);
    new Webhook(SECRET).verify(printed.body, printed.headers);
  });

  it("ends with 1 and shows the reply when the receiver does not acknowledge", async () => {
    await using receiver = await answering(401, { reason: "signature_mismatch" });
    const terminal = keptTerminal();
    const args = ["trigger", "passed", "--to", receiver.url, "--secret", SECRET];
    assert.equal(await runProgram(terminal, args), EXIT.no);
    assert.match(terminal.lines.join("\n"), /^401 test_.*\n\{"reason":"signature_mismatch"\}$/);
  });

  it("ends with 2 without a secret, and with one that is none", async () => {
    assert.equal(await runProgram(keptTerminal(), ["trigger", "passed"]), EXIT.usage);
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["trigger", "passed", "--secret", "secret"]), EXIT.usage);
    assert.match(terminal.errors.join(), /The secret can't be used/);
  });
});

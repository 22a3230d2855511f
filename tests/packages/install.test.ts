import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, cpSync, existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { emptyProject, type Project, tarballs } from "../support/packed.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");
const EXAMPLES = path.join(REPOSITORY, "examples");
const examples = globSync("*.ts", { cwd: EXAMPLES });
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const KEY = "0123456789abcdef0123456789abcdef";

/** What the examples import beside sameface, with its types, in the versions that this repository tests with. */
function frameworks(): string[] {
  const { devDependencies } = JSON.parse(readFileSync(path.join(REPOSITORY, "package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  const text = examples.map((file) => readFileSync(path.join(EXAMPLES, file), "utf8")).join("\n");
  const imported = new Set([...text.matchAll(/ from "((?:@[\w-]+\/)?[\w-]+)/g)].map((match) => match[1] ?? ""));
  return Object.entries(devDependencies)
    .filter(([name]) => imported.has(name.replace(/^@types\//, "")))
    .map(([name, range]) => `${name}@${range}`);
}

describe("the packed packages in an empty project with only Node", () => {
  let project: Project;

  before(async () => {
    project = await emptyProject();
    await project.install(...tarballs(), ...frameworks());
    for (const example of examples) copyFileSync(path.join(EXAMPLES, example), path.join(project.path, example));
    cpSync(path.join(EXAMPLES, "shop"), path.join(project.path, "shop"), { recursive: true });
  });

  after(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("bring the six models and both licence texts, and no source", () => {
    const installed = (glob: string): string[] => globSync(path.join(project.path, "node_modules", glob));
    assert.equal(installed("@sameface/engine/models/*.onnx").length, 6);
    assert.match(readFileSync(installed("@sameface/engine/models/LICENSE")[0] ?? "", "utf8"), /^MIT License/);
    assert.equal(installed("{sameface,@sameface/*}/LICENSE").length, 6);
    assert.deepEqual(installed("{sameface,@sameface/*}/src"), []);
  });

  it("play the demo with drawn faces, and with photographs once their package is there", async () => {
    const drawn = await project.run("npx", "--no", "sameface", "demo");
    assert.match(drawn, /^Pictures: faces drawn by code/);
    assert.match(drawn, /^All \d+ notifications came, verified and typed as expected\.$/m);
    await project.install("@vladmandic/face-api@1.7.15");
    const photographed = await project.run("npx", "--no", "sameface", "demo");
    assert.match(photographed, /^Pictures: photographs/);
    assert.match(photographed, /^All \d+ notifications came, verified and typed as expected\.$/m);
  });

  it("serve: ready, a page, a document, data in the folder, and an end by SIGTERM with 0", async () => {
    const env = { SAMEFACE_PORT: "0", SAMEFACE_ENGINE_PROCESSES: "1", SAMEFACE_ADMIN_KEY: KEY };
    const server = project.start(path.join(project.path, "node_modules/.bin/sameface"), ["serve"], env);
    const url = await server.printed(/http:\/\/127\.0\.0\.1:\d+/);
    const get = async (target: string): Promise<string> => {
      const response = await fetch(url + target, { headers: { authorization: `Bearer ${KEY}` } });
      assert.equal(response.status, 200, target);
      return await response.text();
    };
    assert.match(await get("/"), /<html/);
    assert.match(await get("/openapi.json"), /"openapi":"3\.1\.0"/);
    for (const target of ["/healthz", "/readyz", "/v1/events"]) await get(target);
    assert.ok(existsSync(path.join(project.path, "data")));
    assert.equal(await server.stop(), 0);
  });

  for (const example of examples) {
    it(`run the receiver examples/${example}, which takes what sameface trigger sends`, async () => {
      const receiver = project.start("node", [example], { PORT: "0", SAMEFACE_WEBHOOK_SECRET: SECRET });
      const url = await receiver.printed(/http:\/\/127\.0\.0\.1:\d+/);
      const args = ["trigger", "spoof", "--unmarked", "--json", "--to", `${url}/webhooks`, "--secret", SECRET];
      const answer = JSON.parse(await project.run("npx", "--no", "sameface", ...args)) as {
        status: number;
        id: string;
      };
      assert.equal(answer.status, 204);
      await receiver.printed(new RegExp(`^${answer.id} spoof$`));
      await receiver.stop();
    });
  }

  it("run the example shop, whose typed client comes out of the packed contract", async () => {
    const shop = project.start("node", ["shop/shop.ts"], { PORT: "0", SAMEFACE_WEBHOOK_SECRET: SECRET });
    const url = await shop.printed(/http:\/\/127\.0\.0\.1:\d+/);
    assert.match(await (await fetch(url)).text(), /Log in with my face/);
    await shop.stop();
  });

  it("have types that a strict compiler takes, for every example", async () => {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: "nodenext",
      target: "es2023",
      lib: ["es2023"],
      skipLibCheck: false,
      types: ["node"],
      typeRoots: [path.join(REPOSITORY, "node_modules/@types")],
    };
    const include = ["*.ts", "shop/*.ts"];
    writeFileSync(path.join(project.path, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
    const tsc = path.join(REPOSITORY, "node_modules/typescript/bin/tsc");
    const said = await promisify(execFile)(process.execPath, [tsc, "-p", project.path]).then(
      () => "",
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    // What a framework's own types lack is its own affair.
    const ours = said
      .split("\n")
      .filter((line) => /^\S.*error TS/.test(line) && !/node_modules\/(?!@?sameface)/.test(line));
    assert.deepEqual(ours, []);
  });
});

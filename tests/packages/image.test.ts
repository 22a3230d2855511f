import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { emptyProject, type Project } from "../support/packed.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/** Not root and not the owner of the tree. */
const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0;

/** Read-only for whoever runs: root has it mounted so and steps down, others have the permission bits. */
function confined(tree: string, command: readonly string[]): [string, string[]] {
  if (!asRoot) return [command[0] ?? "", command.slice(1)];
  const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0" && exec setpriv "$@"';
  const drop = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--no-new-privs"];
  return ["unshare", ["-m", "sh", "-c", script, tree, ...drop, ...command]];
}

/** What the build is sent: of all that is left out, what is taken in again. */
const sent = readFileSync(path.join(REPOSITORY, "deploy/Dockerfile.dockerignore"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("!"))
  .map((line) => line.slice(1));
const isSent = (file: string): boolean => sent.some((one) => file.startsWith(`${one}/`) || path.matchesGlob(file, one));

describe("the tree of the container image, without a container", () => {
  let project: Project;
  let tree: string;
  let node: string;
  let env: Record<string, string>;

  before(async () => {
    project = await emptyProject();
    node = path.join(project.path, "node/bin/node");
    tree = path.join(project.path, "app");
    const source = path.join(project.path, "src");
    const data = path.join(project.path, "data");
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: REPOSITORY, encoding: "utf8" });
    for (const file of files.trimEnd().split("\n").filter(isSent))
      cpSync(path.join(REPOSITORY, file), path.join(source, file));
    for (const folder of [tree, data]) mkdirSync(folder);
    // Any folder on the way, since a temporary one is its owner's alone.
    for (const folder of [project.path, data]) chmodSync(folder, 0o777);
    const PATH = `${path.dirname(node)}:${process.env["PATH"] ?? ""}`;
    await promisify(execFile)("bash", [path.join(source, "deploy/image-tree.sh"), tree], {
      env: { ...process.env, PATH },
      maxBuffer: 1 << 26,
    });
    execFileSync("chmod", ["-R", "a-w,a+rX", tree]);
    env = {
      PATH: "/usr/bin:/bin",
      PORT: "0",
      RECEIVED_FILE: path.join(data, "received.sqlite"),
      SAMEFACE_WEBHOOK_SECRET: SECRET,
      SAMEFACE_PORT: "0",
      SAMEFACE_DATA: path.join(data, "sameface"),
      SAMEFACE_ENGINE_PROCESSES: "1",
    };
  });

  after(async () => {
    execFileSync("chmod", ["-R", "u+w", project.path]);
    await project[Symbol.asyncDispose]();
  });

  const start = (...command: readonly string[]) => project.start(...confined(tree, [node, ...command]), env);
  const SAMEFACE = "packages/cli/bin/sameface.js";

  it("holds the models, no source and no tool of the build", () => {
    assert.equal(globSync("packages/engine/models/*.onnx", { cwd: tree }).length, 6);
    assert.deepEqual(globSync("packages/*/src", { cwd: tree }), []);
    assert.deepEqual(globSync("node_modules/{typescript,eslint,rolldown,node-*}", { cwd: tree }), []);
  });

  it("serves as somebody who may write only the data, answers the health check and ends by SIGTERM with 0", async () => {
    const server = start(path.join(tree, SAMEFACE), "serve");
    const url = await server.printed(/http:\/\/127\.0\.0\.1:\d+/);
    const status = readFileSync(`/proc/${server.process.pid ?? 0}/status`, "utf8");
    assert.doesNotMatch(status, /^Uid:\t0\t/m);
    const health = /CMD (\["node", "-e".*\])$/m.exec(readFileSync(path.join(REPOSITORY, "deploy/Dockerfile"), "utf8"));
    const [, ...args] = JSON.parse(health?.[1] ?? "[]") as string[];
    await promisify(execFile)(node, args, { env: { ...env, SAMEFACE_PORT: new URL(url).port } });
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    assert.equal(await server.stop(), 0);
  });

  it("runs the receiver of the compose file, which takes a signed sample", async () => {
    const receiver = start(path.join(tree, "examples/node.ts"));
    const url = await receiver.printed(/http:\/\/127\.0\.0\.1:\d+/);
    const sent = start(path.join(tree, SAMEFACE), "trigger", "spoof", "--unmarked", "--to", `${url}/webhooks`);
    const [, id = ""] = /^204 (\w+)/.exec(await sent.printed(/^204 \w+/)) ?? [];
    await receiver.printed(new RegExp(`^${id} spoof$`));
    await receiver.stop();
  });
});

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { type Config, loadConfig } from "@sameface/server";
import { parse } from "yaml";

const ROOT = path.resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const has = (file: string): boolean => existsSync(path.join(ROOT, file));

const DOCKERFILE = read("deploy/Dockerfile");
/** The part that is run; the one before it only builds. */
const IMAGE = DOCKERFILE.slice(DOCKERFILE.lastIndexOf("\nFROM "));

/** What follows an instruction of the image, with its continued lines. */
function said(instruction: string): string {
  const found = new RegExp(`^${instruction} ((?:.*\\\\\\n)*.*)$`, "m").exec(IMAGE);
  assert.ok(found?.[1] !== undefined, `no ${instruction}`);
  return found[1].replaceAll(/\\\n\s*/g, "");
}

const imageEnv: Readonly<Record<string, string>> = Object.fromEntries(
  said("ENV")
    .split(" ")
    .map((pair) => pair.split("=") as [string, string]),
);

/** The settings that a server in the image has; one that is no setting of ours is refused. */
async function configOf(env: Readonly<Record<string, string>>): Promise<Config> {
  const loaded = await loadConfig({ env: { ...imageEnv, ...env }, folder: path.join(ROOT, "deploy") });
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.line);
  return loaded.config;
}

/** The words of the README's command that begins so. */
function commandOfReadme(begin: string): readonly string[] {
  const line = read("README.md")
    .split("\n")
    .find((one) => one.startsWith(begin));
  assert.ok(line !== undefined, `the README has no ${begin}`);
  return line.split(" ");
}

/** What stands behind each of a command's options of this name. */
const valuesOf = (words: readonly string[], option: string): readonly string[] =>
  words.filter((_, at) => words[at - 1] === option);

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
}

const COMPOSE = read("deploy/compose.yaml");
const compose = parse(COMPOSE, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: {
    readonly default: { readonly ipam: { readonly config: readonly { readonly subnet: string }[] } };
  };
};

/** What an operator's `deploy/.env` has. */
const SECRETS: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: "secret",
  SAMEFACE_ADMIN_KEY: "x".repeat(32),
  SAMEFACE_MASTER_KEY: Buffer.alloc(32).toString("base64"),
  SAMEFACE_WEBHOOK_SECRET: "",
};

/** A service's variables, those of the operator put in. */
function filled({ environment }: Service): Readonly<Record<string, string>> {
  const fill = (text: string): string =>
    text.replaceAll(/\$\{(\w+):[?-]\}/g, (_, name: string) => SECRETS[name] ?? name);
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)]));
}

// No container engine runs where the tests do: what it would do with the tree is tests/packages/image.test.ts.
describe("the container image", () => {
  it("is built of what there is, and starts a command of ours as somebody who may write the volume alone", () => {
    const [entry = [], command = []] = ["ENTRYPOINT", "CMD"].map((one) => JSON.parse(said(one)) as string[]);
    const [runtime, script = ""] = entry;
    assert.equal(runtime, "node");
    assert.ok(has(path.relative(said("WORKDIR"), script)), script);
    assert.ok(has(`packages/cli/src/commands/${command[0] ?? ""}.ts`));
    assert.equal(said("USER"), "1000:1000");
    assert.ok(said("RUN").endsWith(` ${said("VOLUME")}`));
    const copied = read("deploy/Dockerfile.dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!") && !line.includes("*"));
    assert.ok(copied.length > 5);
    for (const line of copied) assert.ok(has(line.slice(1)), line);
    const [, tree = ""] = /^RUN \["(.+?)"/m.exec(DOCKERFILE) ?? [];
    assert.ok(copied.includes(`!${tree}`), tree);
  });

  it("has settings of ours, with the data in the volume and the port that is exposed", async () => {
    const { port, data } = await configOf({});
    assert.equal(String(port), said("EXPOSE"));
    assert.ok(data.startsWith(`${said("VOLUME")}/`), data);
  });

  it("is what the README's commands build and run, with its volume and its port", () => {
    const build = commandOfReadme("docker build ");
    const run = commandOfReadme("docker run ");
    assert.deepEqual(valuesOf(build, "-f").map(has), [true]);
    assert.deepEqual([build.at(-1), valuesOf(build, "-t")], [".", [run.at(-1)]]);
    assert.ok(DOCKERFILE.includes(`# ${build.join(" ")}\n`), "the Dockerfile says another command");
    assert.deepEqual(
      valuesOf(run, "-v").map((volume) => volume.split(":")[1]),
      [said("VOLUME")],
    );
    assert.deepEqual(valuesOf(run, "-p"), [`127.0.0.1:${said("EXPOSE")}:${said("EXPOSE")}`]);
  });
});

describe("the compose file", () => {
  const servers = Object.values(compose.services).filter(({ build }) => build !== undefined);

  it("starts two servers whose settings are ours, over one database, each with its volume and its port", async () => {
    assert.equal(servers.length, 2);
    const [subnet] = compose.networks.default.ipam.config;
    for (const server of servers) {
      const { context, dockerfile } = server.build ?? { context: "", dockerfile: "" };
      assert.ok(has(path.join("deploy", context, dockerfile)), dockerfile);
      const config = await configOf(filled(server));
      assert.match(config.databaseUrl ?? "", /^postgres:\/\/sameface:secret@postgres\/sameface$/);
      assert.deepEqual(config.allowedPrivateNetworks, [subnet?.subnet]);
      assert.deepEqual(
        server.ports?.map((port) => port.split(":").at(-1)),
        [String(config.port)],
      );
      const [[volume = "", mount = ""] = []] = server.volumes.map((one) => one.split(":"));
      assert.ok(volume in compose.volumes && config.data.startsWith(`${mount}/`), volume);
    }
    assert.equal(new Set(servers.flatMap(({ ports, volumes }) => [...(ports ?? []), ...volumes])).size, 4);
  });

  it("starts a receiver of ours, of their image, whose variables it reads", () => {
    const { image, entrypoint = [], environment } = compose.services["receiver"] ?? assert.fail("there is none");
    assert.ok(servers.every((server) => server.image === image));
    const example = path.relative(said("WORKDIR"), entrypoint[1] ?? "");
    assert.ok(has(example), example);
    for (const name of Object.keys(environment)) assert.ok(read(example).includes(name), name);
  });

  it("tells at its head every secret that it asks for, and asks for no other", () => {
    const [, asked = ""] = COMPOSE.split("\nname: ", 2);
    const names = new Set([...asked.matchAll(/\$\{(\w+):/g)].map(([, name]) => name ?? ""));
    assert.deepEqual([...names].toSorted(), Object.keys(SECRETS).toSorted());
    const [head = ""] = COMPOSE.split("\nname: ", 1);
    for (const name of names) assert.ok(head.includes(name), name);
    const [, file = ""] = /-f (\S+)/.exec(head) ?? [];
    assert.ok(has(file), file);
  });
});

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { judgeLayers } from "./judge-layers.ts";

const ENGINE = "packages/engine/src";
const SERVER = "packages/server/src";

/** Small trees that hold to the table; each defect below is one file on top of them. */
const SOUND = {
  "packages/contract/src/index.ts": "export const wire = 1;",
  [`${ENGINE}/index.ts`]: 'export { faceMask } from "./checks/face-mask.ts";',
  [`${ENGINE}/checks/face-mask.ts`]: 'import { sep } from "node:path";\nexport const faceMask = sep;',
  [`${ENGINE}/checks/lenses.ts`]: "export const lenses = 2;",
  [`${SERVER}/authentication/decide.ts`]:
    'import type { wire } from "../../../contract/src/index.ts";\nexport type D = typeof wire;',
};

async function judge(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), "sameface-layers-"));
  try {
    for (const [path, text] of Object.entries({ ...SOUND, ...files })) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), `${text}\n`);
    }
    return (await judgeLayers(root)).complaints;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const DEFECTS: readonly { readonly what: string; readonly path: string; readonly text: string }[] = [
  {
    what: "the engine imports the contract",
    path: `${ENGINE}/choose.ts`,
    text: 'import { wire } from "../../contract/src/index.ts";\nexport const choose = wire;',
  },
  {
    what: "a check imports another check",
    path: `${ENGINE}/checks/hats.ts`,
    text: 'import { lenses } from "./lenses.ts";\nexport const hats = lenses;',
  },
  {
    what: "the contract takes a module of Node",
    path: "packages/contract/src/mac.ts",
    text: 'import { createHmac } from "node:crypto";\nexport const mac = createHmac;',
  },
  {
    what: "an adapter reaches into the receiver instead of importing it by its export",
    path: "packages/receiver/src/adapters/web.ts",
    text: 'import { receive } from "../receive.ts";\nexport const web = receive;',
  },
  {
    what: "delivery imports authentication",
    path: `${SERVER}/delivery/send.ts`,
    text: 'import type { D } from "../authentication/decide.ts";\nexport type S = D;',
  },
  {
    what: "a file of the product imports a fixture",
    path: `${ENGINE}/load.ts`,
    text: 'import { face } from "./face.fixture.ts";\nexport const load = face;',
  },
  { what: "a file stands where no row speaks of it", path: `${SERVER}/attic/old.ts`, text: "export const old = 1;" },
  {
    what: "two files import each other",
    path: `${ENGINE}/a.ts`,
    text: 'import { b } from "./b.ts";\nexport const a = (): unknown => b;',
  },
];

const BESIDE = {
  "packages/receiver/src/receive.ts": "export const receive = 1;",
  [`${ENGINE}/face.fixture.ts`]: "export const face = 1;",
  [`${ENGINE}/b.ts`]: 'import { a } from "./a.ts";\nexport const b = (): unknown => a;',
  [`${ENGINE}/a.ts`]: "export const a = 1;",
};

describe("judgeLayers", () => {
  it("is content with a tree that holds to the table", async () => {
    assert.deepEqual(await judge(BESIDE), []);
  });

  for (const { what, path, text } of DEFECTS) {
    it(`finds the defect and nothing else: ${what}`, async () => {
      const complaints = await judge({ ...BESIDE, [path]: text });
      assert.equal(complaints.length, 1, complaints.join("\n"));
      assert.ok(complaints[0]?.includes(path), complaints[0]);
    });
  }

  it("lets the pure decision take types, and refuses it a value", async () => {
    const value = 'import { wire } from "../../../contract/src/index.ts";\nexport const decide = wire;';
    const complaints = await judge({ [`${SERVER}/authentication/decide.ts`]: value });
    assert.equal(complaints.length, 1, complaints.join("\n"));
    assert.match(complaints[0] ?? "", /types only/);
  });
});

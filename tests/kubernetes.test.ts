import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { describe, it } from "node:test";
import { loadConfig } from "@sameface/server";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

const ROOT = path.resolve(import.meta.dirname, "..");
const FOLDER = path.join(ROOT, "deploy/kubernetes");

/** Where kubernetes-models, which is made of the API's own OpenAPI document, has a kind. */
const KINDS: Readonly<Record<string, string>> = {
  Namespace: "v1",
  ConfigMap: "v1",
  Service: "v1",
  StatefulSet: "apps/v1",
  Deployment: "apps/v1",
  PodDisruptionBudget: "policy/v1",
  NetworkPolicy: "networking.k8s.io/v1",
  Ingress: "networking.k8s.io/v1",
};

type Labels = Readonly<Record<string, string>>;

interface Container {
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe: unknown;
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Labels };
    readonly podSelector?: { readonly matchLabels?: Labels };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    readonly template?: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly enableServiceLinks: boolean;
        readonly securityContext: unknown;
        readonly containers: readonly Container[];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
  };
}

const manifests: readonly Manifest[] = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(path.join(FOLDER, file), "utf8")).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS() as Manifest;
  }),
);
const workloads = manifests.flatMap(({ metadata, spec }) =>
  spec?.template === undefined ? [] : [{ name: metadata.name, spec, pod: spec.template }],
);

/** What the compiler says of each manifest as a value of its kind's type: a member that there is not, a wrong type. */
function typeFaults(given: readonly Manifest[]): readonly string[] {
  const file = path.join(ROOT, "tests/manifests.virtual.ts");
  const text = given
    .map((one, n) => {
      const type = `import("kubernetes-models/${KINDS[one.kind] ?? ""}/${one.kind}").I${one.kind}`;
      return `export const manifest${n}: ${type} = ${JSON.stringify(one)};`;
    })
    .join("\n");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
  };
  const host = ts.createCompilerHost(options);
  const real = { ...host };
  host.fileExists = (name) => name === file || real.fileExists(name);
  host.readFile = (name) => (name === file ? text : real.readFile(name));
  host.getSourceFile = (name, target) =>
    name === file ? ts.createSourceFile(name, text, target) : real.getSourceFile(name, target);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

/** What the schemas of the API say of it: what is missing, formats, enumerations. */
function schemaFault(manifest: Manifest): string | null {
  const load = createRequire(import.meta.url);
  const module = load(`kubernetes-models/${KINDS[manifest.kind] ?? ""}/${manifest.kind}`) as Readonly<
    Record<string, new (data: unknown) => { validate(): void }>
  >;
  const Kind = module[manifest.kind];
  assert.ok(Kind !== undefined, manifest.kind);
  try {
    new Kind(manifest).validate();
    return null;
  } catch (fault) {
    return `${manifest.kind} ${manifest.metadata.name}: ${String(fault)}`;
  }
}

describe("the manifests for Kubernetes", () => {
  it("are what the schemas of its API say, to the last member", () => {
    assert.ok(manifests.length > 10);
    assert.deepEqual(typeFaults(manifests), []);
    assert.deepEqual(
      manifests.map(schemaFault).filter((fault) => fault !== null),
      [],
    );
    const [first] = manifests.filter((one) => one.kind === "Deployment");
    assert.ok(first?.spec !== undefined);
    const misspelt = { ...first, spec: { ...first.spec, replica: 2 } };
    assert.match(typeFaults([misspelt]).join(), /replica/);
    assert.match(schemaFault({ ...first, spec: {} }) ?? "", /selector/);
  });

  it("start nodes whose settings are ours, each with one role", async () => {
    const [settings] = manifests.filter((one) => one.kind === "ConfigMap");
    const secret = {
      SAMEFACE_DATABASE_URL: "postgres://sameface@db.internal/sameface?sslmode=verify-full",
      SAMEFACE_ADMIN_KEY: "x".repeat(32),
      SAMEFACE_MASTER_KEY: Buffer.alloc(32).toString("base64"),
    };
    const roles: unknown[] = [];
    for (const { pod } of workloads) {
      // Kubernetes would make variables of the services' names, and the server refuses what is no setting of its own.
      assert.equal(pod.spec.enableServiceLinks, false);
      const [container] = pod.spec.containers;
      const own = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
      const read = await loadConfig({ env: { ...settings?.data, ...secret, ...own }, folder: FOLDER });
      assert.ok(read.ok, read.ok ? "" : read.line);
      roles.push(read.config.roles);
      assert.ok(container?.volumeMounts.some(({ mountPath }) => read.config.data.startsWith(`${mountPath}/`)));
    }
    assert.deepEqual(roles, [["api"], ["delivery"]]);
  });

  it("ask for nothing that the restricted profile refuses, and for the probes that the server has", () => {
    for (const { spec, pod } of workloads) {
      assert.deepEqual(pod.spec.securityContext, {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        fsGroup: 1000,
        seccompProfile: { type: "RuntimeDefault" },
      });
      const volumes = [...pod.spec.volumes, ...(spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata)];
      for (const container of pod.spec.containers) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        const { livenessProbe, readinessProbe, volumeMounts } = container;
        assert.deepEqual([livenessProbe.httpGet.path, readinessProbe.httpGet.path], ["/healthz", "/readyz"]);
        assert.deepEqual(volumeMounts.map(({ name }) => name).toSorted(), volumes.map(({ name }) => name).toSorted());
      }
    }
  });

  it("select what there is, in one namespace", () => {
    const pods = workloads.map(({ pod }) => pod.metadata.labels);
    for (const { kind, metadata, spec } of manifests) {
      if (kind !== "Namespace") assert.equal(metadata.namespace, "sameface", metadata.name);
      const labels = Object.entries(spec?.selector?.matchLabels ?? spec?.podSelector?.matchLabels ?? {});
      const chosen = pods.filter((pod) => labels.every(([name, value]) => pod[name] === value));
      assert.ok(chosen.length > 0, `${kind} ${metadata.name} selects no pod`);
    }
  });
});

import { EMBEDDER_ID, type Engine } from "@sameface/engine";
import { Policy, PolicyBody, PolicyInForce, PolicyPreview, PolicyPreviewBody } from "../api/index.ts";
import { previewDecision } from "../authentication/preview-decision.ts";
import { statedRates } from "../policy/stated-rates.ts";
import { changePolicy, keepPicturesMs, matchThresholdOf, readTenantPolicy } from "../policy/tenant-policy.ts";
import type { AuditEntry, DecisionOnRecord } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { keptDecision } from "./authentication-views.ts";
import { bind, defineRoute, type Route, timestamp } from "./route.ts";

const answers = { 200: { description: "The policy in force", schema: Policy } } as const;

export const POLICY_SHAPES = {
  read: defineRoute({
    operationId: "readPolicy",
    method: "GET",
    path: "/v1/policy",
    summary: "What the tenant decided, the defaults where it never did, and what its match threshold means",
    // Whoever reads the audit has read every change already.
    scopes: ["audit:read", "policy:write"],
    answers: { 200: { description: "The policy in force", schema: PolicyInForce } },
    problems: [],
  }),
  write: defineRoute({
    operationId: "writePolicy",
    method: "PUT",
    path: "/v1/policy",
    summary: "Change the policy; what is left out stays as it is. Audited.",
    scopes: ["policy:write"],
    body: { kind: "json", schema: PolicyBody },
    answers,
    problems: [],
  }),
  preview: defineRoute({
    operationId: "previewPolicy",
    method: "POST",
    path: "/v1/policy/preview",
    summary: "How the last decisions would have come out under a changed policy; changes nothing",
    scopes: ["policy:write"],
    body: { kind: "json", schema: PolicyPreviewBody },
    answers: { 200: { description: "What would have changed", schema: PolicyPreview } },
    problems: [],
  }),
};

/** The routes of the policy. */
export function policyRoutes({
  store,
  engine,
}: {
  readonly engine: Pick<Engine, "describe">;
  readonly store: Pick<Store, "readPolicy" | "writePolicy" | "readLastDecisions">;
}): readonly Route[] {
  return [
    bind(POLICY_SHAPES.read, async ({ caller }) => {
      const policy = await readTenantPolicy(store, caller.tenantId);
      // The evaluation is of the embedder that ships; of another one it says nothing.
      const evaluated = engine.describe().embedderId === EMBEDDER_ID;
      return { status: 200, json: { ...policy, stated: statedRates(matchThresholdOf(policy), { evaluated }) } };
    }),
    bind(POLICY_SHAPES.write, async ({ caller: { tenantId, actor }, body }) => {
      const policy = changePolicy(await readTenantPolicy(store, tenantId), body);
      const details = auditedFacts(policy);
      const audit = { actor, action: "policy.changed", target: `tenant:${tenantId}`, details };
      const keep = { keepPicturesMs: keepPicturesMs(policy) };
      await store.writePolicy({ tenantId, policy: JSON.stringify(policy), ...keep, audit });
      return { status: 200, json: policy };
    }),
    bind(POLICY_SHAPES.preview, async ({ caller: { tenantId }, body: { last = 1_000, ...change } }) => {
      const present = await readTenantPolicy(store, tenantId);
      const wanted = changePolicy(present, change);
      const decisions = await store.readLastDecisions({ tenantId, limit: last });
      return { status: 200, json: previewOf(decisions, { present, wanted }) };
    }),
  ];
}

/** What the audit tells of a policy. */
function auditedFacts(policy: Policy): AuditEntry["details"] {
  return {
    match: policy.thresholds.match,
    lenses: policy.checks.lenses,
    headCover: policy.checks.headCover,
    liveness: policy.liveness.threshold,
    secondFactor: policy.secondFactor,
    ...policy.lockout,
    captureLiveness: policy.capture.liveness,
    captureFileUpload: policy.capture.fileUpload,
    returnUrls: policy.capture.returnUrls.join(" "),
    frameAncestors: policy.capture.frameAncestors.join(" "),
    replayedPictures: policy.replayedPictures,
    pictureDays: policy.retention.pictureDays,
  };
}

function previewOf(
  decisions: readonly DecisionOnRecord[],
  policies: { readonly present: Policy; readonly wanted: Policy },
): PolicyPreview {
  const changes = new Map<string, PolicyPreview["changes"][number]>();
  for (const decision of decisions) {
    const from = decision.authentication.outcome;
    const to = previewDecision(keptDecision(decision), policies);
    if (to === from) continue;
    const count = (changes.get(`${from} ${to}`)?.count ?? 0) + 1;
    changes.set(`${from} ${to}`, { from, to, count });
  }
  const sorted = [...changes.values()].toSorted((a, b) => b.count - a.count);
  const oldest = decisions.at(-1);
  return {
    looked: decisions.length,
    since: oldest === undefined ? null : timestamp(oldest.authentication.createdAtMs),
    unchanged: decisions.length - sorted.reduce((sum, { count }) => sum + count, 0),
    changes: sorted,
    policy: policies.wanted,
  };
}

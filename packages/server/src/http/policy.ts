import { Policy, PolicyBody } from "../api/index.ts";
import { changePolicy, readTenantPolicy } from "../policy/tenant-policy.ts";
import type { Store } from "../store/store.ts";
import { bind, defineRoute, type Route } from "./route.ts";

const answers = { 200: { description: "The policy in force", schema: Policy } } as const;

export const POLICY_SHAPES = {
  read: defineRoute({
    operationId: "readPolicy",
    method: "GET",
    path: "/v1/policy",
    summary: "What the tenant decided; the defaults where it never did",
    scopes: ["policy:write"],
    answers,
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
};

/** The routes of the policy. */
export function policyRoutes({
  store,
}: {
  readonly store: Pick<Store, "readPolicy" | "writePolicy">;
}): readonly Route[] {
  return [
    bind(POLICY_SHAPES.read, async ({ caller }) => ({
      status: 200,
      json: await readTenantPolicy(store, caller.tenantId),
    })),
    bind(POLICY_SHAPES.write, async ({ caller: { tenantId, actor }, body }) => {
      const policy = changePolicy(await readTenantPolicy(store, tenantId), body);
      const details = {
        match: policy.thresholds.match,
        lenses: policy.checks.lenses,
        headCover: policy.checks.headCover,
        liveness: policy.liveness.threshold,
        secondFactor: policy.secondFactor,
        ...policy.lockout,
      };
      const audit = { actor, action: "policy.changed", target: `tenant:${tenantId}`, details };
      await store.writePolicy({ tenantId, policy: JSON.stringify(policy), audit });
      return { status: 200, json: policy };
    }),
  ];
}

import { UnlockSourceBody } from "../api/index.ts";
import { sourceSubject } from "../authentication/source-subject.ts";
import type { Store } from "../store/store.ts";
import type { Vault } from "../vault/vault.ts";
import { bind, defineRoute, problem, type Route } from "./route.ts";

export const SOURCE_SHAPES = {
  unlock: defineRoute({
    operationId: "unlockSource",
    method: "POST",
    path: "/v1/sources/unlock",
    summary: "Set the count of failures of a source to zero. Audited.",
    scopes: ["customers:write"],
    body: { kind: "json", schema: UnlockSourceBody },
    answers: { 204: { description: "Nothing is counted of it any more", schema: null } },
    problems: ["notFound"],
  }),
};

/** The routes of sources: they are counted and nothing else, so there is nothing to list. */
export function sourceRoutes({
  store,
  vault,
}: {
  readonly store: Pick<Store, "unlockSource">;
  readonly vault: Pick<Vault, "digest">;
}): readonly Route[] {
  return [
    bind(SOURCE_SHAPES.unlock, async ({ caller: { tenantId, actor }, body }) => {
      const subject = sourceSubject(vault, { tenantId, source: body.source });
      const audit = { actor, action: "source.unlocked", target: `source:${subject}`, details: {} };
      const known = await store.unlockSource({ tenantId, subject, audit });
      return known ? { status: 204 } : problem("notFound", "Nothing is counted of this source.");
    }),
  ];
}

import { describe } from "node:test";
import { auditConformance } from "./conformance/audit.conformance.ts";
import { backlogConformance } from "./conformance/backlog.conformance.ts";
import type { OpenStore } from "./conformance/bench.fixture.ts";
import { captureConformance } from "./conformance/captures.conformance.ts";
import { claimConformance } from "./conformance/claims.conformance.ts";
import { customerConformance } from "./conformance/customers.conformance.ts";
import { decisionConformance } from "./conformance/decisions.conformance.ts";
import { deliveryConformance } from "./conformance/deliveries.conformance.ts";
import { endpointConformance } from "./conformance/endpoints.conformance.ts";
import { erasureConformance } from "./conformance/erasure.conformance.ts";
import { hourlyConformance } from "./conformance/hourly.conformance.ts";
import { idempotencyConformance } from "./conformance/idempotency.conformance.ts";
import { isolationConformance } from "./conformance/isolation.conformance.ts";
import { ledgerConformance } from "./conformance/ledger.conformance.ts";
import { lockoutConformance } from "./conformance/lockouts.conformance.ts";
import { mannersConformance } from "./conformance/manners.conformance.ts";
import { operatorEventConformance } from "./conformance/operator-events.conformance.ts";
import { orderedConformance } from "./conformance/ordered.conformance.ts";
import { overviewConformance } from "./conformance/overview.conformance.ts";
import { pictureConformance } from "./conformance/pictures.conformance.ts";
import { quotaConformance } from "./conformance/quotas.conformance.ts";
import { replayConformance } from "./conformance/replays.conformance.ts";
import { retentionConformance } from "./conformance/retention.conformance.ts";
import { rewrapConformance } from "./conformance/rewrap.conformance.ts";
import { rhythmConformance } from "./conformance/rhythms.conformance.ts";
import { rotationConformance } from "./conformance/rotation.conformance.ts";
import { sessionConformance } from "./conformance/sessions.conformance.ts";
import { streamConformance } from "./conformance/streams.conformance.ts";
import { tenantConformance } from "./conformance/tenants.conformance.ts";

/**
 * What every implementation of the port must show.
 * @param open opens an empty store
 * @param options.skip why it can't run here
 * @param options.othersEvery another tenant lives its life between so many steps of one, where each costs a round trip
 */
export function storeConformance(
  name: string,
  open: OpenStore,
  options: { skip?: string | false; othersEvery?: number } = {},
): void {
  describe(`${name} store`, { skip: options.skip ?? false }, () => {
    tenantConformance(open);
    sessionConformance(open);
    customerConformance(open);
    decisionConformance(open);
    lockoutConformance(open);
    idempotencyConformance(open);
    claimConformance(open);
    endpointConformance(open);
    mannersConformance(open);
    orderedConformance(open);
    rotationConformance(open);
    rewrapConformance(open);
    deliveryConformance(open);
    streamConformance(open);
    captureConformance(open);
    operatorEventConformance(open);
    ledgerConformance(open);
    rhythmConformance(open);
    replayConformance(open);
    hourlyConformance(open);
    overviewConformance(open);
    backlogConformance(open);
    pictureConformance(open);
    quotaConformance(open);
    retentionConformance(open);
    erasureConformance(open);
    isolationConformance(open, options.othersEvery ?? 1);
    auditConformance(open);
  });
}

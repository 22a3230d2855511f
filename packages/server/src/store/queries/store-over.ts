import type { Store } from "../store.ts";
import { advanceQueries } from "./advance-replay.ts";
import { auditQueries } from "./audit.ts";
import { authenticationQueries } from "./authentications.ts";
import type { Backend } from "./backend.ts";
import { backlogQueries } from "./backlog.ts";
import { blockQueries } from "./blocks.ts";
import { captureQueries } from "./capture-sessions.ts";
import { claimQueries } from "./claims.ts";
import { counterQueries } from "./counters.ts";
import { customerQueries } from "./customers.ts";
import { decisionQueries } from "./decisions.ts";
import { deliveryQueries } from "./deliveries.ts";
import { endpointQueries } from "./endpoints.ts";
import { enrolQueries } from "./enrol.ts";
import { eraseQueries } from "./erase.ts";
import { eventQueries } from "./events.ts";
import { attemptQueries } from "./finish-attempt.ts";
import { hourlyQueries } from "./hourly.ts";
import { idempotencyQueries } from "./idempotency.ts";
import { keyQueries } from "./keys.ts";
import { contactQueries } from "./last-contact.ts";
import { metaQueries } from "./meta.ts";
import { noticeFull } from "./notice-full.ts";
import { operatorEventQueries } from "./operator-events.ts";
import { overviewQueries } from "./overview.ts";
import { pictureQueries } from "./pictures.ts";
import { policyQueries } from "./policies.ts";
import { quotaQueries } from "./quotas.ts";
import { replayQueries } from "./replays.ts";
import { rewrapQueries } from "./rewrap.ts";
import { seenPictureQueries } from "./seen-pictures.ts";
import { sessionQueries } from "./sessions.ts";
import { streamQueries } from "./streams.ts";
import { sweepQueries } from "./sweep.ts";
import { tenantQueries } from "./tenants.ts";
import { rhythmQueries } from "./watch-rhythm.ts";

/** The whole {@link Store} over what a dialect brings. */
export function storeOver(bare: Backend): Store {
  const { backend, room } = noticeFull(bare);
  return {
    ...metaQueries(backend, room),
    ...rewrapQueries(backend),
    ...tenantQueries(backend),
    ...quotaQueries(backend),
    ...policyQueries(backend),
    ...keyQueries(backend),
    ...sessionQueries(backend),
    ...customerQueries(backend),
    ...blockQueries(backend),
    ...enrolQueries(backend),
    ...eraseQueries(backend),
    ...idempotencyQueries(backend),
    ...counterQueries(backend),
    ...decisionQueries(backend),
    ...authenticationQueries(backend),
    ...endpointQueries(backend),
    ...eventQueries(backend),
    ...operatorEventQueries(backend),
    ...backlogQueries(backend),
    ...deliveryQueries(backend),
    ...claimQueries(backend),
    ...streamQueries(backend),
    ...attemptQueries(backend),
    ...rhythmQueries(backend),
    ...captureQueries(backend),
    ...seenPictureQueries(backend),
    ...pictureQueries(backend),
    ...replayQueries(backend),
    ...advanceQueries(backend),
    ...hourlyQueries(backend),
    ...overviewQueries(backend),
    ...sweepQueries(backend),
    ...contactQueries(backend),
    ...auditQueries(backend),
    close: backend.close,
  };
}

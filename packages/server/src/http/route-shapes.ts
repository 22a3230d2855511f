import { AUDIT_SHAPES } from "./audit.ts";
import { AUTHENTICATION_SHAPES } from "./authentications.ts";
import { CAPTURE_CALL_SHAPES } from "./capture-page-calls.ts";
import { CAPTURE_SESSION_SHAPES } from "./capture-sessions.ts";
import { CUSTOMER_EXPORT_SHAPES } from "./customer-export.ts";
import { CUSTOMER_SHAPES } from "./customers.ts";
import { DELIVERY_SHAPES } from "./deliveries.ts";
import { DOCUMENT_SHAPES } from "./documents.ts";
import { ENDPOINT_SHAPES } from "./endpoints.ts";
import { EVENT_SHAPES } from "./events.ts";
import { HEALTH_SHAPES } from "./health.ts";
import { KEY_SHAPES } from "./keys.ts";
import { METRICS_SHAPES } from "./metrics.ts";
import { OPERATOR_EVENT_SHAPES } from "./operator-events.ts";
import { OVERVIEW_SHAPES } from "./overview.ts";
import { PAGE_SHAPES } from "./pages.ts";
import { PICTURE_SHAPES } from "./pictures.ts";
import { POLICY_SHAPES } from "./policy.ts";
import { REPLAY_SHAPES } from "./replays.ts";
import type { RouteShape } from "./route.ts";
import { SESSION_SHAPES } from "./session-routes.ts";
import { SOURCE_SHAPES } from "./sources.ts";
import { STATISTICS_SHAPES } from "./statistics.ts";
import { STREAM_SHAPES } from "./streams.ts";
import { TENANT_SHAPES } from "./tenants.ts";
import { WEBHOOK_KEY_SHAPES } from "./webhook-keys.ts";

/** Every row of the API, in the order of the document. */
export const ROUTE_SHAPES: readonly RouteShape[] = [
  CUSTOMER_SHAPES,
  CUSTOMER_EXPORT_SHAPES,
  SOURCE_SHAPES,
  AUTHENTICATION_SHAPES,
  PICTURE_SHAPES,
  CAPTURE_SESSION_SHAPES,
  CAPTURE_CALL_SHAPES,
  POLICY_SHAPES,
  TENANT_SHAPES,
  ENDPOINT_SHAPES,
  STREAM_SHAPES,
  WEBHOOK_KEY_SHAPES,
  EVENT_SHAPES,
  DELIVERY_SHAPES,
  REPLAY_SHAPES,
  OPERATOR_EVENT_SHAPES,
  STATISTICS_SHAPES,
  OVERVIEW_SHAPES,
  KEY_SHAPES,
  AUDIT_SHAPES,
  HEALTH_SHAPES,
  METRICS_SHAPES,
  SESSION_SHAPES,
  DOCUMENT_SHAPES,
  PAGE_SHAPES,
].flatMap((shapes: Readonly<Record<string, RouteShape>>) => Object.values(shapes));

/** Every request and answer of the HTTP API: the one source of validation, types and OpenAPI. */

export { EndpointAuth } from "../delivery/auth/index.ts";
export { AuditPage, AuditQuery, AuditRowView } from "./audit.ts";
export {
  AuthenticateBody,
  AuthenticationDetail,
  AuthenticationsPage,
  AuthenticationsQuery,
  AuthenticationView,
  Checks,
  Decided,
  PictureView,
  VendorVerifyBody,
  Verified,
  VerifyBody,
} from "./authentications.ts";
export {
  CaptureBeginBody,
  CaptureBegun,
  CaptureBody,
  CaptureCloseBody,
  CaptureCreated,
  CaptureFrameAnswer,
  CaptureFrameBody,
  CaptureMoved,
  CaptureOpenBody,
  CapturePageQuery,
  CapturePageView,
  CaptureProblemBody,
  CaptureRef,
  CaptureSessionView,
} from "./captures.ts";
export { CustomerId, Id, IdParams, OutcomeName, PagingQuery, Timestamp } from "./common.ts";
export { CustomerExport } from "./customer-export.ts";
export {
  BatchLine,
  BatchResult,
  BlockBody,
  ConsentInput,
  CustomerParams,
  CustomersPage,
  CustomersQuery,
  CustomerView,
  EnrolBody,
  Enrolled,
  EnrolmentQuality,
  Erased,
} from "./customers.ts";
export {
  DeliveriesPage,
  DeliveriesQuery,
  DeliveryAttemptView,
  DeliveryDetail,
  DeliveryView,
} from "./deliveries.ts";
export {
  EndpointBody,
  EndpointCreated,
  EndpointPatch,
  EndpointsPage,
  EndpointView,
  RotateBody,
  TestBody,
  WebhookKeys,
} from "./endpoints.ts";
export { ErasedEvent, EventsPage, EventsQuery, EventView, NotificationBody, PresentEvent } from "./events.ts";
export { Live, Ready } from "./health.ts";
export { KeyBody, KeyCreated, KeyId, KeyParams, KeysPage, KeyView, ScopeName } from "./keys.ts";
export { OperatorEnvelope, OperatorEventsPage, OperatorEventView } from "./operator-events.ts";
export { Overview } from "./overview.ts";
export {
  DEFAULT_POLICY,
  MATCH_THRESHOLDS,
  Policy,
  PolicyBody,
  PolicyInForce,
  PolicyPreview,
  PolicyPreviewBody,
  StatedRates,
} from "./policy.ts";
export { Problem } from "./problem.ts";
export { ReplayBody, ReplayPreview, ReplayPreviewBody, ReplaysPage, ReplaysQuery, ReplayView } from "./replays.ts";
export { AssetParams, CspReports, SessionView, SignInBody } from "./sessions.ts";
export { UnlockSourceBody } from "./sources.ts";
export { Statistics, StatisticsQuery } from "./statistics.ts";
export {
  StreamBody,
  StreamNext,
  StreamNextBody,
  StreamOpened,
  StreamRequest,
  StreamSignBody,
} from "./streams.ts";
export {
  Quotas,
  QuotasInForce,
  TenantBody,
  TenantCreated,
  TenantParams,
  TenantsPage,
  TenantView,
} from "./tenants.ts";

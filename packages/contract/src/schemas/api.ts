/** Every request and answer of the HTTP API: the one source of validation, types and OpenAPI. */
export {
  AuthenticateBody,
  AuthenticationDetail,
  AuthenticationsPage,
  AuthenticationsQuery,
  AuthenticationView,
  Checks,
  Decided,
  VendorVerifyBody,
  Verified,
  VerifyBody,
} from "./api/authentications.ts";
export { CustomerId, Id, IdParams, OutcomeName, PagingQuery, Timestamp } from "./api/common.ts";
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
} from "./api/customers.ts";
export {
  DeliveriesPage,
  DeliveriesQuery,
  DeliveryAttemptView,
  DeliveryDetail,
  DeliveryView,
} from "./api/deliveries.ts";
export {
  EndpointBody,
  EndpointCreated,
  EndpointPatch,
  EndpointsPage,
  EndpointView,
  TestBody,
} from "./api/endpoints.ts";
export { ErasedEvent, EventsPage, EventsQuery, EventView, NotificationBody, PresentEvent } from "./api/events.ts";
export { Live, Ready } from "./api/health.ts";
export { KeyBody, KeyCreated, KeyId, KeyParams, KeysPage, KeyView, ScopeName } from "./api/keys.ts";
export { DEFAULT_POLICY, MATCH_THRESHOLDS, Policy, PolicyBody } from "./api/policy.ts";
export { Problem } from "./api/problem.ts";
export { TenantBody, TenantCreated, TenantsPage, TenantView } from "./api/tenants.ts";

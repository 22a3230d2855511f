import { isSampleName } from "@sameface/contract";
import {
  DeliveryView,
  EndpointBody,
  EndpointCreated,
  EndpointPatch,
  EndpointsPage,
  EndpointView,
  IdParams,
  PagingQuery,
  TestBody,
} from "../api/index.ts";
import type { EndpointRequest, EndpointSettings, Endpoints, SettingRefusal } from "../delivery/endpoints.ts";
import { isStream } from "../delivery/streams.ts";
import type { Endpoint } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { deliveryView } from "./authentication-views.ts";
import { pagingOf } from "./paging.ts";
import {
  type Answer,
  bind,
  type Caller,
  defineRoute,
  type ProblemAnswer,
  problem,
  type Route,
  timestamp,
  timestampOrNull,
} from "./route.ts";

const READ = ["endpoints:read", "endpoints:write"] as const;
const WRITE = ["endpoints:write"] as const;
const view = (description: string) => ({ 200: { description, schema: EndpointView } });

export const ENDPOINT_SHAPES = {
  create: defineRoute({
    operationId: "createEndpoint",
    method: "POST",
    path: "/v1/endpoints",
    summary: "Register a URL that receives events; its secret is shown this once",
    scopes: WRITE,
    body: { kind: "json", schema: EndpointBody },
    answers: { 201: { description: "The endpoint", schema: EndpointCreated } },
    problems: ["refusedUrl", "refusedHeader"],
  }),
  list: defineRoute({
    operationId: "listEndpoints",
    method: "GET",
    path: "/v1/endpoints",
    summary: "Every endpoint of the tenant",
    scopes: READ,
    query: PagingQuery,
    answers: { 200: { description: "A page", schema: EndpointsPage } },
    problems: ["invalidCursor"],
  }),
  read: defineRoute({
    operationId: "readEndpoint",
    method: "GET",
    path: "/v1/endpoints/{id}",
    summary: "One endpoint; never its secret",
    scopes: READ,
    params: IdParams,
    answers: view("The endpoint"),
    problems: ["notFound"],
  }),
  update: defineRoute({
    operationId: "updateEndpoint",
    method: "PATCH",
    path: "/v1/endpoints/{id}",
    summary: "Change what is named; deliveries that wait use the new settings",
    scopes: WRITE,
    params: IdParams,
    body: { kind: "json", schema: EndpointPatch },
    answers: view("The endpoint, changed"),
    problems: ["notFound", "refusedUrl", "refusedHeader", "endpointUnavailable"],
  }),
  remove: defineRoute({
    operationId: "deleteEndpoint",
    method: "DELETE",
    path: "/v1/endpoints/{id}",
    summary: "What still waits for it becomes skipped",
    scopes: WRITE,
    params: IdParams,
    answers: { 204: { description: "Deleted", schema: null } },
    problems: ["notFound"],
  }),
  enable: defineRoute({
    operationId: "enableEndpoint",
    method: "POST",
    path: "/v1/endpoints/{id}/enable",
    summary: "What was held becomes due",
    scopes: WRITE,
    params: IdParams,
    answers: view("The endpoint, enabled"),
    problems: ["notFound", "endpointUnavailable"],
  }),
  disable: defineRoute({
    operationId: "disableEndpoint",
    method: "POST",
    path: "/v1/endpoints/{id}/disable",
    summary: "What waits becomes held",
    scopes: WRITE,
    params: IdParams,
    answers: view("The endpoint, disabled"),
    problems: ["notFound", "endpointUnavailable"],
  }),
  test: defineRoute({
    operationId: "testEndpoint",
    method: "POST",
    path: "/v1/endpoints/{id}/test",
    summary: "Send a golden sample; its webhook-id begins with test_",
    scopes: WRITE,
    params: IdParams,
    body: { kind: "json", schema: TestBody },
    answers: { 202: { description: "The test delivery, due", schema: DeliveryView } },
    problems: ["notFound"],
  }),
};

/** What the routes of endpoints work with. */
export interface EndpointRouteParts {
  readonly endpoints: Endpoints;
  readonly store: Pick<Store, "readEndpoint" | "listEndpoints">;
}

/** The routes of endpoints. */
export function endpointRoutes(parts: EndpointRouteParts): readonly Route[] {
  return [...settingRoutes(parts), ...stateRoutes(parts), ...readingRoutes(parts)];
}

function settingRoutes({ endpoints, store }: EndpointRouteParts): readonly Route[] {
  return [
    bind(ENDPOINT_SHAPES.create, async ({ caller: { tenantId, actor }, body }) => {
      const { url, description = null, profile = "standard", outcomes = null, headers = null, operator = false } = body;
      const settings = { url, description, profile, outcomes, headers, operator };
      const result = await endpoints.add({ tenantId, actor, ...settings });
      if (result.kind === "refused") return refusalProblem(result);
      const json: EndpointCreated = { ...endpointView(result.endpoint), secret: result.secret };
      return { status: 201, json };
    }),
    bind(ENDPOINT_SHAPES.update, async ({ caller, params, body }) => {
      // Absent keys are left out by the schema's reader, so what is there is what was named.
      const settings = body as Partial<EndpointSettings>;
      if (settings.url !== undefined && (await namesStream({ caller, params }, store))) return streamStays();
      const result = await endpoints.update({ ...requestOf({ caller, params }), settings });
      if (result !== null && "kind" in result) return refusalProblem(result);
      return shown(result);
    }),
  ];
}

function stateRoutes({ endpoints, store }: EndpointRouteParts): readonly Route[] {
  return [
    bind(ENDPOINT_SHAPES.remove, async (call) => {
      return (await endpoints.remove(requestOf(call))) ? { status: 204 } : noEndpoint();
    }),
    bind(ENDPOINT_SHAPES.enable, async (call) =>
      (await namesStream(call, store)) ? streamStays() : shown(await endpoints.enable(requestOf(call))),
    ),
    bind(ENDPOINT_SHAPES.disable, async (call) =>
      (await namesStream(call, store)) ? streamStays() : shown(await endpoints.disable(requestOf(call))),
    ),
    bind(ENDPOINT_SHAPES.test, async (call) => {
      const { sample } = call.body;
      if (!isSampleName(sample)) return problem("validation", "There is no such sample.");
      const delivery = await endpoints.test({ ...requestOf(call), sample });
      return delivery === null ? noEndpoint() : { status: 202, json: deliveryView(delivery) };
    }),
  ];
}

function readingRoutes({ store }: EndpointRouteParts): readonly Route[] {
  return [
    bind(ENDPOINT_SHAPES.list, async ({ caller: { tenantId }, query }) => {
      const { items, next } = await store.listEndpoints({ tenantId, ...pagingOf(query) });
      return { status: 200, json: { items: items.map(endpointView), next } };
    }),
    bind(ENDPOINT_SHAPES.read, async ({ caller: { tenantId }, params }) => {
      return shown(await store.readEndpoint({ tenantId, endpointId: params.id }));
    }),
  ];
}

function requestOf(call: { readonly caller: Caller; readonly params: { readonly id: string } }): EndpointRequest {
  return { tenantId: call.caller.tenantId, actor: call.caller.actor, endpointId: call.params.id };
}

async function namesStream(
  call: Parameters<typeof requestOf>[0],
  store: EndpointRouteParts["store"],
): Promise<boolean> {
  const endpoint = await store.readEndpoint(requestOf(call));
  return endpoint !== null && isStream(endpoint);
}

function streamStays(): ProblemAnswer {
  return problem(
    "endpointUnavailable",
    "A stream has no URL and is never enabled: its listener asks. Delete it instead.",
  );
}

function shown(endpoint: Endpoint | null): Answer {
  return endpoint === null ? noEndpoint() : { status: 200, json: endpointView(endpoint) };
}

function noEndpoint(): ProblemAnswer {
  return problem("notFound", "No endpoint of this tenant has the id.");
}

function refusalProblem({ field, message, canonical }: SettingRefusal): ProblemAnswer {
  const code = field === "url" ? "refusedUrl" : "refusedHeader";
  return problem(code, message, {
    errors: [{ path: `/${field}`, message }],
    ...(canonical === null ? {} : { canonical }),
  });
}

function endpointView(endpoint: Endpoint): EndpointView {
  const present = endpoint.secrets.find((secret) => secret.publicKey !== null && secret.expiresAtMs === null);
  return {
    id: endpoint.endpointId,
    url: endpoint.url,
    description: endpoint.description,
    profile: endpoint.profile,
    outcomes: endpoint.outcomes === null ? null : [...endpoint.outcomes],
    publicKey: present?.publicKey ?? null,
    enabled: endpoint.enabled,
    disabledReason: endpoint.disabledReason,
    slowedUntil: timestampOrNull(endpoint.slowedUntilMs),
    failingSince: timestampOrNull(endpoint.failingSinceMs),
    consecutiveFailures: endpoint.consecutiveFailures,
    operator: endpoint.operator,
    createdAt: timestamp(endpoint.createdAtMs),
  };
}

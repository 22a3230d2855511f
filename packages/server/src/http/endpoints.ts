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
  RotateBody,
  TestBody,
} from "../api/index.ts";
import type { SettingRefusal } from "../delivery/check-settings.ts";
import type { EndpointRequest, EndpointSettings, Endpoints, Owner } from "../delivery/endpoints.ts";
import { OVERLAP_SECONDS } from "../delivery/rotate-endpoint.ts";
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

const SETTING_PROBLEMS = ["refusedUrl", "refusedHeader", "refusedAuth"] as const;

export const ENDPOINT_SHAPES = {
  create: defineRoute({
    operationId: "createEndpoint",
    method: "POST",
    path: "/v1/endpoints",
    summary: "Register a URL that receives events; its secret is shown this once",
    scopes: WRITE,
    fresh: true,
    body: { kind: "json", schema: EndpointBody },
    answers: { 201: { description: "The endpoint", schema: EndpointCreated } },
    problems: [...SETTING_PROBLEMS, "quotaReached"],
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
    problems: ["notFound", ...SETTING_PROBLEMS, "endpointUnavailable"],
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
    problems: ["notFound", "endpointUnverified", "endpointUnavailable"],
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
  rotate: defineRoute({
    operationId: "rotateEndpointSecret",
    method: "POST",
    path: "/v1/endpoints/{id}/rotate-secret",
    summary: "New secrets of both kinds; requests carry the signatures of old and new ones until the overlap ends",
    scopes: WRITE,
    fresh: true,
    params: IdParams,
    body: { kind: "json", schema: RotateBody, optional: true },
    answers: { 200: { description: "The endpoint; its new secret is shown this once", schema: EndpointCreated } },
    problems: ["notFound", "tooManySecrets"],
  }),
  verify: defineRoute({
    operationId: "verifyEndpoint",
    method: "POST",
    path: "/v1/endpoints/{id}/verify",
    summary:
      'Send {"type":"endpoint.verify","challenge":…}, signed; the echo {"challenge":…} with a 2xx opens the endpoint',
    scopes: WRITE,
    params: IdParams,
    answers: view("The endpoint, its owner proved"),
    problems: ["notFound", "notEchoed"],
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
  return [...settingRoutes(parts), ...stateRoutes(parts), ...ownerRoutes(parts), ...readingRoutes(parts)];
}

const DEFAULT_SETTINGS = {
  description: null,
  profile: "standard",
  outcomes: null,
  headers: null,
  auth: null,
  rateLimit: null,
  ordered: false,
  operator: false,
} as const;

function settingRoutes({ endpoints, store }: EndpointRouteParts): readonly Route[] {
  return [
    bind(ENDPOINT_SHAPES.create, async ({ caller, body }) => {
      const result = await endpoints.add({ ...askedBy(caller), ...DEFAULT_SETTINGS, ...body });
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
    bind(ENDPOINT_SHAPES.enable, async (call) => {
      if (await namesStream(call, store)) return streamStays();
      const enabled = await endpoints.enable(requestOf(call));
      if (enabled === null || !("kind" in enabled)) return shown(enabled);
      return problem(
        "endpointUnverified",
        "Let the endpoint echo the challenge (verify), or enable it with an admin key.",
      );
    }),
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

function ownerRoutes({ endpoints }: EndpointRouteParts): readonly Route[] {
  return [
    bind(ENDPOINT_SHAPES.rotate, async (call) => {
      const { overlapSeconds = OVERLAP_SECONDS.default } = call.body;
      const rotated = await endpoints.rotate({ ...requestOf(call), overlapSeconds });
      if (rotated === null) return noEndpoint();
      if (rotated.kind === "tooManySecrets") {
        return problem("tooManySecrets", "Wait for an overlap to end, or rotate with overlapSeconds 0.");
      }
      const json: EndpointCreated = { ...endpointView(rotated.endpoint), secret: rotated.secret };
      return { status: 200, json };
    }),
    bind(ENDPOINT_SHAPES.verify, async (call) => {
      const verified = await endpoints.verify(requestOf(call));
      if (verified === null || !("kind" in verified)) return shown(verified);
      const status = verified.httpStatus === null ? "" : ` (status ${verified.httpStatus})`;
      return problem("notEchoed", `No echo of the challenge came: ${verified.reason}${status}.`, {
        reason: verified.reason,
      });
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
  return { ...askedBy(call.caller), endpointId: call.params.id };
}

function askedBy({ tenantId, actor, scopes }: Caller): Owner {
  return { tenantId, actor, admin: scopes.includes("admin") || scopes.includes("root") };
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

const REFUSALS = { url: "refusedUrl", headers: "refusedHeader", auth: "refusedAuth" } as const;

function refusalProblem({ field, message, canonical }: SettingRefusal): ProblemAnswer {
  return problem(REFUSALS[field], message, {
    errors: [{ path: `/${field}`, message }],
    ...(canonical === null ? {} : { canonical }),
  });
}

function endpointView(endpoint: Endpoint): EndpointView {
  const ends = endpoint.secrets.flatMap(({ expiresAtMs }) => (expiresAtMs === null ? [] : [expiresAtMs]));
  const present = endpoint.secrets.find((secret) => secret.publicKey !== null && secret.expiresAtMs === null);
  return {
    id: endpoint.endpointId,
    url: endpoint.url,
    description: endpoint.description,
    profile: endpoint.profile,
    outcomes: endpoint.outcomes === null ? null : [...endpoint.outcomes],
    publicKey: present?.publicKey ?? null,
    overlapUntil: ends.length === 0 ? null : timestamp(Math.max(...ends)),
    auth: endpoint.authKind === null ? null : { kind: endpoint.authKind },
    rateLimit: endpoint.rateLimit,
    ordered: endpoint.ordered,
    enabled: endpoint.enabled,
    verified: endpoint.unverifiedSinceMs === null,
    disabledReason: endpoint.disabledReason,
    slowedUntil: timestampOrNull(endpoint.slowedUntilMs),
    failingSince: timestampOrNull(endpoint.failingSinceMs),
    consecutiveFailures: endpoint.consecutiveFailures,
    operator: endpoint.operator,
    createdAt: timestamp(endpoint.createdAtMs),
  };
}

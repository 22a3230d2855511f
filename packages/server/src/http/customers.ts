import { newId } from "@sameface/contract";
import {
  BatchLine,
  BatchResult,
  BlockBody,
  CustomerParams,
  CustomersPage,
  CustomersQuery,
  CustomerView,
  EnrolBody,
  Enrolled,
  Erased,
} from "../api/index.ts";
import type { Clock } from "../clock.ts";
import { type CustomerParts, type EnrolRequest, enrol } from "../customers/enrol.ts";
import {
  blockCustomer,
  type CustomerChange,
  eraseCustomer,
  listCustomers,
  readCustomer,
  unblockCustomer,
  unlockCustomer,
} from "../customers/manage.ts";
import { lockLimitsOf } from "../policy/tenant-policy.ts";
import { enrolBatch } from "./customer-batch.ts";
import { customerView, type ViewContext } from "./customer-views.ts";
import { enrolInput, type UploadBody } from "./enrol-input.ts";
import { enrolmentProblem } from "./enrolment-problem.ts";
import { pagingOf } from "./paging.ts";
import { type Answer, bind, type Caller, defineRoute, problem, type Route, timestamp } from "./route.ts";

const ENROLMENT_PROBLEMS = [
  "consentRequired",
  "9001",
  "9002",
  "9003",
  "9004",
  "spoof",
  "mask",
  "lenses",
  "headCover",
  "quotaReached",
  "9500",
  "overloaded",
  "notReady",
] as const;
const READ = ["customers:read", "customers:write"] as const;
const WRITE = ["customers:write"] as const;
const enrolled = (description: string) => ({ description, schema: Enrolled });
const view = (description: string) => ({ description, schema: CustomerView });

export const CUSTOMER_SHAPES = {
  enrol: defineRoute({
    operationId: "enrolCustomer",
    method: "PUT",
    path: "/v1/customers/{customerId}",
    summary: "Enrol a face; a second time it replaces all templates. A block stays.",
    scopes: WRITE,
    params: CustomerParams,
    body: { kind: "upload", schema: EnrolBody },
    answers: { 201: enrolled("Enrolled for the first time"), 200: enrolled("Enrolled again, all templates replaced") },
    problems: ENROLMENT_PROBLEMS,
  }),
  create: defineRoute({
    operationId: "createCustomer",
    method: "POST",
    path: "/v1/customers",
    summary: "Enrol a face under an id that is made",
    scopes: WRITE,
    body: { kind: "upload", schema: EnrolBody },
    answers: { 201: enrolled("Enrolled") },
    problems: ENROLMENT_PROBLEMS,
  }),
  addTemplate: defineRoute({
    operationId: "addTemplate",
    method: "POST",
    path: "/v1/customers/{customerId}/templates",
    summary: "Enrol one more face of a customer, under the consent that stands unless a new one is named",
    scopes: WRITE,
    params: CustomerParams,
    body: { kind: "upload", schema: EnrolBody },
    answers: { 201: enrolled("Added") },
    problems: [...ENROLMENT_PROBLEMS, "unknownCustomer", "tooManyTemplates"],
  }),
  batch: defineRoute({
    operationId: "enrolCustomers",
    method: "POST",
    path: "/v1/customers:batch",
    summary:
      "Enrol many: newline JSON in (64 MB at most), a result line each out. Send it again to go on where it broke.",
    scopes: WRITE,
    body: { kind: "lines", schema: BatchLine },
    answers: {
      200: { description: "One line for each line", schema: BatchResult, contentType: "application/x-ndjson" },
    },
    problems: [],
  }),
  list: defineRoute({
    operationId: "listCustomers",
    method: "GET",
    path: "/v1/customers",
    summary: "Customers by id",
    scopes: READ,
    query: CustomersQuery,
    answers: { 200: { description: "A page", schema: CustomersPage } },
    problems: ["invalidCursor"],
  }),
  read: defineRoute({
    operationId: "readCustomer",
    method: "GET",
    path: "/v1/customers/{customerId}",
    summary: "One customer with block and lock state; never a template or an image",
    scopes: READ,
    params: CustomerParams,
    answers: { 200: view("The customer") },
    problems: ["unknownCustomer"],
  }),
  erase: defineRoute({
    operationId: "eraseCustomer",
    method: "DELETE",
    path: "/v1/customers/{customerId}",
    summary: "Take a customer out of every table; repeatable",
    scopes: WRITE,
    fresh: true,
    params: CustomerParams,
    answers: { 200: { description: "What was erased", schema: Erased } },
    problems: [],
  }),
  block: defineRoute({
    operationId: "blockCustomer",
    method: "PUT",
    path: "/v1/customers/{customerId}/block",
    summary: "From now on every attempt is 4003",
    scopes: WRITE,
    params: CustomerParams,
    body: { kind: "json", schema: BlockBody },
    answers: { 200: view("The customer, blocked") },
    problems: ["unknownCustomer"],
  }),
  unblock: defineRoute({
    operationId: "unblockCustomer",
    method: "DELETE",
    path: "/v1/customers/{customerId}/block",
    summary: "Lift a block; repeatable",
    scopes: WRITE,
    params: CustomerParams,
    answers: { 204: { description: "Not blocked", schema: null } },
    problems: ["unknownCustomer"],
  }),
  unlock: defineRoute({
    operationId: "unlockCustomer",
    method: "POST",
    path: "/v1/customers/{customerId}/unlock",
    summary: "Set the count of failures to zero",
    scopes: WRITE,
    params: CustomerParams,
    answers: { 200: view("The customer, unlocked") },
    problems: ["unknownCustomer"],
  }),
};

/** What the routes of customers need beyond the use cases. */
export interface CustomerRouteParts extends CustomerParts {
  readonly clock: Pick<Clock, "nowMs">;
}

/** The routes of customers. */
export function customerRoutes(parts: CustomerRouteParts): readonly Route[] {
  return [...enrolmentRoutes(parts), ...readingRoutes(parts), ...changingRoutes(parts)];
}

function enrolmentRoutes(parts: CustomerParts): readonly Route[] {
  const shapes = CUSTOMER_SHAPES;
  const enrolAs = async (
    { caller: { tenantId, actor }, body }: { readonly caller: Caller; readonly body: UploadBody },
    request: Pick<EnrolRequest, "customerId" | "mode">,
  ): Promise<Answer> => await enrolAnswer(parts, { ...request, ...enrolInput(body), tenantId, actor });
  return [
    bind(shapes.enrol, async (call) => await enrolAs(call, { customerId: call.params.customerId, mode: "replace" })),
    bind(shapes.create, async (call) => await enrolAs(call, { customerId: newId(parts.random), mode: "replace" })),
    bind(shapes.addTemplate, async (call) => await enrolAs(call, { customerId: call.params.customerId, mode: "add" })),
    bind(shapes.batch, async ({ caller: { tenantId, actor }, body }) => {
      return await Promise.resolve({ status: 200, lines: enrolBatch(parts, { bytes: body, tenantId, actor }) });
    }),
  ];
}

function readingRoutes(parts: CustomerRouteParts): readonly Route[] {
  return [
    bind(CUSTOMER_SHAPES.list, async ({ caller, query }) => {
      const { needsEnrolment, ...paging } = query;
      const where = { tenantId: caller.tenantId, needsEnrolment: needsEnrolment === "true", ...pagingOf(paging) };
      const { items, next } = await listCustomers(parts, where);
      const context = await viewContext(parts, caller.tenantId);
      return { status: 200, json: { items: items.map((one) => customerView(one, context)), next } };
    }),
    bind(CUSTOMER_SHAPES.read, async (call) => await showCustomer(parts, changeOf(call))),
  ];
}

function changingRoutes(parts: CustomerRouteParts): readonly Route[] {
  const shapes = CUSTOMER_SHAPES;
  return [
    bind(shapes.erase, async (call) => ({ status: 200, json: await eraseCustomer(parts, changeOf(call)) })),
    bind(shapes.block, async (call) => {
      const known = await blockCustomer(parts, { ...changeOf(call), reason: call.body.reason });
      return known ? await showCustomer(parts, changeOf(call)) : unknownCustomer();
    }),
    bind(shapes.unblock, async (call) => {
      return (await unblockCustomer(parts, changeOf(call))) ? { status: 204 } : unknownCustomer();
    }),
    bind(shapes.unlock, async (call) => {
      return (await unlockCustomer(parts, changeOf(call)))
        ? await showCustomer(parts, changeOf(call))
        : unknownCustomer();
    }),
  ];
}

/** The customer that a call names, and who names it. */
export function changeOf(call: {
  readonly caller: Caller;
  readonly params: { readonly customerId: string };
}): CustomerChange {
  return { tenantId: call.caller.tenantId, actor: call.caller.actor, customerId: call.params.customerId };
}

/** What the view of a customer depends on beside its row. */
export async function viewContext(parts: CustomerRouteParts, tenantId: string): Promise<ViewContext> {
  const { embedderId } = parts.engine.describe();
  return { embedderId, limits: lockLimitsOf(await parts.readPolicy(tenantId)), nowMs: parts.clock.nowMs() };
}

async function showCustomer(parts: CustomerRouteParts, where: CustomerChange): Promise<Answer> {
  const customer = await readCustomer(parts, where);
  if (customer === null) return unknownCustomer();
  return { status: 200, json: customerView(customer, await viewContext(parts, where.tenantId)) };
}

async function enrolAnswer(parts: CustomerParts, request: EnrolRequest): Promise<Answer> {
  if (Number.isNaN(request.consent?.atMs))
    return problem("validation", "consent.at names a day or an hour that is none.");
  const result = await enrol(parts, request);
  const refused = enrolmentProblem(result);
  if (refused !== null) return refused;
  if (!("enrolledAtMs" in result)) return unknownCustomer();
  const { interviewId, enrolledAtMs, quality, kind } = result;
  const json: Enrolled = { customerId: request.customerId, interviewId, enrolledAt: timestamp(enrolledAtMs), quality };
  return { status: kind === "replaced" ? 200 : 201, json };
}

/** One answer for every route of a customer. */
export function unknownCustomer(): Answer {
  return problem("unknownCustomer", "No customer of this tenant has the id.");
}

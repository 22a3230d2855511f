import { newId, type OutcomeKind, type SampleName, sample, TEST_ID_PREFIX } from "@sameface/contract";
import type { Random } from "../random.ts";
import type { AuditEntry, Delivery, Endpoint, ProfileName } from "../store/records.ts";
import type { EndpointChange, InTenant, Store } from "../store/store.ts";
import { type AttemptParts, createAttempt } from "./attempt.ts";
import type { AuthSettings } from "./auth-kind.ts";
import { challengeEndpoint, type Echo } from "./challenge-endpoint.ts";
import { checkAuth, checkHeaders, checkUrl, type SettingRefusal, type SettingRules } from "./check-settings.ts";
import { type Rotated, rotateEndpoint } from "./rotate-endpoint.ts";
import { makeSecrets, sealAuth, sealHeaders } from "./sealed-endpoint.ts";

/** What {@link createEndpoints} is made of. */
export interface EndpointsOptions extends SettingRules, AttemptParts {
  readonly store: Pick<
    Store,
    "createEndpoint" | "readEndpoint" | "updateEndpoint" | "rotateSecrets" | "deleteEndpoint" | "createTestDelivery"
  >;
  readonly random: Random;
}

/** Who asks, for which tenant. */
export interface Asked extends InTenant {
  /** As in the audit: `key:<keyId>`, `system`. */
  readonly actor: string;
}

/** Who asks for an endpoint. */
export interface Owner extends Asked {
  /** Whether the key has the scope `admin`: it may confirm an endpoint whose owner is not proved (S23). */
  readonly admin: boolean;
}

/** The settings of an endpoint that its owner chooses. */
export interface EndpointSettings {
  readonly url: string;
  readonly description: string | null;
  readonly profile: ProfileName;
  /** Outcomes that are sent; `null`: all. */
  readonly outcomes: readonly OutcomeKind[] | null;
  /** Own headers; `null`: none. */
  readonly headers: Readonly<Record<string, string>> | null;
  /** How requests are signed in; `null`: they are not. */
  readonly auth: AuthSettings | null;
  /** Requests a second at most; `null`: no bound. */
  readonly rateLimit: number | null;
  /** What concerns one customer goes in order, each after the one before it has ended. */
  readonly ordered: boolean;
}

/** The settings that a new endpoint is made with. */
export interface NewEndpointSettings extends EndpointSettings {
  /** True: it receives operator events, and no notification; for good. */
  readonly operator: boolean;
}

/** An endpoint as made; the secret is told this once. */
export interface EndpointAdded {
  readonly kind: "added";
  readonly endpoint: Endpoint;
  /** `whsec_…` */
  readonly secret: string;
  /** `whpk_…` */
  readonly publicKey: string;
}

/** What an owner does with endpoints. Reading needs no service: the store's rows say all but the secrets. */
export interface Endpoints {
  add(settings: NewEndpointSettings & Owner): Promise<EndpointAdded | SettingRefusal>;
  /** Changes the named settings; `null`: there is no such endpoint. */
  update(
    change: EndpointRequest & { readonly settings: Partial<EndpointSettings> },
  ): Promise<Endpoint | SettingRefusal | null>;
  /** False: there is no such endpoint. */
  remove(request: EndpointRequest): Promise<boolean>;
  /** `unverified`: its owner is not proved, and the key may not confirm it. */
  enable(request: EndpointRequest): Promise<Endpoint | null | { readonly kind: "unverified" }>;
  disable(request: EndpointRequest): Promise<Endpoint | null>;
  /** Sends a golden sample, marked as a test in its signed id; `null`: there is no such endpoint. */
  test(request: EndpointRequest & { readonly sample: SampleName }): Promise<Delivery | null>;
  /** New secrets, the old ones beside them for the overlap; `null`: there is no such endpoint. */
  rotate(request: EndpointRequest & { readonly overlapSeconds: number }): Promise<Rotated | null>;
  /** Sends the ownership challenge; an echo proves the owner and opens the endpoint. */
  verify(request: EndpointRequest): Promise<Endpoint | null | Extract<Echo, { kind: "notEchoed" }>>;
}

/** Which endpoint, and who asks. */
export interface EndpointRequest extends Owner {
  readonly endpointId: string;
}

/** @see interface.md, `/v1/endpoints`; reliability.md B20–B22, S19, S20, S23, S24 */
export function createEndpoints(options: EndpointsOptions): Endpoints {
  const { store, random } = options;
  const attempt = createAttempt(options);
  return {
    add: async (asked) => await addEndpoint(asked, options),
    update: async (asked) => await updateEndpoint(asked, options),
    remove: async (request) =>
      await store.deleteEndpoint({ ...refOf(request), audit: auditOf(request, "endpoint.deleted") }),
    enable: async (request) => await enableEndpoint(request, options),
    disable: async (request) => {
      const audit = auditOf(request, "endpoint.disabled");
      return await store.updateEndpoint({ ...refOf(request), audit, change: { disabledReason: "operator" } });
    },
    test: async (request) => {
      const { outcome, body } = sample(request.sample);
      const ids = { eventId: TEST_ID_PREFIX + newId(random), deliveryId: newId(random) };
      const audit = auditOf(request, "endpoint.tested", { sample: request.sample });
      return await store.createTestDelivery({ ...refOf(request), ...ids, audit, outcome, body });
    },
    rotate: async ({ overlapSeconds, ...request }) => {
      const audit = auditOf(request, "endpoint.secretRotated", { overlapSeconds });
      return await rotateEndpoint({ ...refOf(request), overlapSeconds, audit }, options);
    },
    verify: async (request) => {
      const endpoint = await store.readEndpoint(refOf(request));
      if (endpoint === null) return null;
      const echo = await challengeEndpoint(endpoint, { attempt, random });
      if (echo.kind === "notEchoed") return echo;
      return await prove(endpoint, { audit: auditOf(request, "endpoint.verified"), store });
    },
  };
}

/** Opens what was shut for want of a proof, and nothing else: an operator's own word stands. */
async function prove(
  endpoint: Endpoint,
  { audit, store }: { readonly audit: AuditEntry; readonly store: Pick<Store, "updateEndpoint"> },
): Promise<Endpoint | null> {
  const { tenantId, endpointId, url, disabledReason } = endpoint;
  const change = { unverified: false, ...(disabledReason === UNVERIFIED ? { disabledReason: null } : {}) };
  // The echo came from this URL: it says nothing of one that was written meanwhile.
  return await store.updateEndpoint({ tenantId, endpointId, audit, change, onlyUrl: url });
}

/** Why an endpoint waits whose owner is not proved. */
const UNVERIFIED = "unverified";

async function enableEndpoint(request: EndpointRequest, { store }: EndpointsOptions): ReturnType<Endpoints["enable"]> {
  const endpoint = await store.readEndpoint(refOf(request));
  if (endpoint === null) return null;
  const isProved = endpoint.unverifiedSinceMs === null;
  if (!isProved && !request.admin) return { kind: "unverified" };
  const audit = auditOf(request, isProved ? "endpoint.enabled" : "endpoint.confirmed");
  const change = { disabledReason: null, unverified: false };
  return await store.updateEndpoint({ ...refOf(request), audit, change, onlyUrl: endpoint.url });
}

async function addEndpoint(
  { tenantId, actor, admin, url, headers, auth, ...plain }: NewEndpointSettings & Owner,
  options: EndpointsOptions,
): Promise<EndpointAdded | SettingRefusal> {
  const checked = await checkUrl(url, options);
  if (checked.kind === "refused") return checked;
  const own = checkHeaders(headers);
  if (own.kind === "refused") return own;
  const refusedAuth = await checkAuth(auth, options);
  if (refusedAuth !== null) return refusedAuth;
  const ref = { tenantId, endpointId: newId(options.random) };
  const sealing = { ...ref, vault: options.vault };
  const made = await makeSecrets(ref, options);
  const sealedAuth = sealAuth(auth, sealing);
  const unverified = !admin && !checked.inside;
  const endpoint = await options.store.createEndpoint({
    ...ref,
    ...plain,
    url: checked.url,
    sealedHeaders: sealHeaders(own.headers, sealing),
    authKind: sealedAuth.kind,
    sealedAuth: sealedAuth.sealed,
    secrets: made.sealed,
    unverified,
    disabledReason: unverified ? UNVERIFIED : null,
    audit: auditOf({ ...ref, actor }, "endpoint.created", {
      profile: plain.profile,
      operator: plain.operator,
      unverified,
    }),
  });
  return { kind: "added", endpoint, secret: made.secret, publicKey: made.publicKey };
}

async function updateEndpoint(
  { settings, ...request }: EndpointRequest & { readonly settings: Partial<EndpointSettings> },
  options: EndpointsOptions,
): Promise<Endpoint | SettingRefusal | null> {
  const { url, headers, auth, ...plain } = settings;
  const checked = url === undefined ? null : await checkUrl(url, options);
  if (checked?.kind === "refused") return checked;
  const own = headers === undefined ? null : checkHeaders(headers);
  if (own?.kind === "refused") return own;
  const refusedAuth = auth === undefined ? null : await checkAuth(auth, options);
  if (refusedAuth !== null) return refusedAuth;
  const before = await options.store.readEndpoint(refOf(request));
  if (before === null) return null;
  const sealing = { ...refOf(request), vault: options.vault };
  const change: EndpointChange = {
    ...plain,
    ...(checked === null ? {} : { url: checked.url, ...proofOf(before, { ...checked, admin: request.admin }) }),
    ...(own === null ? {} : { sealedHeaders: sealHeaders(own.headers, sealing) }),
    ...(auth === undefined ? {} : { auth: sealAuth(auth, sealing) }),
  };
  // The names of what was changed, never the values: a header may be a credential.
  const audit = auditOf(request, "endpoint.changed", { changed: Object.keys(settings).sort().join(",") });
  return await options.store.updateEndpoint({ ...refOf(request), audit, change, onlyUrl: before.url });
}

/** What another URL means for the proof of its owner: whoever could write it in would else need none (S23). */
function proofOf(
  before: Endpoint,
  to: { readonly url: string; readonly inside: boolean; readonly admin: boolean },
): Pick<EndpointChange, "unverified" | "disabledReason"> {
  if (to.url === before.url) return {};
  if (to.admin || to.inside) {
    return { unverified: false, ...(before.disabledReason === UNVERIFIED ? { disabledReason: null } : {}) };
  }
  return { unverified: true, ...(before.disabledReason === null ? { disabledReason: UNVERIFIED } : {}) };
}

function refOf({ tenantId, endpointId }: EndpointRequest): { tenantId: string; endpointId: string } {
  return { tenantId, endpointId };
}

function auditOf(
  { actor, endpointId }: { readonly actor: string; readonly endpointId: string },
  action: string,
  details: AuditEntry["details"] = {},
): AuditEntry {
  return { actor, action, target: `endpoint:${endpointId}`, details };
}

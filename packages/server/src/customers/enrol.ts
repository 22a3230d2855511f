import { newId } from "@sameface/contract";
import type { Engine, Inspection } from "@sameface/engine";
import type { Enrolled, Policy } from "../api/index.ts";
import { sealTemplate } from "../faces/sealed-template.ts";
import type { Random } from "../random.ts";
import type { Consent, Customer } from "../store/records.ts";
import type { CustomerRef, Store } from "../store/store.ts";
import type { Vault } from "../vault/vault.ts";
import { type EnrolmentRefusal, enrolmentRefusal, type Unlooked } from "./enrolment-refusal.ts";

/** What the customers' part works with. */
export interface CustomerParts {
  readonly store: Pick<
    Store,
    "enrol" | "readCustomer" | "listCustomers" | "block" | "unblock" | "unlock" | "eraseCustomer"
  >;
  readonly vault: Pick<Vault, "seal" | "subject" | "digest" | "tenantSecret">;
  readonly engine: Pick<Engine, "inspect" | "describe">;
  readonly readPolicy: (tenantId: string) => Promise<Policy>;
  readonly random: Random;
}

/** A face to be stored for a customer. */
export interface EnrolRequest {
  readonly tenantId: string;
  readonly customerId: string;
  readonly image: Uint8Array;
  /** `null`: none was named. */
  readonly consent: { readonly reference: string; readonly atMs: number | null } | null;
  /** `replace`: all templates give way; `add`: one more, under the consent that stands unless a new one is named. */
  readonly mode: "replace" | "add";
  /** An enrolment with this very picture is left as it is; lets a batch be sent again. */
  readonly skipKnownPicture?: boolean;
  /** The capture that the picture came from, which ends with the enrolment. */
  readonly captureSessionId?: string;
  /** `key:<keyId>` */
  readonly actor: string;
}

/** What becomes of an enrolment. */
export type EnrolResult =
  | {
      readonly kind: "created" | "replaced" | "added";
      readonly interviewId: string;
      readonly enrolledAtMs: number;
      readonly quality: Enrolled["quality"];
    }
  | { readonly kind: "unchanged"; readonly interviewId: string }
  | {
      readonly kind: "refused";
      readonly refusal: EnrolmentRefusal;
      readonly reason: string | null;
      readonly hints: readonly string[];
    }
  | ({ readonly kind: "unlooked" } & Unlooked)
  | { readonly kind: "consentRequired" | "unknownCustomer" | "tooManyTemplates" | "captureEnded" };

/** Enough for glasses on and off, a beard, some years; each is compared at every authentication. */
const MOST_TEMPLATES = 10;

/**
 * Stores a face for a customer. The picture stays in memory; what is kept is its sealed template and a keyed hash.
 * @throws {StoreError} nothing was stored
 */
export async function enrol(parts: CustomerParts, request: EnrolRequest): Promise<EnrolResult> {
  const ref = customerRef(parts, request);
  const customer = await parts.store.readCustomer(ref);
  if (request.mode === "add" && customer === null) return { kind: "unknownCustomer" };
  const consent = consentOf(request, customer);
  if (consent === null) return { kind: "consentRequired" };
  const imageDigest = parts.vault.digest("image", request.tenantId, request.image);
  const known = request.skipKnownPicture === true ? knownPicture(parts, { customer, imageDigest }) : null;
  if (known !== null) return { kind: "unchanged", interviewId: known };
  const policy = await parts.readPolicy(request.tenantId);
  // A head cover that does not block is no matter of an enrolment: nobody would be told.
  const headCover = policy.checks.headCover === "block";
  const inspection = await parts.engine.inspect(request.image, { purpose: "enrol", headCover });
  const refusal = enrolmentRefusal(inspection, policy);
  if (refusal !== null) return refusalResult(refusal, inspection);
  return await store(parts, { request, ref, consent, imageDigest, inspection });
}

/** The customer by id and by keyed hash. */
export function customerRef(
  { vault }: { readonly vault: Pick<Vault, "subject"> },
  { tenantId, customerId }: { readonly tenantId: string; readonly customerId: string },
): CustomerRef {
  return { tenantId, customerId, subject: vault.subject(tenantId, customerId) };
}

function consentOf(
  request: EnrolRequest,
  customer: Customer | null,
): (Omit<Consent, "atMs"> & { atMs: number | null }) | null {
  if (request.consent !== null && request.consent.reference.trim() !== "") return request.consent;
  return request.mode === "add" && customer !== null ? customer.consent : null;
}

/** The enrolment that this very picture made, where it is the customer's only one and of the present embedder. */
function knownPicture(
  { engine }: CustomerParts,
  { customer, imageDigest }: { readonly customer: Customer | null; readonly imageDigest: string },
): string | null {
  const [only, ...others] = customer?.templates ?? [];
  if (only === undefined || others.length > 0 || only.imageDigest !== imageDigest) return null;
  return only.embedderId === engine.describe().embedderId ? only.interviewId : null;
}

function refusalResult(refusal: EnrolmentRefusal | Unlooked, inspection: Inspection): EnrolResult {
  if (typeof refusal === "object") return { kind: "unlooked", ...refusal };
  const reason = inspection.problems[0] ?? null;
  return { kind: "refused", refusal, reason, hints: inspection.quality?.hints ?? [] };
}

async function store(
  parts: CustomerParts,
  enrolment: {
    readonly request: EnrolRequest;
    readonly ref: CustomerRef;
    readonly consent: { readonly reference: string; readonly atMs: number | null };
    readonly imageDigest: string;
    readonly inspection: Inspection;
  },
): Promise<EnrolResult> {
  const { request, ref, consent, imageDigest, inspection } = enrolment;
  if (!("value" in inspection.template))
    return { kind: "refused", refusal: "unpredicted", reason: "noTemplate", hints: [] };
  const template = inspection.template.value;
  const interviewId = newId(parts.random);
  const result = await parts.store.enrol({
    ...ref,
    mode: request.mode,
    revision: newId(parts.random),
    maxTemplates: MOST_TEMPLATES,
    ...(request.captureSessionId === undefined ? {} : { captureSessionId: request.captureSessionId }),
    consent: { reference: consent.reference, ...(consent.atMs === null ? {} : { atMs: consent.atMs }) },
    template: {
      interviewId,
      imageDigest,
      embedderId: template.embedderId,
      sealed: sealTemplate(template, { ...ref, vault: parts.vault }),
    },
    audit: {
      actor: request.actor,
      action: request.mode === "add" ? "customer.templateAdded" : "customer.enrolled",
      target: `customer:${ref.subject}`,
      details: { embedderId: template.embedderId },
    },
  });
  if (!("enrolledAtMs" in result)) return result;
  return { ...result, interviewId, quality: qualityOf(inspection) };
}

function qualityOf({ quality, primary }: Inspection): Enrolled["quality"] {
  return {
    hints: [...(quality?.hints ?? [])],
    interocularPx: primary?.interocularPx ?? null,
    faceWidthFraction: quality?.faceWidthFraction ?? null,
    retried: quality?.retried ?? false,
  };
}

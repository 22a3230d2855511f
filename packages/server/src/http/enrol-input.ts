import type { EnrolBody } from "../api/index.ts";
import type { EnrolRequest } from "../customers/enrol.ts";

/** The body of an enrolment, its picture decoded. */
export interface UploadBody {
  readonly image: Uint8Array;
  readonly consent?: EnrolBody["consent"];
}

/**
 * The picture and the consent of a body, as the enrolment takes them; `atMs` is NaN for a time that has the shape of one
 * and is none.
 */
export function enrolInput({ image, consent }: UploadBody): Pick<EnrolRequest, "image" | "consent"> {
  if (consent?.reference === undefined) return { image, consent: null };
  const atMs = consent.at === undefined ? null : Date.parse(consent.at);
  return { image, consent: { reference: consent.reference, atMs } };
}

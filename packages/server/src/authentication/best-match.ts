import type { Comparison, Template } from "@sameface/engine";
import { openTemplate, rotateTemplate } from "../faces/sealed-template.ts";
import type { Customer } from "../store/records.ts";
import type { Vault } from "../vault/vault.ts";
import type { BestMatch } from "./decide.ts";
import { recognitionConfidence } from "./recognition-confidence.ts";

/**
 * The customer's template that is most like the probe, of those that the probe's embedder made.
 * @returns `null`: the customer has none of this embedder and must be enrolled again
 * @throws {VaultError} a template does not open: neither a match nor a non-match may rest on the others (F36)
 */
export function bestMatch(
  probe: Template,
  {
    customer,
    vault,
    compare,
  }: {
    readonly customer: Customer;
    readonly vault: Pick<Vault, "open" | "tenantSecret">;
    readonly compare: (a: Template, b: Template) => Comparison;
  },
): BestMatch | null {
  const own = customer.templates.filter((one) => one.embedderId === probe.embedderId);
  const turned = rotateTemplate(probe, { vault, tenantId: customer.tenantId });
  const matches = own.map(({ interviewId, ...sealed }): BestMatch => {
    const { similarity } = compare(turned, openTemplate(sealed, { ...customer, vault }));
    return { similarity, confidence: recognitionConfidence(similarity), interviewId };
  });
  // Not by a running maximum: a NaN must not hide behind a later number.
  const broken = matches.find((match) => !Number.isFinite(match.similarity));
  return broken ?? matches.toSorted((a, b) => b.similarity - a.similarity)[0] ?? null;
}

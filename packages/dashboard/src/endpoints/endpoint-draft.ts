import type { Schemas } from "@sameface/contract/client";
import { OUTCOMES } from "../kit/tones.ts";
import { type AuthForm, authValue } from "./auth-schema.ts";

type Outcome = keyof typeof OUTCOMES;

/** An endpoint as it stands in a form. */
export interface EndpointDraft {
  readonly url: string;
  readonly description: string;
  readonly profile: "standard" | "incode";
  readonly outcomes: readonly Outcome[];
  readonly rateLimit: string;
  readonly ordered: boolean;
  /** A kind, `none`, or `keep`: what stands is left as it is. */
  readonly authKind: string;
  readonly authTexts: Readonly<Record<string, string>>;
}

const ALL = Object.keys(OUTCOMES) as readonly Outcome[];

/** A new endpoint, or what stands of one. */
export function draftOf(endpoint: Schemas["EndpointView"] | null): EndpointDraft {
  return {
    url: endpoint?.url ?? "",
    description: endpoint?.description ?? "",
    profile: endpoint?.profile ?? "standard",
    outcomes: endpoint?.outcomes ?? ALL,
    rateLimit: endpoint?.rateLimit == null ? "" : String(endpoint.rateLimit),
    ordered: endpoint?.ordered ?? false,
    authKind: endpoint?.auth == null ? "none" : "keep",
    authTexts: {},
  };
}

/** What the API takes; all outcomes chosen means: those of tomorrow too. */
export function bodyOf(draft: EndpointDraft, forms: readonly AuthForm[]): Schemas["EndpointBody"] {
  const form = forms.find(({ kind }) => kind === draft.authKind);
  return {
    url: draft.url.trim(),
    description: draft.description === "" ? null : draft.description,
    profile: draft.profile,
    outcomes: draft.outcomes.length === ALL.length ? null : draft.outcomes,
    rateLimit: draft.rateLimit === "" ? null : Number(draft.rateLimit),
    ordered: draft.ordered,
    ...(draft.authKind === "none" ? { auth: null } : {}),
    ...(form === undefined ? {} : { auth: authValue(form, draft.authTexts) }),
  };
}

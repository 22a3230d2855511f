import { SAMPLES } from "@sameface/contract";
import { type Static, Type } from "typebox";
import { AUTH_NAMES, EndpointAuth } from "../delivery/auth/index.ts";
import { closed, Id, nullable, OutcomeName, oneOf, page, Timestamp } from "./common.ts";

const Url = Type.String({
  minLength: 1,
  maxLength: 2048,
  description:
    "https, a host name, port 443 or 8443, canonical as typed; more inside SAMEFACE_ALLOWED_PRIVATE_NETWORKS.",
});
const Description = Type.String({ maxLength: 500 });
const Profile = oneOf(["standard", "incode"], "Acknowledgement and retry rules (contract.md §6).");
export const Outcomes = Type.Array(OutcomeName, { minItems: 1, maxItems: 7, uniqueItems: true });
const Headers = Type.Record(Type.String({ minLength: 1, maxLength: 100 }), Type.String({ maxLength: 4096 }), {
  maxProperties: 20,
  description:
    "Sent with every request; never given out again. Not host, connection, content-*, webhook-*, sameface-*.",
});

const RateLimit = Type.Integer({
  minimum: 1,
  maximum: 1000,
  description: "Requests a second at most, over all nodes; a tenth of them may go at once.",
});

const Ordered = Type.Boolean({
  description:
    "true: what concerns one customer goes in the order of the feed, each after the one before it was delivered or is dead; `sameface-sequence` tells the place.",
});

const settings = {
  url: Url,
  description: Type.Optional(nullable(Description)),
  profile: Type.Optional(Profile),
  outcomes: Type.Optional(nullable(Outcomes)),
  headers: Type.Optional(nullable(Headers)),
  auth: Type.Optional(nullable(EndpointAuth)),
  rateLimit: Type.Optional(nullable(RateLimit)),
  ordered: Type.Optional(Ordered),
};

export const EndpointBody = closed({
  ...settings,
  operator: Type.Optional(
    Type.Boolean({ description: "true: it receives operator events, and no notification; for good." }),
  ),
});
export type EndpointBody = Static<typeof EndpointBody>;

/** An absent key is left as it is; `null` takes the setting away. */
export const EndpointPatch = Type.Partial(closed(settings), { additionalProperties: false, minProperties: 1 });
export type EndpointPatch = Static<typeof EndpointPatch>;

const view = {
  id: Id,
  url: Type.String(),
  description: nullable(Type.String()),
  profile: Profile,
  outcomes: nullable(Type.Array(OutcomeName, { description: "Outcomes that are sent; null: all." })),
  publicKey: nullable(Type.String({ description: "`whpk_…`: verifies the `v1a` signatures." })),
  overlapUntil: nullable({ ...Timestamp, description: "Until then the secrets of before sign too; null: no overlap." }),
  auth: nullable(closed({ kind: oneOf(AUTH_NAMES, "How requests are signed in; its settings are never given out.") })),
  rateLimit: nullable(RateLimit),
  ordered: Ordered,
  enabled: Type.Boolean(),
  verified: Type.Boolean({ description: "false: held until the owner echoes a challenge or an admin key enables it." }),
  disabledReason: nullable(
    Type.String({ description: "operator, gone, failing, unverified; listener: a stream; null while enabled." }),
  ),
  slowedUntil: nullable(Timestamp),
  failingSince: nullable(Timestamp),
  consecutiveFailures: Type.Integer({ minimum: 0 }),
  operator: Type.Boolean({ description: "Receives operator events, and no notification." }),
  createdAt: Timestamp,
};

export const EndpointView = closed(view);
export type EndpointView = Static<typeof EndpointView>;

export const EndpointCreated = closed({
  ...view,
  secret: Type.String({ description: "`whsec_…`: verifies the `v1` signatures. Shown this once." }),
});
export type EndpointCreated = Static<typeof EndpointCreated>;

export const EndpointsPage = page(EndpointView);
export type EndpointsPage = Static<typeof EndpointsPage>;

/** A rotation. */
export const RotateBody = closed({
  overlapSeconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 604_800,
      description: "How long the secrets of before sign beside the new ones, 0…7 d; default 24 h.",
    }),
  ),
});

/** RFC 8037 keys of one endpoint, in RFC 7517 form. */
export const WebhookKeys = closed({
  keys: Type.Array(
    closed({
      kty: Type.Literal("OKP"),
      crv: Type.Literal("Ed25519"),
      x: Type.String({ description: "The 32 bytes of the public key, base64url." }),
      kid: Type.String(),
      use: Type.Literal("sig"),
      alg: Type.Literal("EdDSA"),
    }),
  ),
});
export type WebhookKeys = Static<typeof WebhookKeys>;

/** A test send. */
export const TestBody = closed({ sample: oneOf(Object.keys(SAMPLES), "The golden sample to send.") });

import { parsePublicKey } from "@sameface/contract";
import { IdParams, WebhookKeys } from "../api/index.ts";
import type { Store } from "../store/store.ts";
import { bind, defineRoute, problem, type Route } from "./route.ts";

export const WEBHOOK_KEY_SHAPES = {
  read: defineRoute({
    operationId: "readWebhookKeys",
    method: "GET",
    path: "/.well-known/webhook-keys/{id}",
    summary: "The Ed25519 public keys that sign for an endpoint now, as a JWK set; both of a rotation's overlap",
    scopes: "public",
    params: IdParams,
    answers: { 200: { description: "A JWK set, the present key first", schema: WebhookKeys } },
    problems: ["notFound"],
  }),
};

/** Where receivers find the keys that verify `v1a`: public, as the keys are. */
export function webhookKeyRoutes({ store }: { readonly store: Pick<Store, "findPublicKeys"> }): readonly Route[] {
  return [
    bind(WEBHOOK_KEY_SHAPES.read, async ({ params }) => {
      const found = await store.findPublicKeys(params.id);
      if (found.length === 0) return problem("notFound", "No endpoint has the id.");
      const json: WebhookKeys = {
        keys: found.map(({ secretId, publicKey }) => ({
          kty: "OKP",
          crv: "Ed25519",
          x: Buffer.from(parsePublicKey(publicKey).publicKey).toString("base64url"),
          kid: secretId,
          use: "sig",
          alg: "EdDSA",
        })),
      };
      return { status: 200, json };
    }),
  ];
}

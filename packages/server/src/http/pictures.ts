import { IdParams, PictureView } from "../api/index.ts";
import { openPicture } from "../faces/kept-picture.ts";
import type { PictureFacts } from "../store/kept-pictures.ts";
import type { Store } from "../store/store.ts";
import type { Vault } from "../vault/vault.ts";
import { bind, defineRoute, problem, type Route, timestamp } from "./route.ts";

export const PICTURE_SHAPES = {
  read: defineRoute({
    operationId: "readPicture",
    method: "GET",
    path: "/v1/authentications/{id}/picture",
    summary: "The picture of an attempt, where the policy keeps any; every look is audited",
    // As the export of a customer's data, of which it is a part.
    scopes: ["customers:write"],
    fresh: true,
    params: IdParams,
    answers: { 200: { description: "The picture", schema: PictureView } },
    problems: ["notFound"],
  }),
};

/** The route that kept pictures leave by. */
export function pictureRoutes({
  store,
  vault,
}: {
  readonly store: Pick<Store, "readPicture" | "recordAudit">;
  readonly vault: Pick<Vault, "open" | "subject">;
}): readonly Route[] {
  return [
    bind(PICTURE_SHAPES.read, async ({ caller: { tenantId, actor }, params: { id: authenticationId } }) => {
      const found = await store.readPicture({ tenantId, authenticationId });
      if (found === null) return problem("notFound", "No picture is kept of an attempt with this id.");
      const { customerId, sealed } = found;
      const target = `customer:${vault.subject(tenantId, customerId)}`;
      // Before it is told: what is not in the audit was not seen.
      const audit = { actor, action: "picture.viewed", target, details: { authenticationId } };
      await store.recordAudit({ tenantId, audit });
      const bytes = openPicture(sealed, { vault, tenantId, customerId, authenticationId });
      const image = Buffer.from(bytes).toString("base64");
      const json: PictureView = { authenticationId, ...pictureFacts(found), image };
      return { status: 200, json };
    }),
  ];
}

/** What is told of a kept picture without showing it. */
export function pictureFacts({ format, orientation, keptUntilMs }: PictureFacts) {
  return { format, orientation, keptUntil: timestamp(keptUntilMs) };
}

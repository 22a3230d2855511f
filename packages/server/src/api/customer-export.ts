import { type Static, Type } from "typebox";
import { ExportedAuthentication } from "./authentications.ts";
import { closed, nullable } from "./common.ts";
import { CustomerView } from "./customers.ts";

/** All that is kept of one customer, but what only a machine can read: templates. */
export const CustomerExport = closed({
  customer: CustomerView,
  authentications: Type.Array(ExportedAuthentication, { description: "Newest first, each with its notification." }),
  next: nullable(Type.String({ description: "Goes into `after`; null: this was the last page." })),
});
export type CustomerExport = Static<typeof CustomerExport>;

import { type Static, Type } from "typebox";
import { closed, nullable, pagingQuery, Timestamp } from "./common.ts";

export const AuditRowView = closed({
  tenantId: Type.String(),
  sequence: Type.Integer({ minimum: 1, description: "1, 2, 3 … in each tenant." }),
  at: Timestamp,
  actor: Type.String({ description: "`key:<id>` or `system`." }),
  action: Type.String({ description: "For example `customer.blocked`." }),
  target: Type.String({ description: "For example `endpoint:<id>`; a customer stands here as a keyed hash." }),
  details: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]), {
    description: "Further facts, without secrets and customer ids.",
  }),
  hash: Type.String({
    pattern: "^[0-9a-f]{64}$",
    description: "SHA-256 of the hash before it and of this row: `sameface audit verify` recomputes it.",
  }),
});
export type AuditRowView = Static<typeof AuditRowView>;

export const AuditQuery = closed(pagingQuery);
export const AuditPage = closed({
  items: Type.Array(AuditRowView),
  next: nullable(Type.String({ description: "Pass it as `after` for the next page; null: this was the last." })),
  head: nullable(
    closed(
      { sequence: Type.Integer({ minimum: 1 }), hash: Type.String() },
      { description: "The last row as it is kept apart from the rows; note it elsewhere to notice rows cut off." },
    ),
  ),
});
export type AuditPage = Static<typeof AuditPage>;

import { OUTCOME_KINDS } from "@sameface/contract";
import { type Static, type TObject, type TProperties, type TSchema, Type } from "typebox";

/** An object that takes these properties and no others: an unknown one is refused, never ignored (B15). */
export function closed<P extends TProperties>(
  properties: P,
  options: { readonly description?: string } = {},
): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** The value or an explicit `null`; absent is something else (style rule 7). */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** One of the names, in the list's order. */
export function oneOf<const T extends readonly string[]>(names: T, description: string) {
  return Type.Unsafe<T[number]>({ type: "string", enum: [...names], description });
}

/** One page of a keyset-paged list. */
export function page<T extends TSchema>(item: T) {
  return closed({
    items: Type.Array(item),
    next: nullable(Type.String({ description: "Pass it as `after` for the next page; null: this was the last." })),
  });
}

export const Id = Type.String({ pattern: "^(test_)?[0-9a-f]{24}$", description: "24 random hexadecimal characters." });

export const CustomerId = Type.String({
  pattern: "^[A-Za-z0-9_-]{1,64}$",
  description: "1 to 64 of A-Z, a-z, 0-9, _ and -: the caller's own id of a customer, opaque, never parsed.",
});

/** RFC 3339 with seconds and a zone, as it is taken in and as it is given out. */
export const Timestamp = Type.String({
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$",
  description: "RFC 3339, for example 2027-01-31T12:00:00Z.",
});

export const OutcomeName = oneOf(OUTCOME_KINDS, "What an authentication came to.");

export const ImageBase64 = Type.String({
  contentEncoding: "base64",
  description: "JPEG, PNG or WebP, at most 8 MB (8,000,000 bytes) after base64; standard alphabet, padded, no spaces.",
});

/** A name that people read. */
export const Name = Type.String({ minLength: 1, maxLength: 200 });

/** `after` and `limit` of every list. */
export const pagingQuery = {
  after: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: "`next` of the page before." })),
  limit: Type.Optional(
    Type.String({ pattern: "^([1-9][0-9]?|[1-4][0-9]{2}|500)$", description: "1…500 items a page, default 50." }),
  ),
};

export const PagingQuery = closed(pagingQuery);
export type PagingQuery = Static<typeof PagingQuery>;

export const IdParams = closed({ id: Id });

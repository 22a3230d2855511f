/** Tells whether a value that came over a border has a type. */
export type Guard<T> = (value: unknown) => value is T;

type Guarded<G> = G extends Guard<infer T> ? T : never;

/** A finite number between two bounds, both included. */
export function between(min: number, max: number): Guard<number> {
  return (value): value is number => typeof value === "number" && value >= min && value <= max;
}

/** Any finite number; NaN and the infinities are none. */
export const finite: Guard<number> = between(-Number.MAX_VALUE, Number.MAX_VALUE);

/** A whole number between two bounds, both included. */
export function whole(min: number, max: number): Guard<number> {
  return (value): value is number => Number.isSafeInteger(value) && between(min, max)(value);
}

/** True or false. */
export const flag: Guard<boolean> = (value) => typeof value === "boolean";

/** A text of 1 to `maxLength` UTF-16 units. */
export function text(maxLength: number): Guard<string> {
  return (value): value is string => typeof value === "string" && value.length > 0 && value.length <= maxLength;
}

/** One of the listed values. */
export function oneOf<const T extends string>(list: readonly T[]): Guard<T> {
  return (value): value is T => list.some((item) => item === value);
}

/** `null`, or what the guard lets through. */
export function nullable<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value);
}

/** What either guard lets through. */
export function either<A, B>(first: Guard<A>, second: Guard<B>): Guard<A | B> {
  return (value): value is A | B => first(value) || second(value);
}

/** A list with a bounded number of items. */
export function listOf<T>(
  guard: Guard<T>,
  length: { readonly min: number; readonly max: number },
): Guard<readonly T[]> {
  return (value): value is readonly T[] =>
    Array.isArray(value) && value.length >= length.min && value.length <= length.max && value.every(guard);
}

/** What a guard lets through, or nothing at all. */
export function optional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}

/** An object with exactly these keys. */
export function shape<S extends Readonly<Record<string, Guard<unknown>>>>(
  guards: S,
): Guard<{ readonly [K in keyof S]: Guarded<S[K]> }> {
  const rows = Object.entries(guards);
  return (value): value is { readonly [K in keyof S]: Guarded<S[K]> } =>
    isRecord(value) &&
    Object.keys(value).length === rows.length &&
    rows.every(([key, guard]) => Object.hasOwn(value, key) && guard(value[key]));
}

/** An object of at most `maxKeys` keys that match the pattern. */
export function recordOf<T>(
  guard: Guard<T>,
  keys: { readonly pattern: RegExp; readonly max: number },
): Guard<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => {
    if (!isRecord(value)) return false;
    const rows = Object.entries(value);
    return rows.length <= keys.max && rows.every(([key, item]) => keys.pattern.test(key) && guard(item));
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import type { HeadersLike } from "@sameface/contract";

/** All values of a header; a web `Headers` joins doubled ones into one. @internal */
export function headerValues(headers: HeadersLike, name: string): readonly string[] {
  if (isWeb(headers)) {
    const value = headers.get(name);
    return value === null ? [] : [value];
  }
  return Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value = []]) => value);
}

function isWeb(headers: HeadersLike): headers is { readonly get: (name: string) => string | null } {
  return typeof headers["get" as keyof HeadersLike] === "function"; // a header called "get" is text
}

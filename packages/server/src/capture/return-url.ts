/**
 * Whether a page may be left for a URL: the same origin as one of the list, a path that begins with its whole segments,
 * and nothing of it that a browser reads in another way than this does.
 */
export function allowsReturn(returnUrl: string, allowed: readonly string[]): boolean {
  const url = parse(returnUrl);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return allowed.some((one) => {
    const base = parse(one);
    if (base?.origin !== url.origin) return false;
    return url.pathname === base.pathname || url.pathname.startsWith(base.pathname.replace(/\/?$/, "/"));
  });
}

function parse(text: string): URL | null {
  const url = URL.parse(text);
  return url?.protocol === "https:" || url?.protocol === "http:" ? url : null;
}

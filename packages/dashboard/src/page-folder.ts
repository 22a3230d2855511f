/**
 * The folder of the pages as they are built: `index.html` and what it needs in `assets/`. Nothing in them comes from
 * elsewhere and nothing is inline, so that they stand under a content security policy without exceptions.
 * @returns a `file:` URL with a slash at its end, the same from the sources and from the built package
 */
export function pageFolder(): URL {
  return new URL("../dist/pages/", import.meta.url);
}

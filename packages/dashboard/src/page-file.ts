/**
 * The page that a server shows at `/`: one HTML file with no script, no style and nothing from elsewhere, so it stands
 * under `default-src 'none'`.
 * @returns a `file:` URL, the same from the sources and from the built package
 */
export function pageFile(): URL {
  return new URL("../public/index.html", import.meta.url);
}

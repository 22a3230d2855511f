// What links point at in a Markdown page, found as GitHub does, so that an anchor is the same there and on the site.

/** The page without its code: what stands in a fence or between backticks is no link and no heading; lines stay. */
export function withoutCode(markdown: string): string {
  const blanked = (text: string): string => text.replaceAll(/[^\n]/g, " ");
  return markdown
    .replaceAll(/^( *)(`{3,})[^\n]*\n.*?^ *\2 *$/gms, blanked)
    .replaceAll(/(`+)(?!`)(?:(?!\1).)+\1/g, (code) => `\`${blanked(code.slice(2))}\``);
}

/** Headings as they are read: markup and link targets taken away. */
export function headingsOf(markdown: string): string[] {
  const fences = markdown.replaceAll(/^( *)(`{3,})[^\n]*\n.*?^ *\2 *$/gms, "");
  return [...fences.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, text = ""]) => plain(text));
}

function plain(inline: string): string {
  return inline.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/[`*]/g, "");
}

/** GitHub's anchor of a heading: letters, digits, hyphens; blanks become hyphens. */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
    .replaceAll(" ", "-");
}

/** Anchors in their order; the second of a name ends in -1, the third in -2. */
export function anchorsOf(headings: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const slug = slugOf(heading);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** What a page claims to exist; `line` counts from 1. */
export interface Claim {
  readonly kind: "path" | "script" | "lane" | "command";
  readonly text: string;
  readonly line: number;
}

const PATH_ENDS = /\.(ts|js|json|md|html|sh|onnx|csv|css|yaml|yml)$/;
/** A word in code that is a path: a known end, or a slash at its end; no blank, no address, no placeholder. */
const PATH = /^(?!\/|~|https?:|@)[\w.@{},*-]+(\/[\w.@{},*-]+)*\/?$/;

function claimsOfCode(code: string, line: number): Claim[] {
  const claims: Claim[] = [];
  for (const [, script] of code.matchAll(/\bnpm run ([a-z][\w:-]*)/g))
    claims.push({ kind: "script", text: script ?? "", line });
  for (const [, script] of code.matchAll(/\bnpm (start|test)\b/g))
    claims.push({ kind: "script", text: script ?? "", line });
  for (const [, lane] of code.matchAll(/\bnpm run lane -- ([a-z]+)/g))
    claims.push({ kind: "lane", text: lane ?? "", line });
  for (const [, command] of code.matchAll(/(?:^|\s)(?:npx )?sameface ([a-z]+(?:-[a-z]+)*)/g)) {
    claims.push({ kind: "command", text: command ?? "", line });
  }
  const word = code.trim();
  const isPath = PATH.test(word) && (PATH_ENDS.test(word) || (word.endsWith("/") && word.length > 1));
  if (isPath) claims.push({ kind: "path", text: word, line });
  return claims;
}

/** A block that quotes a file: its fence names the path, as in "```ts tools/layers.ts". */
export interface Quote {
  readonly path: string;
  readonly text: string;
  readonly line: number;
}

/** The quotes of a page; what they show must stand in the file, word for word. */
export function quotesOf(markdown: string): Quote[] {
  const blocks = markdown.matchAll(/^```\w+ (\S+\.\w+)\n(.*?)^```$/gms);
  return [...blocks].map((block) => ({
    path: block[1] ?? "",
    text: block[2] ?? "",
    line: markdown.slice(0, block.index).split("\n").length,
  }));
}

/** Everything checkable that code in a Markdown page says: paths and commands. Its links: tools/page-links.ts. */
export function claimsOf(markdown: string): Claim[] {
  const claims: Claim[] = [];
  let fenced = false;
  for (const [index, text] of markdown.split("\n").entries()) {
    const line = index + 1;
    if (text.trimStart().startsWith("```")) {
      fenced = !fenced;
      continue;
    }
    if (fenced) {
      claims.push(...claimsOfCode(text, line).filter((claim) => claim.kind !== "path"));
      continue;
    }
    for (const [, code] of text.matchAll(/`([^`]+)`/g)) claims.push(...claimsOfCode(code ?? "", line));
  }
  return claims;
}

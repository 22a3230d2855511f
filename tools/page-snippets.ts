/** A fenced block of a page; `line` counts from 1 and is that of its first line. */
export interface Snippet {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** Blocks of a page, without the indent of the list that they stand in; quotes of a file (their fence names it) left out. */
export function snippetsOf(markdown: string): Snippet[] {
  const blocks = [...markdown.matchAll(/^( *)```([^\n]*)\n(.*?)^ *```$/gms)];
  return blocks
    .filter(([, , info = ""]) => !info.includes(" "))
    .map(({ 1: indent = "", 2: language = "", 3: text = "", index }) => ({
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      line: markdown.slice(0, index).split("\n").length + 1,
    }));
}

/** A call of the command line as a page shows it. */
export interface ShownCall {
  /** Command and sub-command, as far as words go. */
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** Calls of `sameface` in shell text; a placeholder in capitals ends the words. */
export function callsOf(shell: string): ShownCall[] {
  const lines = shell.replaceAll(/\\\n\s*/g, " ").split("\n");
  return lines.flatMap((line) =>
    [...line.matchAll(/(?:^|[\s(])(?:npx )?sameface ((?:[^|&;)"'#]|"[^"]*"|'[^']*')*)/g)].map(([, rest = ""]) => {
      const parts = rest.trim().split(/\s+/);
      const end = parts.findIndex((part) => !/^[a-z]+(-[a-z]+)*$/.test(part));
      return {
        words: end === -1 ? parts : parts.slice(0, end),
        options: parts.flatMap((part) => /^--?[a-z][\w-]*/.exec(part)?.[0] ?? []),
      };
    }),
  );
}

/** What one line of a batch came to, as the API writes it. */
export interface BatchResult {
  readonly line: number;
  readonly customerId: string | null;
  readonly result: "created" | "replaced" | "unchanged" | "refused";
  readonly interviewId: string | null;
  readonly code: string | null;
  readonly detail: string | null;
}

/** What the API takes as a customer's id. */
const CUSTOMER_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Lines of one request: few, so that progress is seen and a broken line loses little. */
const MOST_LINES = 5;
/** Characters of one request, below the 64 MB that the server takes. */
const MOST_CHARACTERS = 24_000_000;

/** Whether the API would take it as a customer's id. */
export function isCustomerId(text: string): boolean {
  return CUSTOMER_ID.test(text);
}

/** The id that a picture's file name stands for: `anna.jpg` is `anna`; `null`: none can be read from it. */
export function customerIdOf(fileName: string): string | null {
  const name = fileName.replace(/\.[A-Za-z0-9]+$/, "");
  return isCustomerId(name) ? name : null;
}

/** Puts lines together to requests. */
export function chunksOf(lengths: readonly number[]): readonly (readonly [from: number, to: number])[] {
  const chunks: [number, number][] = [];
  let characters = 0;
  lengths.forEach((length, index) => {
    const last = chunks.at(-1);
    if (last === undefined || index - last[0] >= MOST_LINES || characters + length > MOST_CHARACTERS) {
      chunks.push([index, index + 1]);
      characters = length;
      return;
    }
    last[1] = index + 1;
    characters += length;
  });
  return chunks;
}

/** The answer to one request of a batch; its lines are counted from 1 again. */
export function readResults(text: string, offset: number): readonly BatchResult[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as BatchResult)
    .map((result) => ({ ...result, line: result.line + offset }));
}

/** How many came to what. */
export function tallyOf(results: readonly BatchResult[]): Readonly<Record<BatchResult["result"], number>> {
  const tally = { created: 0, replaced: 0, unchanged: 0, refused: 0 };
  for (const { result } of results) tally[result] += 1;
  return tally;
}

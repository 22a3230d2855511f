/** A real server that tests need, as the environment names it. */
export interface Service {
  readonly url: string;
  /** For `describe`: names the missing cases. `false` when it is there, and in CI, where the test then fails by its use. */
  readonly skip: string | false;
}

/** Looks for a server; a missing one is printed with its number of cases. */
export function service(variable: string, cases: number): Service {
  const url = process.env[variable] ?? "";
  const missing = url === "" && `${variable} is not set, ${cases} cases`;
  if (missing !== false) console.log(`skipped: ${missing}`);
  return { url, skip: process.env["CI"] === "true" ? false : missing };
}

/** What `npm audit --json` (report version 2) tells of one package. */
export interface Vulnerable {
  /** Advisories of its own; a name stands for a package that it depends on, which has a row of its own. */
  readonly via: readonly (string | Advisory)[];
}

/** One advisory of the registry. */
export interface Advisory {
  readonly url: string;
  readonly title: string;
  readonly name: string;
  readonly severity: string;
}

/** One advisory that we live with for a while. */
export interface AuditException {
  /** The last part of the advisory's address: `GHSA-…`. */
  readonly advisory: string;
  readonly package: string;
  /** Why it does not reach us, or what stands before it. */
  readonly reason: string;
  /** The last day on which it stands, `2027-01-31`: then somebody looks again. */
  readonly until: string;
}

/**
 * What is wrong: an advisory of any severity without an exception, an exception past its day, and one that no longer
 * matches anything and would hide the next advisory of that name.
 * @param today `2027-01-31`
 */
export function judgeAudit(
  found: Readonly<Record<string, Vulnerable>>,
  exceptions: readonly AuditException[],
  today: string,
): string[] {
  const advisories = Object.values(found).flatMap(({ via }) => via.filter((one) => typeof one !== "string"));
  const isFor = ({ advisory, package: name }: AuditException, one: Advisory): boolean =>
    one.name === name && idOf(one) === advisory;
  const open = advisories.filter((one) => !exceptions.some((exception) => isFor(exception, one)));
  return [
    ...new Set(open.map((one) => `${one.name}: ${one.severity}: ${one.title} (${one.url})`)),
    ...exceptions
      .filter(({ until }) => !(until >= today))
      .map(({ advisory, until }) => `${advisory}: the exception ended on ${until}; look at it again`),
    ...exceptions
      .filter((exception) => !advisories.some((one) => isFor(exception, one)))
      .map(({ advisory, package: name }) => `${advisory}: nothing of ${name} matches any more; take the exception out`),
  ];
}

function idOf({ url }: Advisory): string {
  return url.split("/").at(-1) ?? url;
}

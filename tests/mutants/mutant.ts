/** One text of a file that gives way to another; it stands there exactly once. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A defect that is planted, and the test that has to find it. */
export interface Mutant {
  /** As reliability.md §7 counts them, or the row whose guard is taken out; from M31 on they are others. */
  readonly id: string;
  /** S- and B-rows of reliability.md whose guard it takes out. */
  readonly rows?: readonly string[];
  readonly what: string;
  readonly edits: readonly Edit[];
  /** A test by file and title, or the simulation: 300 seeds. */
  readonly foundBy: { readonly file: string; readonly title: string } | "simulation";
  /** Planted by night alone (`SAMEFACE_TEST_MUTANTS=all`): its test runs the models, or long. */
  readonly night?: true;
}

// Figures of the heads on the development photographs, out of fold: npm run train-attributes -- --report

import type { CheckName } from "../src/inspection.ts";
import { areaUnder, chooseThreshold, foldFigures, type Rates, type Scored } from "./fold-figures.ts";

/** Lines that say how good a head is, and the threshold that all the photographs together choose. */
export function reportHead(name: CheckName, list: readonly Scored[]): readonly string[] {
  const figures = [...foldFigures(list)].map(([source, rates]) => `  ${source}: ${rateLine(rates)}`);
  const threshold = chooseThreshold(list);
  return [
    `${name}: AUC ${areaUnder(list).toFixed(3)}, threshold of all photographs ${threshold.toFixed(2)}; out of fold:`,
    ...figures,
  ];
}

function rateLine({ worn, bare, tpr, fpr }: Rates): string {
  const percent = (rate: number | null): string => (rate === null ? "–" : `${(100 * rate).toFixed(1)} %`);
  return `TPR ${percent(tpr)} of ${worn}, FPR ${percent(fpr)} of ${bare}`;
}

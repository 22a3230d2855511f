import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parser } from "@prometheus-io/lezer-promql";
import { parse } from "yaml";
import { METRICS, type MetricRow } from "./metric-table.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}
interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

const read = (path: string): string => readFileSync(new URL(`../../../../deploy/${path}`, import.meta.url), "utf8");
const RULES = (parse(read("prometheus/alerts.yaml")) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);
const PANELS = (JSON.parse(read("grafana/sameface.json")) as { panels: Panel[] }).panels;

/** Each series by the metric it is of: a histogram has three. */
const SERIES: ReadonlyMap<string, MetricRow> = new Map(
  Object.values<MetricRow>(METRICS).flatMap((row) =>
    (row.kind === "histogram" ? ["_bucket", "_sum", "_count"] : [""]).map((end) => [`${row.name}${end}`, row] as const),
  ),
);

/** Why an expression of PromQL can't work here; empty: it can. */
function faultsOf(expr: string): readonly string[] {
  // A variable of the dashboard stands where a time does.
  const text = expr.replaceAll("$__rate_interval", "5m");
  const faults: string[] = [];
  const known = new Set(["job", "instance", "le"]);
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      const word = text.slice(from, to);
      if (type.isError) faults.push(`no PromQL near "${text.slice(from, from + 20)}"`);
      if (type.name !== "Identifier") return;
      const row = SERIES.get(word);
      if (row === undefined) faults.push(`${word} is no metric`);
      for (const label of row?.labels ?? []) known.add(label);
    },
  });
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      const label = text.slice(from, to);
      if (type.name === "LabelName" && !known.has(label)) faults.push(`${label} is no label here`);
    },
  });
  return faults;
}

describe("what watches a server", () => {
  it("has alert rules that parse, ask for metrics and labels that there are, and say what to do", () => {
    assert.ok(RULES.length >= 5);
    for (const { alert, expr, labels, annotations } of RULES) {
      assert.deepEqual(faultsOf(expr), [], alert);
      assert.ok(["warning", "critical"].includes(labels.severity), alert);
      assert.ok(annotations.summary.length > 0 && annotations.description.length > 20, alert);
    }
    assert.equal(new Set(RULES.map(({ alert }) => alert)).size, RULES.length);
  });

  it("has a dashboard whose panels ask for nothing else", () => {
    for (const { title, targets } of PANELS) {
      for (const { expr } of targets) assert.deepEqual(faultsOf(expr), [], title);
    }
  });

  it("would see a metric that is gone, a label that is none, and a text that is no PromQL", () => {
    assert.deepEqual(faultsOf("sum(sameface_gone_total)"), ["sameface_gone_total is no metric"]);
    assert.deepEqual(faultsOf('sameface_endpoints{tenant="a"}'), ["tenant is no label here"]);
    assert.notDeepEqual(faultsOf("sum(sameface_endpoints"), []);
  });
});

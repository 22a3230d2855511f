import { useAnswer } from "../app/use-answer.tsx";
import { Card } from "../kit/card.tsx";
import { count } from "../kit/format.ts";
import { Table } from "../kit/table.tsx";
import { DetPlot } from "./det-plot.tsx";
import { FIGURES } from "./figures.gen.ts";
import { thresholdOf } from "./policy-draft.ts";
import { NAMED, oneIn, percent, wordsOf } from "./threshold-words.ts";

type Point = (typeof FIGURES.points)[number];

/** What was measured, and what a threshold means. */
export function Accuracy() {
  const { asked } = useAnswer("policy", async (client) => await client.readPolicy());
  const now = asked.state === "ready" ? thresholdOf(asked.body.thresholds.match) : null;
  return (
    <div className="two">
      <Card title="What a threshold costs">
        <div className="stack">
          <DetPlot now={now} />
          <p className="faint small">
            Points: the thresholds that were measured; the ring: the one in force. Bars: what 95 of 100 such
            measurements would show.
          </p>
        </div>
      </Card>
      <Card title="In words">
        <div className="stack">
          {now === null ? null : (
            <p>
              In force: <b>{now.toFixed(2)}</b>. {wordsOf(now)}
            </p>
          )}
          <p className="note">
            <b>FMR</b>, the false match rate: how often a stranger is taken for the customer. It is what somebody gains
            who shows their own face for another. <b>FNMR</b>, the false non-match rate: how often the right person is
            refused and has to try again. Moving the threshold trades one for the other.
          </p>
          <p className="note">
            The strangers here look alike on purpose: between people at random, none of the measured pairs matched.
            Measured on {FIGURES.people} people, and {FIGURES.points[0].strangers.people} who look alike: few. Your
            cameras and people differ, so measure with your own pictures (<code>sameface evaluate</code>).
          </p>
        </div>
      </Card>
      <div className="wide">
        <Card title="Measured" flush>
          <Table<Point>
            label="Measured thresholds"
            rows={FIGURES.points}
            keyOf={({ threshold }) => String(threshold)}
            columns={[
              { label: "Threshold", cell: ({ threshold }) => `${nameOf(threshold)} ${threshold.toFixed(2)}` },
              { label: "FMR", end: true, cell: ({ strangers }) => percent(strangers.fmr) },
              { label: "Strangers who match", end: true, cell: ({ strangers }) => oneIn(strangers.fmr) },
              { label: "FNMR", end: true, cell: ({ same }) => percent(same.fnmr) },
              { label: "Right people refused", end: true, cell: ({ same }) => oneIn(same.fnmr) },
              {
                label: "Pairs",
                end: true,
                cell: ({ strangers, same }) => `${count(strangers.pairs)} and ${count(same.pairs)}`,
              },
            ]}
          />
        </Card>
      </div>
    </div>
  );
}

function nameOf(threshold: number): string {
  return Object.entries(NAMED).find(([, value]) => value === threshold)?.[0] ?? "";
}

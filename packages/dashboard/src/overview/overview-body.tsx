import type { Schemas } from "@sameface/contract/client";
import { hrefOf } from "../app/routes.ts";
import type { Asked } from "../app/use-answer.tsx";
import { Badge } from "../kit/badge.tsx";
import { BarChart } from "../kit/bar-chart.tsx";
import { Card } from "../kit/card.tsx";
import { clockTime, count, milliseconds, share } from "../kit/format.ts";
import { Banner, Empty } from "../kit/states.tsx";
import { Time } from "../kit/time.tsx";
import { DELIVERY_STATES, OUTCOMES } from "../kit/tones.ts";
import { EndpointHealth } from "./endpoint-health.tsx";
import { type Bar, barsOf, countedOf, figuresOf, STACK } from "./figures.ts";

type Overview = Schemas["Overview"];

/** The overview, once it is there. */
export function OverviewBody({
  overview,
  span,
  endpoints,
}: {
  readonly overview: Overview;
  readonly span: { readonly fromMs: number; readonly toMs: number };
  readonly endpoints: Asked<Schemas["EndpointsPage"]>;
}) {
  const { silence } = overview;
  return (
    <>
      {silence?.told === true ? (
        <Banner tone="bad">
          <b>
            Nothing has happened since <Time at={silence.lastEventAt} />
          </b>
          : longer than is usual here. Is whoever sends pictures still there?
        </Banner>
      ) : null}
      <FigureRow overview={overview} span={span} />
      <Card title="Authentications by outcome">
        <OutcomeChart bars={barsOf(overview.hours, span)} />
      </Card>
      <div className="beside">
        <Card title="Deliveries now" flush>
          <StateList overview={overview} />
        </Card>
        <Card title="Endpoints" flush>
          <EndpointHealth overview={overview} endpoints={endpoints} />
        </Card>
      </div>
    </>
  );
}

function FigureRow({
  overview,
  span,
}: {
  readonly overview: Overview;
  readonly span: { readonly fromMs: number; readonly toMs: number };
}) {
  const { attempts, passed, spoofs, delivered, deliveryAttempts, died } = figuresOf(overview.hours);
  const { times } = overview;
  const listOf = (outcome?: string): string => hrefOf("authentications", null, { outcome, ...spanQuery(span) });
  return (
    <div className="figures">
      <Figure href={listOf()} label="Authentications" value={count(attempts)} hint="decided" />
      <Figure
        href={listOf("passed")}
        label="Pass rate"
        value={share(passed, attempts)}
        hint={`${count(passed)} passed`}
      />
      <Figure
        href={listOf("spoof")}
        label="Spoof share"
        value={share(spoofs, attempts)}
        hint={spoofs === 1 ? "1 spoof" : `${count(spoofs)} spoofs`}
      />
      <Figure
        href={listOf()}
        label="Time, 95th percentile"
        value={times === null ? "–" : milliseconds(times.p95Ms)}
        hint={times === null ? "nothing measured" : `of the last ${count(times.count)}`}
      />
      <Figure
        href={hrefOf("deliveries", null, { status: "delivered" })}
        label="Delivered"
        value={count(delivered)}
        hint={`in ${count(deliveryAttempts)} attempts`}
      />
      <Figure
        href={hrefOf("deliveries", null, { status: "dead" })}
        label="Given up"
        value={count(died)}
        hint="dead, can be replayed"
        bad={died > 0}
      />
    </div>
  );
}

function Figure({
  href,
  label,
  value,
  hint,
  bad = false,
}: {
  readonly href: string;
  readonly label: string;
  readonly value: string;
  readonly hint: string;
  readonly bad?: boolean;
}) {
  return (
    <a className="card figure" href={href}>
      <span className="label">{label}</span>
      <span className={bad ? "value bad" : "value"}>{value}</span>
      <span className="hint">{hint}</span>
    </a>
  );
}

const SERIES = STACK.map((outcome) => ({
  name: outcome,
  label: OUTCOMES[outcome].label,
  color: `var(--c-${outcome})`,
  valueOf: (bar: Bar) => bar.counts[outcome],
}));

function OutcomeChart({ bars }: { readonly bars: readonly Bar[] }) {
  if (bars.every((bar) => bar.total === 0)) {
    return (
      <Empty icon="authentications" title="No authentication in this span">
        Choose a longer one, or send a picture: <code>POST /v1/authentications</code>.
      </Empty>
    );
  }
  const days = bars.length > 0 && (bars[0]?.toMs ?? 0) - (bars[0]?.fromMs ?? 0) > 7_200_000;
  return (
    <BarChart
      label="Authentications by outcome"
      data={bars}
      series={SERIES}
      keyOf={(bar) => String(bar.fromMs)}
      tickOf={(key) => (days ? clockTime(Number(key)).slice(5, 16) : clockTime(Number(key)).slice(11, 16))}
      hrefOf={(bar) => hrefOf("authentications", null, spanQuery(bar))}
    />
  );
}

function StateList({ overview }: { readonly overview: Overview }) {
  const { waiting, mostCounted } = overview;
  return (
    <ul className="states">
      {(["pending", "inFlight", "failing", "held", "dead"] as const).map((status) => (
        <li key={status}>
          <a href={hrefOf("deliveries", null, { status })}>
            <Badge tone={waiting[status] === 0 ? "mute" : DELIVERY_STATES[status].tone}>
              {DELIVERY_STATES[status].label}
            </Badge>
            <span className="value">{countedOf(waiting[status], mostCounted)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function spanQuery({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

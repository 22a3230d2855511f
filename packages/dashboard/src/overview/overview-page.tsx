import { useMemo } from "react";
import { hrefOf, type Place } from "../app/routes.ts";
import { useSession } from "../app/session.tsx";
import { useAnswer } from "../app/use-answer.tsx";
import { useLive } from "../app/use-live.tsx";
import { PageHead } from "../kit/page-head.tsx";
import { Banner, Failed, Loading } from "../kit/states.tsx";
import { useNow } from "../kit/use-now.tsx";
import "./overview.css";
import { OverviewBody } from "./overview-body.tsx";
import { RANGES, type RangeName, rangeNamed, spanOf } from "./ranges.ts";

/** What a person looks at first: how it goes, and whether anything needs them. */
export function OverviewPage({ place }: { readonly place: Place }) {
  const range = rangeNamed(place.query["range"]);
  const nowMs = useNow();
  const { fromMs, toMs } = spanOf(range, nowMs);
  const span = useMemo(() => ({ fromMs, toMs }), [fromMs, toMs]);
  const { asked, reload } = useAnswer(`overview ${fromMs} ${toMs}`, async (client, signal) => {
    const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
    return await client.readOverview({ from, to }, { signal });
  });
  const endpoints = useAnswer(
    "endpoints",
    async (client, signal) => await client.listEndpoints({ limit: "100" }, { signal }),
  );
  useLive(() => {
    reload();
    endpoints.reload();
  });
  const { notices } = useSession().session.server;
  return (
    <>
      <PageHead title="Overview" actions={<RangePicker chosen={range} />}>
        Every figure leads to its list. Updates by itself.
      </PageHead>
      <div className="stack">
        {notices.length === 0 ? null : (
          <Banner>
            <ul className="small">
              {notices.map((notice) => (
                <li key={notice} className="verbatim">
                  {notice}
                </li>
              ))}
            </ul>
          </Banner>
        )}
        {asked.state === "loading" ? <Loading /> : null}
        {asked.state === "failed" ? <Failed failure={asked.failure} onRetry={reload} /> : null}
        {asked.state === "ready" ? (
          <OverviewBody overview={asked.body} span={span} endpoints={endpoints.asked} />
        ) : null}
      </div>
    </>
  );
}

function RangePicker({ chosen }: { readonly chosen: RangeName }) {
  return (
    <nav className="pick" aria-label="Span of time">
      {Object.entries(RANGES).map(([name, { label }]) => (
        <a key={name} href={hrefOf("overview", null, { range: name })} aria-current={name === chosen}>
          {label}
        </a>
      ))}
    </nav>
  );
}

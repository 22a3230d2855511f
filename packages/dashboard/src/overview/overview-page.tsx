import type { Place } from "../app/routes.ts";
import { PageHead } from "../kit/page-head.tsx";
import { Empty } from "../kit/states.tsx";

/** The page of overview. */
export function OverviewPage({ place }: { readonly place: Place }) {
  return (
    <>
      <PageHead title="Overview" />
      <div className="card">
        <Empty icon="overview" title="Nothing here yet">
          {place.page} comes with the next change.
        </Empty>
      </div>
    </>
  );
}

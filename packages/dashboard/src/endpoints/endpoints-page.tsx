import type { Place } from "../app/routes.ts";
import { PageHead } from "../kit/page-head.tsx";
import { Empty } from "../kit/states.tsx";

/** The page of endpoints. */
export function EndpointsPage({ place }: { readonly place: Place }) {
  return (
    <>
      <PageHead title="Endpoints" />
      <div className="card">
        <Empty icon="endpoints" title="Nothing here yet">
          {place.page} comes with the next change.
        </Empty>
      </div>
    </>
  );
}

import type { Place } from "../app/routes.ts";
import { PageHead } from "../kit/page-head.tsx";
import { Empty } from "../kit/states.tsx";

/** The page of authentications. */
export function AuthenticationsPage({ place }: { readonly place: Place }) {
  return (
    <>
      <PageHead title="Authentications" />
      <div className="card">
        <Empty icon="authentications" title="Nothing here yet">
          {place.page} comes with the next change.
        </Empty>
      </div>
    </>
  );
}

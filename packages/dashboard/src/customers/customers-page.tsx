import type { Place } from "../app/routes.ts";
import { PageHead } from "../kit/page-head.tsx";
import { Empty } from "../kit/states.tsx";

/** The page of customers. */
export function CustomersPage({ place }: { readonly place: Place }) {
  return (
    <>
      <PageHead title="Customers" />
      <div className="card">
        <Empty icon="customers" title="Nothing here yet">
          {place.page} comes with the next change.
        </Empty>
      </div>
    </>
  );
}

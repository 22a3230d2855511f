import type { Place } from "../app/routes.ts";
import { PageHead } from "../kit/page-head.tsx";
import { Empty } from "../kit/states.tsx";

/** The page of settings. */
export function SettingsPage({ place }: { readonly place: Place }) {
  return (
    <>
      <PageHead title="Settings" />
      <div className="card">
        <Empty icon="settings" title="Nothing here yet">
          {place.page} comes with the next change.
        </Empty>
      </div>
    </>
  );
}

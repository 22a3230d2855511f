import type { ReactNode } from "react";
import { hrefOf, type Place } from "../app/routes.ts";
import { PageHead } from "../kit/page-head.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { Accuracy } from "./accuracy.tsx";
import { Audit } from "./audit.tsx";
import { Keys } from "./keys.tsx";
import { Notices } from "./notices.tsx";
import { PolicyPart } from "./policy-part.tsx";
import { ServerPart } from "./server-part.tsx";
import { Streams } from "./streams.tsx";
import { Tenants } from "./tenants.tsx";
import "./settings.css";

const PARTS: Readonly<Record<string, { readonly label: string; readonly draw: () => ReactNode }>> = {
  policy: { label: "Policy", draw: () => <PolicyPart /> },
  accuracy: { label: "Accuracy", draw: () => <Accuracy /> },
  keys: { label: "Keys", draw: () => <Keys /> },
  audit: { label: "Audit", draw: () => <Audit /> },
  notices: { label: "Operator events", draw: () => <Notices /> },
  streams: { label: "Streams", draw: () => <Streams /> },
  tenants: { label: "Tenants", draw: () => <Tenants /> },
  server: { label: "Server", draw: () => <ServerPart /> },
};

/** The page of settings, in parts. */
export function SettingsPage({ place }: { readonly place: Place }) {
  const name = place.rest !== null && Object.hasOwn(PARTS, place.rest) ? place.rest : "policy";
  return (
    <>
      <PageHead title="Settings" />
      <Tabs
        label="Parts of the settings"
        now={name}
        tabs={Object.entries(PARTS).map(([part, { label }]) => ({
          name: part,
          label,
          href: hrefOf("settings", part === "policy" ? null : part),
        }))}
      />
      {PARTS[name]?.draw()}
    </>
  );
}

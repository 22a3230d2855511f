import type { ReactNode } from "react";
import { AuthenticationsPage } from "../authentications/authentications-page.tsx";
import { CustomersPage } from "../customers/customers-page.tsx";
import { DeliveriesPage } from "../deliveries/deliveries-page.tsx";
import { EndpointsPage } from "../endpoints/endpoints-page.tsx";
import { Button } from "../kit/button.tsx";
import { Icon } from "../kit/icon.tsx";
import { OverviewPage } from "../overview/overview-page.tsx";
import { SettingsPage } from "../settings/settings-page.tsx";
import icon from "./icon.svg";
import { hrefOf, PAGES, type PageName, type Place } from "./routes.ts";
import { useSession } from "./session.tsx";
import { ThemeButton } from "./theme.tsx";
import { attempt } from "./use-answer.tsx";
import { usePlace } from "./use-place.tsx";

const BODIES: Readonly<Record<PageName, (props: { readonly place: Place }) => ReactNode>> = {
  overview: OverviewPage,
  authentications: AuthenticationsPage,
  deliveries: DeliveriesPage,
  endpoints: EndpointsPage,
  customers: CustomersPage,
  settings: SettingsPage,
};

/** The frame of every page: menu, who is signed in, the page. */
export function Shell() {
  const place = usePlace();
  const Page = BODIES[place.page];
  return (
    <div className="shell">
      <button
        type="button"
        className="button skip"
        onClick={() => {
          document.querySelector<HTMLElement>("main h1")?.focus();
        }}
      >
        Skip to the page
      </button>
      <header className="side">
        <a className="brand" href={hrefOf("overview")}>
          <img src={icon} alt="" width={26} height={26} />
          sameface
        </a>
        <Menu page={place.page} />
        <Who />
      </header>
      <main className="main">
        {/* Another thing of the same page starts anew: nothing of the one before is shown under its name. */}
        <Page key={`${place.page}/${place.rest ?? ""}`} place={place} />
      </main>
    </div>
  );
}

function Menu({ page }: { readonly page: PageName }) {
  return (
    <nav className="nav" aria-label="Pages">
      {Object.entries(PAGES).map(([name, { label, icon: drawn }]) => (
        <a key={name} href={hrefOf(name as PageName)} aria-current={name === page ? "page" : undefined}>
          <Icon name={drawn} />
          {label}
        </a>
      ))}
    </nav>
  );
}

function Who() {
  const { session, client, onEnd } = useSession();
  const leave = (): void => {
    // Over in this browser, whatever the server says.
    void attempt(async () => await client.signOut()).then(onEnd);
  };
  return (
    <div className="who">
      <div className="name small">
        <div className="wrap">{session.keyName}</div>
        <div className="faint">
          {session.role} of <span className="wrap">{session.tenantId}</span>
        </div>
      </div>
      <div className="row">
        <ThemeButton />
        <Button small kind="quiet" icon="signOut" onPress={leave}>
          Sign out
        </Button>
      </div>
    </div>
  );
}

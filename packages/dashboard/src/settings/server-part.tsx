import { hrefOf } from "../app/routes.ts";
import { useSession } from "../app/session.tsx";
import { Card, Facts } from "../kit/card.tsx";
import { Banner } from "../kit/states.tsx";
import { ClockTime } from "../kit/time.tsx";
import { OwnQuotas } from "./quotas.tsx";

/** What the server's own settings come to; they are changed where the server is started. */
export function ServerPart() {
  const { session } = useSession();
  const { server, tenantId, keyName, role, expiresAt, freshUntil } = session;
  return (
    <div className="two">
      <Kept days={server.retentionDays} />
      <Card title="This session">
        <Facts
          items={[
            [
              "Key",
              <span key="k" className="verbatim">
                {keyName}
              </span>,
            ],
            ["Role", role],
            [
              "Tenant",
              <span key="t" className="verbatim">
                {tenantId}
              </span>,
            ],
            ["Secrets without a new sign-in until", <ClockTime key="f" at={freshUntil} />],
            ["Ends", <ClockTime key="e" at={expiresAt} />],
            ["Version", server.version],
          ]}
        />
      </Card>
      <OwnQuotas />
      <div className="wide">
        <Card title="What the operator of the server should know">
          {server.notices.length === 0 ? (
            <p className="note">Nothing: no network is opened, and nothing is set that weakens it.</p>
          ) : (
            <div className="stack">
              {server.notices.map((notice) => (
                <Banner key={notice} tone="warn">
                  <span className="verbatim">{notice}</span>
                </Banner>
              ))}
            </div>
          )}
        </Card>
      </div>
    </div>
  );
}

function Kept({ days }: { readonly days: number }) {
  return (
    <Card title="What is kept, and how long">
      <div className="stack">
        <p>
          <b className="number">{days} days</b>
        </p>
        <p className="note">
          Events, their deliveries and attempts, authentications and answers to repeated requests are deleted after
          that, but what still waits to be delivered. Customers and the audit stay. Set by{" "}
          <code className="wrap">SAMEFACE_RETENTION_DAYS</code>.
        </p>
        <p className="note">
          Pictures of attempts are stored only where the <a href={hrefOf("settings")}>policy</a> says for how many days.
        </p>
      </div>
    </Card>
  );
}

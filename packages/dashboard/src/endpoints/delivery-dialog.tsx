import type { Schemas } from "@sameface/contract/client";
import { useAnswer } from "../app/use-answer.tsx";
import { Badge } from "../kit/badge.tsx";
import { Facts } from "../kit/card.tsx";
import { Code } from "../kit/code.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { milliseconds } from "../kit/format.ts";
import { Failed, Loading } from "../kit/states.tsx";
import { ClockTime } from "../kit/time.tsx";
import { DELIVERY_STATES } from "../kit/tones.ts";

/** One delivery with its attempts and what was answered. */
export function DeliveryDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { asked, reload } = useAnswer(`delivery ${id}`, async (client) => await client.readDelivery({ id }));
  return (
    <Dialog title="Delivery" wide onClose={onClose}>
      {asked.state === "loading" ? <Loading /> : null}
      {asked.state === "failed" ? <Failed failure={asked.failure} onRetry={reload} /> : null}
      {asked.state === "ready" ? <Body delivery={asked.body} /> : null}
    </Dialog>
  );
}

function Body({ delivery }: { readonly delivery: Schemas["DeliveryDetail"] }) {
  const { status, reason, eventId, nextAttemptAt, createdAt, attemptLog } = delivery;
  const { tone, label } = DELIVERY_STATES[status];
  return (
    <div className="stack">
      <Facts
        items={[
          [
            "State",
            <Badge key="s" tone={tone}>
              {label}
            </Badge>,
          ],
          ...(reason === null
            ? []
            : [
                [
                  "Reason",
                  <span key="r" className="verbatim">
                    {reason}
                  </span>,
                ] as const,
              ]),
          ["Event", <code key="e">{eventId}</code>],
          ["Made", <ClockTime key="c" at={createdAt} />],
          ...(nextAttemptAt === null ? [] : [["Next attempt", <ClockTime key="n" at={nextAttemptAt} />] as const]),
        ]}
      />
      <Attempts attempts={attemptLog} />
    </div>
  );
}

/** Attempts, the newest first, each with the reply as text. */
export function Attempts({ attempts }: { readonly attempts: readonly Schemas["DeliveryAttemptView"][] }) {
  if (attempts.length === 0) return <p className="note small">Nothing was sent yet.</p>;
  return (
    <ol className="stack tight" aria-label="Attempts">
      {attempts.toReversed().map(({ number, startedAt, durationMs, result, reason, httpStatus, reply }) => (
        <li key={number} className="stack tight">
          <div className="row">
            <Badge tone={result === "delivered" ? "good" : "bad"}>{result}</Badge>
            <b>{httpStatus ?? reason ?? ""}</b>
            <span className="faint small">
              attempt {number}, <ClockTime at={startedAt} />, {milliseconds(durationMs)}
            </span>
          </div>
          {reply === null || reply.body === "" ? null : <Code text={reply.body} label={`reply to attempt ${number}`} />}
        </li>
      ))}
    </ol>
  );
}

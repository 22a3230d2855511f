import type { Schemas } from "@sameface/contract/client";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icons.ts";

/** What a call was answered where it was not done; `null`: the server was not reached. */
export type Failure = Pick<Schemas["Problem"], "title" | "detail" | "code" | "requestId"> | null;

/** Something comes: lines in its place, and a word for who hears rather than sees. */
export function Loading({ lines = 6 }: { readonly lines?: number }) {
  return (
    <div className="skeleton" role="status">
      <b className="hidden">Loading</b>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}

/** There is nothing, and why, and what to do about it. */
export function Empty({
  icon,
  title,
  children,
  action,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="state">
      <Icon name={icon} />
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}

/** It did not work: in the server's own words, with the id that leads to the log. */
export function Failed({ failure, onRetry }: { readonly failure: Failure; readonly onRetry?: () => void }) {
  return (
    <div className="state" role="alert">
      <Icon name="alert" />
      <h2>{failure?.title ?? "The server can't be reached"}</h2>
      <p className="verbatim">{failure?.detail ?? "It may be restarting, or the network is gone."}</p>
      {failure === null ? null : <p className="faint small mono">{failure.requestId}</p>}
      {onRetry === undefined ? null : (
        <Button icon="refresh" onPress={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** A line that a reader should not miss. */
export function Banner({
  tone = "info",
  children,
}: {
  readonly tone?: "info" | "warn" | "bad";
  readonly children: ReactNode;
}) {
  return (
    <div className={`banner ${tone}`}>
      <Icon name={tone === "info" ? "info" : "alert"} />
      <div className="grow">{children}</div>
    </div>
  );
}

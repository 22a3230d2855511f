import { useEffect, useRef } from "react";

/** Parts of one page, each with an address of its own. */
export function Tabs({
  label,
  tabs,
  now,
}: {
  readonly label: string;
  readonly tabs: readonly { readonly name: string; readonly label: string; readonly href: string }[];
  readonly now: string;
}) {
  const current = useRef<HTMLAnchorElement>(null);
  // On a phone the row is wider than the screen: where the reader is must be seen.
  useEffect(() => {
    current.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [now]);
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a
          key={tab.name}
          ref={tab.name === now ? current : null}
          href={tab.href}
          aria-current={tab.name === now ? "page" : undefined}
        >
          {tab.label}
        </a>
      ))}
    </nav>
  );
}

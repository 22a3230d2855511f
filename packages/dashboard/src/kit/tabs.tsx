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
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.name} href={tab.href} aria-current={tab.name === now ? "page" : undefined}>
          {tab.label}
        </a>
      ))}
    </nav>
  );
}

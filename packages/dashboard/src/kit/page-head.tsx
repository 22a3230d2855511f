import { type ReactNode, useEffect, useRef } from "react";

/** Title, one sentence, what can be done. Gets the focus when the page is opened, so that it is read first. */
export function PageHead({
  title,
  children,
  actions,
  back,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** The list that this page is of. */
  readonly back?: { readonly href: string; readonly label: string };
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · sameface`;
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [title]);
  return (
    <div className="page-head">
      <div>
        {back === undefined ? null : <a href={back.href}>{back.label}</a>}
        <h1 ref={heading} tabIndex={-1} className="wrap">
          {title}
        </h1>
        {children === undefined ? null : <p>{children}</p>}
      </div>
      {actions === undefined ? null : <div className="row">{actions}</div>}
    </div>
  );
}

import { type ReactNode, useId } from 'react';

/** A part of a page under its own heading; `extra` stands at the heading's right. */
export function Panel(props: {
  title: string;
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
  id?: string;
}): ReactNode {
  const heading = useId();
  return (
    <section className={`panel ${props.className ?? ''}`} aria-labelledby={heading} id={props.id}>
      <header className="panel-head">
        <h2 id={heading}>{props.title}</h2>
        {props.extra}
      </header>
      {props.children}
    </section>
  );
}

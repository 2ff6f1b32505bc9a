import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CategoryKey } from '../../features/archive/contract.ts';
import { pathOf } from './categories.ts';

/** A link to a record's file. */
export function FileLink(props: {
  category: CategoryKey;
  id: string;
  children: ReactNode;
  className?: string;
}): ReactNode {
  return (
    <Link
      to={`${pathOf[props.category]}/$id`}
      params={{ id: props.id }}
      className={props.className}
    >
      {props.children}
    </Link>
  );
}

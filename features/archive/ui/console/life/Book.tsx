import type { ReactNode } from 'react';
import { BookPage } from '../../../../area/ui/console/BookPage.tsx';
import { BookPast } from './BookPast.tsx';

/** 一村一册 with the population on a past day. */
export function Book(): ReactNode {
  return <BookPage more={(code) => <BookPast code={code} />} />;
}

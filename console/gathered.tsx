import { lazy, type ReactNode, Suspense } from 'react';

const Lineage = lazy(() => import('../features/gather/ui/console/review/Lineage.tsx'));

/** Of a value that a department's file brought: file, row, and how the row was linked. Any page may show it. */
export function Gathered(props: { record: string; batch: number; row: number }): ReactNode {
  return (
    <Suspense>
      <Lineage {...props} />
    </Suspense>
  );
}

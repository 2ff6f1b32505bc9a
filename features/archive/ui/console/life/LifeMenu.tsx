import { Button, Dropdown } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useText } from '../../../../../console/language.tsx';
import type { EventKind } from '../../../life/contract.ts';
import type { Household } from '../types.ts';
import { asks } from './form.ts';

const LifeDrawer = lazy(() => import('./LifeDrawer.tsx'));

/** The acts of life of a household, in one menu. */
export function LifeMenu({ household }: { household: Household }): ReactNode {
  const text = useText();
  const [kind, setKind] = useState<EventKind | null>(null);
  const empty = household.members.length === 0;
  const without = ['birth', 'move_in', 'change_grid'];
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: (Object.keys(asks) as EventKind[]).map((key) => ({
            key,
            label: text.life.acts[key],
            disabled: empty && !without.includes(key),
          })),
          onClick: ({ key }) => setKind(key as EventKind),
        }}
      >
        <Button aria-haspopup="menu">
          {text.life.menu}
          <span aria-hidden="true">▾</span>
        </Button>
      </Dropdown>
      <Suspense>
        {kind && <LifeDrawer kind={kind} household={household} close={() => setKind(null)} />}
      </Suspense>
    </>
  );
}

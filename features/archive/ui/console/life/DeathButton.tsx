import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { Household, Resident } from '../types.ts';
import type { Home } from './form.ts';

const LifeDrawer = lazy(() => import('./LifeDrawer.tsx'));

/** 登记死亡 from the person's own file: a day of death is stated by the act alone. */
export function DeathButton({ file }: { file: Resident }): ReactNode {
  const { life: text } = useText();
  const words = useProblemText();
  const [open, setOpen] = useState(false);
  const id = file.households[0]?.id;
  const { data, error } = useQuery({
    queryKey: ['file', 'household', id, null],
    queryFn: ({ signal }) => api.get<Household>(`/households/${id}`, {}, signal),
    enabled: open && id !== undefined,
    // Every opening is recorded: the same view isn't fetched again for nothing.
    staleTime: 120_000,
  });
  if (!file.abilities.edit || file.left) return null;
  const lives = data?.members.some(({ resident }) => resident === file.id);
  const home = id === undefined || lives === false ? alone(file) : data;
  return (
    <>
      <Button
        onClick={() => {
          if (error) say(words(error));
          setOpen(true);
        }}
      >
        {text.acts.death}
      </Button>
      <Suspense>
        {open && home && (
          <LifeDrawer
            kind="death"
            household={home}
            people={[file.id]}
            close={() => setOpen(false)}
          />
        )}
      </Suspense>
    </>
  );
}

/** Somebody who lives in no household. */
const alone = (file: Resident): Home => ({
  id: '',
  address: null,
  area: file.area,
  housing: [],
  members: [
    {
      resident: file.id,
      name: file.name,
      sex: file.sex,
      birth: file.birth,
      age: file.age,
      relation: null,
      registered: false,
      since: null,
      residenceKind: file.residenceKind,
      idMask: file.idMask,
      phoneMask: file.phoneMask,
      tags: file.tags,
      completeness: file.completeness,
    },
  ],
});

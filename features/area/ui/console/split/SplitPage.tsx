import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { ApiError, api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { NotFound, PageError } from '../../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../../console/page.ts';
import { useArea } from '../../../../../console/parts/AreaPicker.tsx';
import { Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { useSession } from '../../../../../console/session.tsx';
import type { Building } from '../../../buildings/contract.ts';
import type { AreaShape } from '../../../shapes/contract.ts';
import { useBuildings } from '../buildings/data.ts';
import type { Draft } from '../map/draft.ts';
import { Chooser } from './Chooser.tsx';
import type { Going, PlacedHousehold, Target } from './choose.ts';
import { HouseholdTable } from './HouseholdTable.tsx';
import { Result } from './Result.tsx';
import { SplitMap } from './SplitMap.tsx';
import { Targets } from './Targets.tsx';
import '../map/map.css';
import './split.css';

/** 拆分网格: which households of a grid go to which other grid, with the figures before it is done. */
export function SplitPage(): ReactNode {
  const text = useText().split;
  const { abilities } = useSession();
  const code = useParams({ strict: false }).code ?? '';
  const area = useArea(code);
  const buildings = useBuildings(code);
  const village = code.slice(0, 12);
  const households = useQuery({
    queryKey: ['placed', code],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: PlacedHousehold[] }>('/households/placed', { area: code }, signal))
        .items,
  });
  const shapes = useQuery({
    queryKey: ['shapes', village],
    queryFn: ({ signal }) =>
      api.get<{ items: AreaShape[]; tiles: string | null }>(
        '/areas/shapes',
        { area: village },
        signal,
      ),
  });
  usePage(text.title, area?.path ?? null);
  const { error } = households;
  if (error instanceof ApiError && [400, 404].includes(error.status)) return <NotFound />;
  if (error) return <PageError error={error} reset={() => void households.refetch()} />;
  if (!households.data || !shapes.data || !area || !buildings.data) return <Loading rows={10} />;
  if (!abilities.changeAreas) return <Nothing>{text.noneAllowed}</Nothing>;
  return (
    <SplitOf
      key={code}
      code={code}
      name={area.name}
      households={households.data}
      buildings={buildings.data}
      areas={shapes.data.items}
      tiles={shapes.data.tiles}
    />
  );
}

const firstTarget: Target = { key: '1', name: '', to: undefined };

function SplitOf(props: {
  code: string;
  name: string;
  households: PlacedHousehold[];
  buildings: Building[];
  areas: AreaShape[];
  tiles: string | null;
}): ReactNode {
  const { code, name, households, buildings, areas, tiles } = props;
  const text = useText().split;
  const [targets, setTargets] = useState<Target[]>([firstTarget]);
  const [active, setActive] = useState(firstTarget.key);
  const [going, setGoing] = useState<Going>(new Map());
  const [draft, setDraft] = useState<Draft | null>(null);
  const titled = useMemo(
    () =>
      targets.map((target, i) => ({ ...target, title: target.name.trim() || text.unnamed(i + 1) })),
    [targets, text],
  );
  const current = titled.find(({ key }) => key === active) ?? titled[0];
  const siblings = areas.filter((one) => one.level === 'grid' && one.code !== code);
  const own = areas.find((one) => one.code === code);
  const change = (next: Target[]): void => {
    setTargets(next);
    const keys = new Set(next.map(({ key }) => key));
    setGoing(new Map([...going].filter(([, key]) => keys.has(key))));
    if (!keys.has(active)) setActive(next[0]?.key ?? '');
  };
  return (
    <div className="page map-page split-page">
      <header className="page-head">
        <h1>{text.titleOf(name)}</h1>
        <p>{text.help}</p>
      </header>
      <div className="map-columns">
        <div className="stack">
          <Targets
            targets={titled}
            siblings={siblings}
            active={current?.key ?? ''}
            setActive={setActive}
            change={change}
          />
          <Chooser
            households={households}
            buildings={buildings}
            going={going}
            setGoing={setGoing}
            target={current}
            draft={draft}
            setDraft={setDraft}
          />
          <HouseholdTable
            households={households}
            going={going}
            setGoing={setGoing}
            targets={titled}
          />
        </div>
        <div className="stack">
          <SplitMap
            name={name}
            own={own}
            households={households}
            going={going}
            targets={titled}
            tiles={tiles}
            draft={draft}
            setDraft={setDraft}
          />
          <Result
            code={code}
            name={name}
            households={households}
            buildings={buildings}
            going={going}
            targets={titled}
          />
        </div>
      </div>
    </div>
  );
}

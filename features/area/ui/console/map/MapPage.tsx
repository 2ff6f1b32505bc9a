import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { ApiError, api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { NotFound, PageError } from '../../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../../console/page.ts';
import { useArea } from '../../../../../console/parts/AreaPicker.tsx';
import { Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { useSession } from '../../../../../console/session.tsx';
import type { AreaShape, Position } from '../../../shapes/contract.ts';
import { ChangeDialog, type ChangeKind } from './ChangeDialog.tsx';
import { Changes } from './Changes.tsx';
import type { Point } from './clusters.ts';
import { type Draft, draftOf } from './draft.ts';
import { EditorPanel } from './EditorPanel.tsx';
import { Frame } from './Frame.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { Points } from './Points.tsx';
import { Shapes } from './Shapes.tsx';
import { type Box, boxAround, ringsOf } from './view.ts';
import './map.css';

/** The county seat of nowhere: shown while nothing is drawn. */
const quzhou: Box = [118.0, 28.2, 119.4, 29.5];

/** 地图: the shapes of an area and what lies in it, drawn and edited, with a list that does the same. */
export function MapPage(): ReactNode {
  const text = useText();
  const { acting, abilities } = useSession();
  const search: { area?: string } = useSearch({ strict: false });
  const code = search.area ?? acting?.area.code ?? '';
  const area = useArea(code);
  const { data, error, refetch } = useQuery({
    queryKey: ['shapes', code],
    queryFn: ({ signal }) =>
      api.get<{ items: AreaShape[]; tiles: string | null }>(
        '/areas/shapes',
        { area: code },
        signal,
      ),
  });
  const near = area !== undefined && ['township', 'village', 'grid'].includes(area.level);
  const points = useQuery({
    queryKey: ['points', code],
    queryFn: ({ signal }) =>
      api.get<{ items: Point[] }>('/households/points', { area: code }, signal),
    enabled: near && abilities.readArchive,
  });
  usePage(text.map.title, area?.path ?? null);
  if (error instanceof ApiError && [400, 404].includes(error.status)) return <NotFound />;
  if (error && !data) return <PageError error={error} reset={() => void refetch()} />;
  if (!data || !area) return <Loading rows={10} />;
  const own = data.items.find((item) => item.code === code);
  if (!own) return <NotFound />;
  const parent = area.path.at(-2);
  return (
    <MapOf
      key={code}
      own={own}
      items={data.items.filter((item) => item.code !== code)}
      points={points.data?.items ?? none}
      tiles={data.tiles}
      up={parent && acting && parent.code.length >= acting.area.code.length ? parent : null}
      mayChange={abilities.changeAreas}
    />
  );
}

const none: Point[] = [];

interface Editing {
  area: AreaShape;
  draft: Draft;
}

function MapOf(props: {
  own: AreaShape;
  items: AreaShape[];
  points: Point[];
  tiles: string | null;
  up: { code: string; name: string } | null;
  mayChange: boolean;
}): ReactNode {
  const { own, items, points, tiles, up, mayChange } = props;
  const text = useText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [faults, setFaults] = useState<Position[]>([]);
  const [dialog, setDialog] = useState<'import' | ChangeKind | null>(null);
  const area = items.find((item) => item.code === chosen) ?? own;
  const box = useMemo(() => {
    const all = [own, ...items].flatMap(({ shape }) => (shape ? ringsOf(shape).flat() : []));
    return boxAround(all.length > 0 ? all : points.map(({ at }) => at)) ?? quzhou;
  }, [own, items, points]);
  const drawn = [own, ...items].some(({ shape }) => shape);
  const end = () => {
    setEditing(null);
    setFaults([]);
  };
  const edit = () => {
    const draft = draftOf(area.shape);
    if (draft) setEditing({ area, draft });
  };
  const setDraft = (draft: Draft) => setEditing((now) => now && { ...now, draft });
  return (
    <div className="page map-page">
      <header className="page-head row">
        <div>
          <h1>{text.map.title}</h1>
          <p>{drawn ? text.map.help : text.map.noShapes}</p>
          {points.length > 0 && (
            <p>
              <Link to="/households" search={{ area: own.code }}>
                {text.map.households(points.length)}
              </Link>
            </p>
          )}
        </div>
        <div className="map-acts">
          {up && (
            <Button onClick={() => void navigate({ to: '/map', search: { area: up.code } })}>
              {text.map.up(up.name)}
            </Button>
          )}
          {mayChange && <Button onClick={() => setDialog('import')}>{text.map.importFile}</Button>}
        </div>
      </header>
      <div className="map-columns">
        <Frame box={box} tiles={tiles} label={text.map.drawing(own.name)}>
          {(view) => (
            <>
              <Shapes
                view={view}
                own={own}
                items={items}
                chosen={area.code}
                choose={editing ? null : setChosen}
                editing={editing}
                setDraft={setDraft}
                faults={faults}
              />
              {!editing && <Points view={view} points={points} />}
            </>
          )}
        </Frame>
        <div className="stack">
          {editing ? (
            <EditorPanel
              area={editing.area}
              draft={editing.draft}
              setDraft={setDraft}
              setFaults={setFaults}
              end={end}
              saved={() => {
                end();
                void client.invalidateQueries({ queryKey: ['shapes'] });
              }}
            />
          ) : (
            <Chosen area={area} own={own} mayChange={mayChange} edit={edit} open={setDialog} />
          )}
          <Panel title={text.map.list(text.levels[items[0]?.level ?? 'grid'])}>
            {items.length === 0 && <Nothing>{text.map.none}</Nothing>}
            <ul className="map-list">
              {items.map((item) => (
                <li key={item.code}>
                  <button
                    type="button"
                    aria-pressed={item.code === chosen}
                    disabled={editing !== null}
                    onClick={() => setChosen(item.code === chosen ? null : item.code)}
                  >
                    <b>{item.name}</b>
                    <span>
                      {item.shape
                        ? text.map.people(item.households, item.residents)
                        : text.map.noShape}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </Panel>
          <Changes area={own.code} mayChange={mayChange} />
        </div>
      </div>
      {dialog === 'import' && (
        <ImportDialog
          close={() => setDialog(null)}
          done={() => void client.invalidateQueries({ queryKey: ['shapes'] })}
        />
      )}
      {dialog !== null && dialog !== 'import' && (
        <ChangeDialog kind={dialog} area={area} close={() => setDialog(null)} />
      )}
    </div>
  );
}

function Chosen(props: {
  area: AreaShape;
  own: AreaShape;
  mayChange: boolean;
  edit: () => void;
  open: (dialog: ChangeKind) => void;
}): ReactNode {
  const { area, own, mayChange, edit, open } = props;
  const text = useText();
  const { acting, abilities } = useSession();
  // A village's and a township's officials change grids; what stands above them the system administrator.
  const mine = mayChange && (area.level === 'grid' || abilities.manageSystem);
  const level = ['township', 'village', 'grid'].includes(area.level);
  const byFile = area.shape !== null && draftOf(area.shape) === null;
  return (
    <Panel title={area.name} extra={<span className="map-code">{area.code}</span>}>
      <p className="map-people">{text.map.people(area.households, area.residents)}</p>
      {byFile && mine && <p className="help">{text.map.byFile}</p>}
      <div className="map-acts">
        {abilities.readArchive && (
          <Link to="/areas/$code" params={{ code: area.code }}>
            {text.map.openBook}
          </Link>
        )}
        {mine && area.level === 'grid' && abilities.readArchive && (
          <Link to="/areas/$code/split" params={{ code: area.code }}>
            {text.split.open}
          </Link>
        )}
        {area.code !== own.code && area.level !== 'grid' && (
          <Link to="/map" search={{ area: area.code }}>
            {text.map.inside}
          </Link>
        )}
        {mine && !byFile && (
          <Button type="primary" onClick={edit}>
            {area.shape ? text.map.edit : text.map.draw}
          </Button>
        )}
        {mayChange && area.level === 'village' && (
          <Button onClick={() => open('add')}>{text.areaChange.add}</Button>
        )}
        {mine && level && area.code !== acting?.area.code && (
          <>
            <Button onClick={() => open('rename')}>{text.areaChange.rename}</Button>
            <Button onClick={() => open('merge')}>{text.areaChange.merge}</Button>
            <Button onClick={() => open('retire')}>{text.areaChange.retire}</Button>
          </>
        )}
      </div>
    </Panel>
  );
}

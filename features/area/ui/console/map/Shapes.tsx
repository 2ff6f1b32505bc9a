import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { useText } from '../../../../../console/language.tsx';
import type { AreaShape, Position } from '../../../shapes/contract.ts';
import { added, changed, type Draft, moved, removed } from './draft.ts';
import { labelPlace, ringsOf, type View } from './view.ts';

const pathOf = (view: View, rings: readonly Position[][]): string =>
  rings
    .map(
      (ring) =>
        `M${ring
          .map((place) =>
            view
              .project(place)
              .map((n) => n.toFixed(1))
              .join(' '),
          )
          .join('L')}Z`,
    )
    .join('');

/** Five steps of the accent by residents, so that a full grid stands out from an empty one. */
function shade(residents: number, most: number): number {
  return most === 0 ? 0 : Math.min(4, Math.floor((residents / most) * 5));
}

/** What is drawn on the ground: the area's outline, those in it, and the outline being edited. */
export function Shapes(props: {
  view: View;
  own: AreaShape;
  items: readonly AreaShape[];
  chosen: string;
  /** Null while an outline is edited: then a click adds a corner. */
  choose: ((code: string) => void) | null;
  editing: { area: AreaShape; draft: Draft } | null;
  setDraft: (draft: Draft) => void;
  faults: readonly Position[];
}): ReactNode {
  const { view, own, items, chosen, choose, editing, setDraft, faults } = props;
  const most = Math.max(0, ...items.map(({ residents }) => residents));
  const shown = items.filter(({ code }) => code !== editing?.area.code);
  return (
    <>
      {own.shape && own.code !== editing?.area.code && (
        <path className="map-own" d={pathOf(view, ringsOf(own.shape))} />
      )}
      {shown.map((item) =>
        item.shape ? (
          // biome-ignore lint/a11y/noStaticElementInteractions: the list beside does the same by keyboard
          <path
            key={item.code}
            className={`map-area shade-${shade(item.residents, most)} ${item.code === chosen ? 'chosen' : ''}`}
            d={pathOf(view, ringsOf(item.shape))}
            onClick={choose ? () => choose(item.code) : undefined}
          />
        ) : null,
      )}
      {shown.map((item) => {
        const place = item.shape && labelPlace(ringsOf(item.shape));
        if (!place) return null;
        const [x, y] = view.project(place);
        return (
          <text key={item.code} className="map-label" x={x} y={y}>
            {item.name}
          </text>
        );
      })}
      {editing && (
        <Editor
          view={view}
          draft={editing.draft}
          setDraft={setDraft}
          corners={[own, ...shown].flatMap(({ shape }) => (shape ? ringsOf(shape).flat() : []))}
        />
      )}
      {faults.map((place) => {
        const [x, y] = view.project(place);
        return <circle key={place.join()} className="map-fault" cx={x} cy={y} r={12} />;
      })}
    </>
  );
}

/** Pixels within which a corner falls onto a neighbour's. */
const snap = 9;

// Before anything else hears of it: the ground would take a press on a corner for a drag of its own.
const hold = (element: SVGElement | null) => {
  if (!element) return;
  for (const kind of ['mousedown', 'touchstart'])
    element.addEventListener(kind, (event) => event.stopPropagation());
};

function Editor(props: {
  view: View;
  draft: Draft;
  setDraft: (draft: Draft) => void;
  corners: readonly Position[];
}): ReactNode {
  const { view, draft, setDraft, corners } = props;
  const text = useText().map;
  const { points } = draft;
  const snapped = (place: Position): Position => {
    const [x, y] = view.project(place);
    const near = corners.find((corner) => {
      const [cx, cy] = view.project(corner);
      return Math.hypot(cx - x, cy - y) < snap;
    });
    return near ?? place;
  };
  const placeOf = (event: {
    currentTarget: Element;
    clientX: number;
    clientY: number;
  }): Position => {
    const frame = (
      event.currentTarget.closest('svg') ?? event.currentTarget
    ).getBoundingClientRect();
    return snapped(view.unproject([event.clientX - frame.left, event.clientY - frame.top]));
  };
  const drag = (at: number) => ({
    onPointerDown(event: PointerEvent<SVGElement>) {
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      setDraft(changed(draft, points));
    },
    onPointerMove(event: PointerEvent<SVGElement>) {
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
      setDraft({ ...draft, points: moved(points, at, placeOf(event)) });
    },
  });
  const key = (at: number) => (event: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [-2, 0],
      ArrowRight: [2, 0],
      ArrowUp: [0, -2],
      ArrowDown: [0, 2],
    };
    const step = steps[event.key];
    const point = points[at];
    if (step && point) {
      event.preventDefault();
      event.stopPropagation();
      const [x, y] = view.project(point);
      setDraft(changed(draft, moved(points, at, view.unproject([x + step[0], y + step[1]]))));
    }
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      setDraft(changed(draft, removed(points, at)));
    }
  };
  const pressed = useRef<[number, number]>([0, 0]);
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the field of corners beside does the same by keyboard */}
      <rect
        className="map-catch"
        width={view.width}
        height={view.height}
        onPointerDown={(event) => {
          pressed.current = [event.clientX, event.clientY];
        }}
        onClick={(event) => {
          const [x, y] = pressed.current;
          // The end of a drag is no click.
          if (Math.hypot(event.clientX - x, event.clientY - y) < 5)
            setDraft(changed(draft, added(points, points.length, placeOf(event))));
        }}
      />
      {points.length > 1 && <path className="map-draft" d={pathOf(view, [[...points]])} />}
      {points.length > 2 &&
        points.map((point, at) => {
          const next = points[(at + 1) % points.length] as Position;
          const [ax, ay] = view.project(point);
          const [bx, by] = view.project(next);
          if (Math.hypot(bx - ax, by - ay) < 40) return null;
          const middle: Position = [(point[0] + next[0]) / 2, (point[1] + next[1]) / 2];
          return (
            // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a drawing
            <circle
              // biome-ignore lint/suspicious/noArrayIndexKey: a place between corners is its number
              key={`after ${at} of ${points.length}`}
              ref={hold}
              className="map-middle"
              role="button"
              tabIndex={-1}
              aria-label={text.addVertex(at + 1)}
              cx={(ax + bx) / 2}
              cy={(ay + by) / 2}
              r={6}
              onClick={(event) => {
                event.stopPropagation();
                setDraft(changed(draft, added(points, at + 1, middle)));
              }}
            />
          );
        })}
      {points.map((point, at) => {
        const [x, y] = view.project(point);
        return (
          // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a drawing
          <circle
            // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its number, also while it is dragged
            key={`corner ${at + 1}`}
            ref={hold}
            className="map-corner"
            role="button"
            tabIndex={0}
            aria-label={text.vertex(at + 1)}
            cx={x}
            cy={y}
            r={8}
            {...drag(at)}
            onKeyDown={key(at)}
            onClick={(event) => event.stopPropagation()}
          />
        );
      })}
    </>
  );
}

import { type ReactNode, useMemo } from 'react';
import { useText } from '../../../../../console/language.tsx';
import type { AreaShape } from '../../../shapes/contract.ts';
import type { Draft } from '../map/draft.ts';
import { Frame } from '../map/Frame.tsx';
import { Shapes } from '../map/Shapes.tsx';
import { type Box, boxAround, ringsOf } from '../map/view.ts';
import type { Going, PlacedHousehold } from './choose.ts';
import type { Titled } from './Targets.tsx';

const somewhere: Box = [118.0, 28.2, 119.4, 29.5];

/** The households of the grid on the map, in the colour of where they go; an outline is drawn over them. */
export function SplitMap(props: {
  name: string;
  own: AreaShape | undefined;
  households: readonly PlacedHousehold[];
  going: Going;
  targets: readonly Titled[];
  tiles: string | null;
  draft: Draft | null;
  setDraft: (draft: Draft) => void;
}): ReactNode {
  const { name, own, households, going, targets, tiles, draft, setDraft } = props;
  const text = useText().split;
  const box = useMemo(() => {
    const outline = own?.shape ? ringsOf(own.shape).flat() : [];
    return (
      boxAround([...outline, ...households.flatMap(({ at }) => (at ? [at] : []))]) ?? somewhere
    );
  }, [own, households]);
  const colours = new Map(targets.map(({ key }, at) => [key, `part-${at % 6}`]));
  return (
    <Frame box={box} tiles={tiles} label={text.mapLabel(name)}>
      {(view) => (
        <>
          {own && (
            <Shapes
              view={view}
              own={own}
              items={[]}
              chosen=""
              choose={null}
              editing={draft && { area: { ...own, code: 'draft' }, draft }}
              setDraft={setDraft}
              faults={[]}
            />
          )}
          <g className="split-points">
            {households.map(({ id, address, at }) => {
              if (!at) return null;
              const [x, y] = view.project(at);
              return (
                <circle
                  key={id}
                  className={colours.get(going.get(id) ?? '') ?? ''}
                  cx={x}
                  cy={y}
                  r={5}
                >
                  <title>{address}</title>
                </circle>
              );
            })}
          </g>
        </>
      )}
    </Frame>
  );
}

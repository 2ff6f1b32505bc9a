import { Alert, Button, Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { AreaShape, Position, ShapeFault, ShapeRow } from '../../../shapes/contract.ts';
import { asText, changed, type Draft, fromText, shapeOf, undone } from './draft.ts';

/** The outline being edited, as text and with its acts: what a mouse does on the map, keys do here. */
export function EditorPanel(props: {
  area: AreaShape;
  draft: Draft;
  setDraft: (draft: Draft) => void;
  setFaults: (places: Position[]) => void;
  end: () => void;
  saved: () => void;
}): ReactNode {
  const { area, draft, setDraft, setFaults, end, saved } = props;
  const text = useText();
  const words = useProblemText();
  const field = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const set = (next: Draft) => {
    setTyped(null);
    setWrong([]);
    setFaults([]);
    setDraft(next);
  };
  const type = (value: string) => {
    setTyped(value);
    const points = fromText(value);
    setWrong(points ? [] : [text.map.pointsWrong]);
    if (points) setDraft(changed(draft, points));
  };
  const show = (faults: Static<typeof ShapeFault>[]) => {
    setWrong(faults.map(({ message }) => message));
    setFaults(faults.flatMap(({ at }) => (at ? [at] : [])));
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    const file = {
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: { code: area.code }, geometry: shapeOf(draft) }],
    };
    try {
      const { rows } = await api.post<{ rows: ShapeRow[] }>('/areas/shapes/check', file);
      const faults = rows.flatMap((row) => row.faults);
      show(faults);
      if (faults.length === 0) {
        await api.put('/areas/shapes', file);
        say(text.map.saved);
        saved();
      }
    } catch (error) {
      setWrong([words(error)]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={`${area.shape ? text.map.edit : text.map.draw} · ${area.name}`}>
      <p className="help">{text.map.drawing1}</p>
      <label htmlFor={field}>{text.map.points}</label>
      <Input.TextArea
        id={field}
        className="map-points"
        value={typed ?? asText(draft)}
        placeholder={text.map.pointsHelp}
        autoSize={{ minRows: 4, maxRows: 10 }}
        onChange={(event) => type(event.target.value)}
        onBlur={() => wrong.length === 0 && setTyped(null)}
      />
      {wrong.length > 0 && (
        <Alert
          className="map-wrong"
          type="error"
          role="alert"
          title={text.map.faults}
          description={
            <ul>
              {wrong.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          }
        />
      )}
      <div className="map-acts">
        <Button
          type="primary"
          loading={busy}
          disabled={draft.points.length < 3 || (typed !== null && !fromText(typed))}
          onClick={() => void save()}
        >
          {text.map.save}
        </Button>
        <Button disabled={draft.before.length === 0} onClick={() => set(undone(draft))}>
          {text.map.undo}
        </Button>
        <Button onClick={end}>{text.map.cancel}</Button>
      </div>
    </Panel>
  );
}

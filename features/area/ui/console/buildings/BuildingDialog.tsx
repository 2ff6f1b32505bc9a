import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, InputNumber, Modal, Radio, Select } from 'antd';
import { type ReactNode, useId, useRef, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { minute } from '../../../../../console/format.ts';
import { newId, newKey } from '../../../../../console/ids.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { Building, BuildingFile, BuildingKind } from '../../../buildings/contract.ts';
import { staleAfterBuilding } from './data.ts';

interface Form {
  kind: BuildingKind;
  name: string;
  parent: string | undefined;
  floors: number | null;
  units: number | null;
  place: string;
  reason: string;
}

const formOf = (building: Building | null): Form => ({
  kind: building?.kind ?? 'building',
  name: building?.name ?? '',
  parent: building?.parent?.id,
  floors: building?.floors ?? null,
  units: building?.units ?? null,
  place: building?.at?.join(',') ?? '',
  reason: '',
});

/** Longitude and latitude as typed; undefined when they are no pair of numbers, null when left empty. */
function placeOf(text: string): [number, number] | null | undefined {
  if (text.trim() === '') return null;
  const [x, y, ...more] = text.split(/[,，\s]+/).map(Number);
  return x && y && more.length === 0 ? [x, y] : undefined;
}

/** Records a building or compound, edits or retires one; below stands what was changed so far. */
export function BuildingDialog(props: {
  area: string;
  building: Building | null;
  compounds: readonly Building[];
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const { building, close } = props;
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const [form, setForm] = useState(() => formOf(building));
  const [id] = useState(newId);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem('');
    try {
      await work();
      for (const kind of staleAfterBuilding) void client.invalidateQueries({ queryKey: [kind] });
      say(text.buildings.saved);
      close();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  const retry = useRef({ sent: '', key: '' });
  const save = (): void => {
    const at = placeOf(form.place);
    const reason = form.reason.trim();
    const lacking =
      (form.name.trim() === '' && text.buildings.needName) ||
      (at === undefined && text.buildings.placeWrong) ||
      (building && reason === '' && text.buildings.reasonNeeded);
    if (lacking) {
      setProblem(lacking);
      return;
    }
    const isBuilding = form.kind === 'building';
    const content = {
      name: form.name.trim(),
      parent: isBuilding ? (form.parent ?? null) : null,
      floors: isBuilding ? form.floors : null,
      units: isBuilding ? form.units : null,
      at,
      ...(reason ? { reason } : {}),
    };
    const made = { id, area: props.area, kind: form.kind, ...content };
    // The same, sent again after a failure, counts once.
    const sent = JSON.stringify(made);
    if (retry.current.sent !== sent) retry.current = { sent, key: newKey() };
    void attempt(() =>
      building
        ? api.patch(`/buildings/${building.id}`, content, building.version, retry.current.key)
        : api.post('/buildings', made, retry.current.key),
    );
  };
  const retire = (held: Building): void => {
    const reason = form.reason.trim();
    if (reason === '') setProblem(text.buildings.reasonNeeded);
    else
      void attempt(() =>
        api.post(`/buildings/${held.id}/retirement`, { reason }, undefined, held.version),
      );
  };
  return (
    <Modal
      open
      title={building ? text.buildings.editOf(building.name) : text.buildings.add}
      onCancel={close}
      footer={
        <>
          {building && (
            <Button danger disabled={busy} className="retire" onClick={() => retire(building)}>
              {text.buildings.retire}
            </Button>
          )}
          <Button onClick={close}>{text.app.cancel}</Button>
          <Button type="primary" loading={busy} onClick={save}>
            {text.app.save}
          </Button>
        </>
      }
    >
      <Fields {...props} form={form} set={(change) => setForm({ ...form, ...change })} />
      {problem && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {building && <History id={building.id} compounds={props.compounds} />}
    </Modal>
  );
}

function Fields(props: {
  building: Building | null;
  compounds: readonly Building[];
  form: Form;
  set: (change: Partial<Form>) => void;
}): ReactNode {
  const { building, form, set } = props;
  const text = useText();
  const id = useId();
  return (
    <div className="building-form">
      {!building && (
        <Radio.Group
          aria-label={text.buildings.kind}
          optionType="button"
          value={form.kind}
          onChange={({ target }) => set({ kind: target.value })}
          options={(['building', 'compound'] as const).map((value) => ({
            value,
            label: text.buildings.kinds[value],
          }))}
        />
      )}
      <label htmlFor={`${id}name`}>{text.buildings.name}</label>
      <Input
        id={`${id}name`}
        value={form.name}
        maxLength={60}
        autoComplete="off"
        placeholder={text.buildings.nameHelp[form.kind]}
        onChange={({ target }) => set({ name: target.value })}
      />
      {form.kind === 'building' && (
        <>
          <label htmlFor={`${id}parent`}>{text.buildings.parent}</label>
          <Select
            id={`${id}parent`}
            allowClear={{ label: text.app.clear }}
            placeholder={text.buildings.noParent}
            value={form.parent}
            onChange={(parent?: string) => set({ parent })}
            options={props.compounds.map(({ id: value, name }) => ({ value, label: name }))}
          />
          <div className="pair">
            {(['floors', 'units'] as const).map((key) => (
              <div key={key}>
                <label htmlFor={id + key}>{text.buildings[key]}</label>
                <InputNumber
                  id={id + key}
                  min={1}
                  max={200}
                  precision={0}
                  controls={false}
                  value={form[key]}
                  onChange={(value) => set({ [key]: value })}
                />
              </div>
            ))}
          </div>
        </>
      )}
      <label htmlFor={`${id}place`}>{text.buildings.place}</label>
      <Input
        id={`${id}place`}
        value={form.place}
        maxLength={40}
        autoComplete="off"
        placeholder={text.buildings.placeHelp}
        onChange={({ target }) => set({ place: target.value })}
      />
      {building && (
        <>
          <label htmlFor={`${id}reason`}>{text.buildings.reason}</label>
          <Input
            id={`${id}reason`}
            value={form.reason}
            maxLength={200}
            autoComplete="off"
            onChange={({ target }) => set({ reason: target.value })}
          />
        </>
      )}
    </div>
  );
}

function History({ id, compounds }: { id: string; compounds: readonly Building[] }): ReactNode {
  const text = useText().buildings;
  const { data } = useQuery({
    queryKey: ['building', id],
    queryFn: ({ signal }) => api.get<BuildingFile>(`/buildings/${id}`, undefined, signal),
  });
  if (!data || data.changes.length === 0) return null;
  const said = (key: string, value: unknown): string => {
    if (value === null || value === undefined) return text.empty;
    if (key === 'parent') return compounds.find((one) => one.id === value)?.name ?? text.filled;
    return key === 'outline' ? text.filled : String(value);
  };
  return (
    <>
      <h3>{text.history}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <ul className="building-history" tabIndex={0} aria-label={text.history}>
        {data.changes.map((change) => (
          <li key={`${change.at} ${change.kind} ${JSON.stringify(change.after)}`}>
            <b>{text.changes[change.kind as keyof typeof text.changes]}</b>{' '}
            {change.kind === 'edited' &&
              Object.keys(change.after)
                .map((key) =>
                  text.change(
                    text.fields[key as keyof typeof text.fields],
                    said(key, change.before[key]),
                    said(key, change.after[key]),
                  ),
                )
                .join('；')}
            <small>
              {[minute(change.at), change.by, change.reason].filter(Boolean).join(' · ')}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

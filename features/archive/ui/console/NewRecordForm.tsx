import { Alert, Button, Drawer } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { newId } from '../../../../console/ids.ts';
import { useText } from '../../../../console/language.tsx';
import { AreaPicker } from '../../../../console/parts/AreaPicker.tsx';
import { pathOf } from '../../../../console/parts/categories.ts';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { useSession } from '../../../../console/session.tsx';
import { BuildingSelect } from '../../../area/ui/console/buildings/BuildingSelect.tsx';
import type { CategoryKey } from '../../contract.ts';
import { DraftNote } from './DraftNote.tsx';
import { useDraftSaving } from './draft.ts';
import { RecordFields } from './RecordFields.tsx';
import { fieldErrors, focusField, useSendKey } from './submit.ts';
import type { Values, Written } from './types.ts';

export interface NewBody extends Record<string, unknown> {
  id: string;
  area: string | undefined;
  items: Values;
  /** Of a dwelling: the building of its grid. */
  building?: string | undefined;
}

/** Records belong to a village or to a grid of it: codes of 12 or 15 digits. */
const holdsRecords = (code: string | undefined): boolean => (code?.length ?? 0) >= 12;

/** The form for a new record; `more` adds what the caller needs besides, such as a relation. */
export function NewRecordForm(props: {
  title: string;
  category: CategoryKey;
  area: string | undefined;
  draftKey: string;
  restored: NewBody | null;
  extra?: Record<string, unknown>;
  more?: ReactNode;
  /** Says what is still missing of `more`, or nothing. */
  lacking?: () => string;
  close: () => void;
  saved: (id: string) => void | Promise<void>;
}): ReactNode {
  const text = useText();
  const words = useProblemText();
  const sendKey = useSendKey();
  const { acting } = useSession();
  const area = props.area ?? (holdsRecords(acting?.area.code) ? acting?.area.code : undefined);
  const fresh = (): NewBody => ({ id: newId(), area, items: {} });
  const [body, setBody] = useState<NewBody>(() => props.restored ?? fresh());
  const [noted, setNoted] = useState(props.restored !== null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const draft = useDraftSaving(props.draftKey, Object.keys(body.items).length > 0 ? body : null);

  const save = async (): Promise<void> => {
    if (!holdsRecords(body.area)) return setErrors({ area: text.form.areaNeeded });
    const lacking = props.lacking?.();
    if (lacking) return setProblem(lacking);
    setBusy(true);
    setProblem('');
    try {
      const content = { ...body, ...props.extra };
      const written = await api.post<Written>(pathOf[props.category], content, sendKey(content));
      await draft.drop();
      await props.saved(written.id);
    } catch (error) {
      const named = fieldErrors(error);
      setErrors(named);
      setProblem(words(error));
      setBusy(false);
      focusField(Object.keys(named)[0]);
    }
  };

  return (
    <Drawer
      open
      size={720}
      title={props.title}
      onClose={props.close}
      footer={
        <div className="drawer-foot">
          <span role="status">{text.draft.states[draft.state]}</span>
          <Button onClick={props.close}>{text.app.close}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()}>
            {text.app.save}
          </Button>
        </div>
      }
    >
      {noted && (
        <DraftNote
          discard={() => {
            setBody(fresh());
            setNoted(false);
          }}
        />
      )}
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      {props.more}
      <fieldset className="fields">
        <legend>{text.form.where}</legend>
        <div className="field">
          <label htmlFor="field-area">
            {text.area.label}
            <i aria-hidden="true"> *</i>
            <span className="unseen">{text.form.required}</span>
          </label>
          <AreaPicker
            id="field-area"
            label={text.area.label}
            value={body.area ?? acting?.area.code}
            onChange={(code) => setBody({ ...body, area: code, building: undefined })}
          />
          <p className={errors.area ? 'field-error' : 'help'}>
            {errors.area ?? text.form.areaHelp}
          </p>
        </div>
        {props.category === 'housing' && (
          <div className="field">
            <label htmlFor="field-building">{text.buildings.one}</label>
            <BuildingSelect
              id="field-building"
              area={body.area}
              value={body.building}
              placeholder={text.buildings.choose}
              set={(building) => setBody({ ...body, building })}
            />
            <p className={errors.building ? 'field-error' : 'help'}>
              {errors.building ?? text.buildings.putHelp}
            </p>
          </div>
        )}
      </fieldset>
      <RecordFields
        category={props.category}
        stored={{}}
        changes={body.items}
        set={(items) => setBody({ ...body, items })}
        errors={errors}
      />
    </Drawer>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Drawer } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError, api } from '../../../../console/api.ts';
import { today } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { pathOf } from '../../../../console/parts/categories.ts';
import { Loading, useProblemText } from '../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';
import { say } from '../../../../console/parts/Toast.tsx';
import type { CategoryKey } from '../../contract.ts';
import { DraftNote } from './DraftNote.tsx';
import { useDraftSaving, useStoredDraft } from './draft.ts';
import { LostUpdate } from './LostUpdate.tsx';
import { Reason } from './Reason.tsx';
import { RecordFields } from './RecordFields.tsx';
import { fieldErrors, focusField, useSendKey } from './submit.ts';
import type { AnyFile, Values, Written } from './types.ts';
import { same } from './values.ts';

interface Props {
  category: CategoryKey;
  file: AnyFile;
  title: string;
  focus: string | undefined;
  close: () => void;
  saved: (conflicts: string[]) => void;
}

interface Body extends Record<string, unknown> {
  items: Values;
  /** What stood there when each of the items was changed: a draft may be older than the file. */
  seen: Values;
  reason: string;
  asOf: string;
}

/** Edits a file: only what was changed is sent, with a reason and the version that was read. */
export default function EditDrawer(props: Props): ReactNode {
  useReturnFocus();
  const draft = useStoredDraft<Body>(`edit:${props.category}:${props.file.id}`);
  if (!draft.ready) {
    return (
      <Drawer open size={720} title={props.title} onClose={props.close}>
        <Loading rows={8} />
      </Drawer>
    );
  }
  return <EditForm {...props} restored={draft.body} />;
}

const valuesOf = (file: AnyFile): Values =>
  Object.fromEntries(Object.entries(file.items).map(([key, view]) => [key, view.value]));

function EditForm(props: Props & { restored: Body | null }): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const { category, restored } = props;
  const fresh: Body = { items: {}, seen: {}, reason: '', asOf: today() };
  const [base, setBase] = useState(props.file);
  const [body, setBody] = useState<Body>(restored ? { ...fresh, ...restored } : fresh);
  const [noted, setNoted] = useState(restored !== null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const stored = valuesOf(base);
  const [lost, setLost] = useState(() =>
    Object.keys(body.items).filter((key) => !same(body.seen[key], stored[key])),
  );
  const [problem, setProblem] = useState(lost.length > 0 ? text.lost.title : '');
  const [busy, setBusy] = useState(false);
  const changed = Object.keys(body.items).length;
  const draft = useDraftSaving(`edit:${category}:${base.id}`, changed > 0 ? body : null);

  useEffect(() => focusField(props.focus), [props.focus]);

  const change = (items: Values): void => {
    const seen = Object.fromEntries(
      Object.keys(items).map((key) => [key, (key in body.items ? body.seen : stored)[key] ?? null]),
    );
    setBody({ ...body, items, seen });
  };

  const save = async (): Promise<void> => {
    if (changed === 0) return setProblem(text.edit.nothing);
    if (body.reason.trim() === '') {
      setErrors({ reason: text.edit.reasonNeeded });
      return focusField('reason');
    }
    setBusy(true);
    setProblem('');
    const content = { items: body.items, reason: body.reason.trim(), asOf: body.asOf };
    try {
      const path = `${pathOf[category]}/${base.id}`;
      const key = sendKey({ content, version: base.version });
      const written = await api.patch<Written>(path, content, base.version, key);
      await draft.drop();
      for (const kind of ['file', 'changes', 'list', 'book', 'search']) {
        void client.invalidateQueries({ queryKey: [kind] });
      }
      say(text.edit.saved);
      props.saved(written.conflicts);
    } catch (error) {
      setBusy(false);
      if (error instanceof ApiError && error.status === 412) return compare();
      const named = fieldErrors(error);
      setErrors(named);
      setProblem(words(error));
      focusField(Object.keys(named)[0]);
    }
  };

  /** Someone else saved meanwhile: their values become what is stored, what was typed stays. */
  const compare = async (): Promise<void> => {
    try {
      const now = await client.fetchQuery({
        queryKey: ['file', category, base.id, null],
        queryFn: () => api.get<AnyFile>(`${pathOf[category]}/${base.id}`),
        staleTime: 0,
      });
      const theirs = valuesOf(now);
      setLost(
        [...new Set([...Object.keys(theirs), ...Object.keys(stored)])].filter(
          (key) => !same(theirs[key], stored[key]),
        ),
      );
      // From here on theirs is what was seen.
      setBody({ ...body, seen: { ...body.seen, ...theirs } });
      setBase(now);
      setProblem(text.lost.title);
    } catch (error) {
      setProblem(words(error));
    }
  };

  return (
    <Drawer
      open
      size={720}
      title={text.edit.title(props.title)}
      onClose={props.close}
      footer={
        <div className="drawer-foot">
          <span role="status">{text.draft.states[draft.state]}</span>
          <Button onClick={props.close}>{text.app.close}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()}>
            {changed > 0 ? text.edit.save(changed) : text.app.save}
          </Button>
        </div>
      }
    >
      {noted && (
        <DraftNote
          discard={() => {
            setBody(fresh);
            setNoted(false);
            setLost([]);
            setProblem('');
          }}
        />
      )}
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      {lost.length > 0 && (
        <LostUpdate
          category={category}
          items={lost}
          mine={body.items}
          theirs={stored}
          takeTheirs={(item) => {
            const { [item]: _dropped, ...items } = body.items;
            change(items);
          }}
        />
      )}
      <p className="help">{text.edit.help}</p>
      <RecordFields
        category={category}
        only={base.abilities.editable}
        stored={stored}
        changes={body.items}
        set={change}
        errors={errors}
        sealed={base.abilities.reveal.filter((item) => !(item in base.items))}
      />
      <Reason
        reason={body.reason}
        asOf={body.asOf}
        set={(change) => setBody({ ...body, ...change })}
        errors={errors}
      />
    </Drawer>
  );
}

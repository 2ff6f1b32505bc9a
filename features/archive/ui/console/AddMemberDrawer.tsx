import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox, DatePicker, Drawer, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';
import { searchable } from '../../../../console/parts/icons.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import { useStoredDraft } from './draft.ts';
import { type NewBody, NewRecordForm } from './NewRecordForm.tsx';
import { RecordFinder } from './RecordFinder.tsx';
import { useSendKey } from './submit.ts';
import type { Hit, Household } from './types.ts';

interface Joining {
  relation: string | undefined;
  registered: boolean;
  since: string | undefined;
}

/** Adds a member to a household: someone already in the archive, or someone new. */
export default function AddMemberDrawer(props: {
  household: Household;
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const { household, close } = props;
  const draftKey = `new:member:${household.id}`;
  const draft = useStoredDraft<NewBody>(draftKey);
  const [way, setWay] = useState<'found' | 'new'>('found');
  const [joining, setJoining] = useState<Joining>({
    relation: undefined,
    registered: true,
    since: undefined,
  });
  const [chosen, setChosen] = useState<Hit | null>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  const done = (): void => {
    for (const kind of ['file', 'changes', 'list', 'book', 'search']) {
      void client.invalidateQueries({ queryKey: [kind] });
    }
    say(text.members.added);
    close();
  };

  const add = async (): Promise<void> => {
    if (!chosen) return setProblem(text.members.chooseFirst);
    if (!joining.relation) return setProblem(text.members.relationNeeded);
    setBusy(true);
    const body = { resident: chosen.id, ...joining };
    try {
      await api.post(`/households/${household.id}/members`, body, sendKey(body));
      done();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };

  const choice = (
    <>
      <Radio.Group
        className="ways"
        optionType="button"
        aria-label={text.members.add}
        value={way}
        onChange={({ target }) => setWay(target.value)}
        options={[
          { value: 'found', label: text.members.existing },
          { value: 'new', label: text.members.fresh },
        ]}
      />
      <JoiningFields joining={joining} set={setJoining} />
    </>
  );

  if (way === 'new' && draft.ready) {
    return (
      <NewRecordForm
        title={text.members.add}
        category="resident"
        area={household.area.code}
        draftKey={draftKey}
        restored={draft.body}
        extra={{ household: { id: household.id, ...joining } }}
        more={choice}
        lacking={() => (joining.relation ? '' : text.members.relationNeeded)}
        close={close}
        saved={done}
      />
    );
  }
  return (
    <Drawer
      open
      size={720}
      title={text.members.add}
      onClose={close}
      footer={
        <div className="drawer-foot">
          <span />
          <Button onClick={close}>{text.app.close}</Button>
          <Button type="primary" loading={busy} onClick={() => void add()}>
            {text.app.save}
          </Button>
        </div>
      }
    >
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      {choice}
      <RecordFinder category="resident" chosen={chosen} choose={setChosen} />
    </Drawer>
  );
}

/** How someone belongs to the household. */
function JoiningFields(props: { joining: Joining; set: (joining: Joining) => void }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { joining, set } = props;
  return (
    <fieldset className="fields">
      <legend>{text.members.joining}</legend>
      <div className="field">
        <label htmlFor="field-relation">
          {text.members.relation}
          <i aria-hidden="true"> *</i>
          <span className="unseen">{text.form.required}</span>
        </label>
        <Select
          id="field-relation"
          showSearch={searchable}
          value={joining.relation}
          onChange={(relation: string) => set({ ...joining, relation })}
          options={dictionary.options('family_relation')}
        />
      </div>
      <div className="field">
        <label htmlFor="field-since">{text.members.since}</label>
        <DatePicker
          id="field-since"
          format={['YYYY-MM-DD', 'YYYYMMDD']}
          placeholder={text.form.day}
          value={joining.since ? dayjs(joining.since) : null}
          maxDate={dayjs()}
          onChange={(day) => set({ ...joining, since: day?.format('YYYY-MM-DD') })}
        />
      </div>
      <Checkbox
        checked={joining.registered}
        onChange={({ target }) => set({ ...joining, registered: target.checked })}
      >
        {text.members.registeredHere}
      </Checkbox>
    </fieldset>
  );
}

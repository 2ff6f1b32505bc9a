import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Drawer } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { today } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { EventKind } from '../../../life/contract.ts';
import { RecordFinder } from '../RecordFinder.tsx';
import { fieldErrors, useSendKey } from '../submit.ts';
import type { Hit } from '../types.ts';
import { afterAct } from './afterAct.ts';
import { ChoiceRow, DayRow, RelationRow, TextRow } from './fields.tsx';
import {
  asks,
  eventOf,
  type Filled,
  type Home,
  headless,
  type Keeper,
  nothingFilled,
  relationsTo,
  usualProof,
} from './form.ts';
import { Newcomer } from './Newcomer.tsx';
import { GridRow, NewHouseholdRows } from './NewHousehold.tsx';
import { ProofPaper } from './ProofPaper.tsx';
import { VillageFinder } from './VillageFinder.tsx';

/** Registers one act of life of a household, or of somebody who lives in none. */
export default function LifeDrawer(props: {
  kind: EventKind;
  household: Home;
  /** Who is chosen to begin with. */
  people?: string[];
  close: () => void;
}): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const { kind, household, close } = props;
  const [filled, setFilled] = useState(() => ({
    ...nothingFilled(today(), usualProof[kind]),
    people: props.people ?? [],
  }));
  const [problem, setProblem] = useState('');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Filled>): void => setFilled({ ...filled, ...change });

  const save = async (): Promise<void> => {
    if (asks[kind].people !== 'none' && filled.people.length === 0)
      return setProblem(text.life.whoNeeded);
    setBusy(true);
    const body = eventOf(kind, household, filled);
    try {
      await api.post('/life-events', body, sendKey(body));
      for (const key of afterAct) void client.invalidateQueries({ queryKey: [key] });
      say(text.life.saved);
      close();
    } catch (error) {
      const named = fieldErrors(error);
      setErrors(named);
      setProblem([...new Set([words(error), ...Object.values(named)])].join(' '));
      setBusy(false);
    }
  };

  return (
    <Drawer
      open
      size={720}
      title={text.life.acts[kind]}
      onClose={close}
      footer={
        <div className="drawer-foot">
          <span />
          <Button onClick={close}>{text.app.close}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()}>
            {text.life.save}
          </Button>
        </div>
      }
    >
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      <Fields kind={kind} household={household} filled={filled} set={set} errors={errors} />
      <Proof
        filled={filled}
        set={set}
        errors={errors}
        keepers={keepersOf(kind, household, filled)}
        none={text.life.proofPaper.whoFirst}
      />
    </Drawer>
  );
}

/** Whose documents may prove the act: of those chosen, of the household, of its dwellings. */
function keepersOf(kind: EventKind, household: Home, filled: Filled): Keeper[] {
  const people = household.members
    .filter(({ resident }) => filled.people.includes(resident) || resident === filled.head)
    .map(({ resident, name }): Keeper => ({ category: 'resident', id: resident, name }));
  // Whoever keeps the household's papers need not learn of a marriage.
  if (kind === 'marriage' || kind === 'divorce' || household.id === '') return people;
  const home: Keeper = { category: 'household', id: household.id, name: household.address ?? '' };
  const dwellings = household.housing.map(
    ({ id, address, code }): Keeper => ({ category: 'housing', id, name: address ?? code ?? '' }),
  );
  return [home, ...people, ...dwellings];
}

interface Part {
  filled: Filled;
  set: (change: Partial<Filled>) => void;
  errors: Record<string, string>;
}

/** Day, proof and note: every act has them. */
export function Proof(
  props: Part & {
    /** Records whose documents may prove the act. */
    keepers: Keeper[];
    /** What is said while there are none. */
    none: string;
  },
): ReactNode {
  const { filled, set, errors } = props;
  const text = useText();
  const dictionary = useDictionary();
  return (
    <fieldset className="fields">
      <legend>{text.life.proof}</legend>
      <DayRow
        id="day"
        label={text.life.day}
        required
        value={filled.day}
        set={(day) => set({ day: day ?? '' })}
        error={errors.day}
      />
      <ChoiceRow
        id="proof"
        label={text.life.proof}
        required
        value={filled.proof}
        set={(proof) => set({ proof })}
        error={errors.kind}
        options={dictionary.options('life_proof')}
      />
      <TextRow
        id="proof-note"
        label={text.life.proofNote}
        value={filled.proofNote}
        set={(proofNote) => set({ proofNote })}
        max={100}
      />
      <ProofPaper
        keepers={props.keepers}
        none={props.none}
        chosen={filled.document}
        choose={(document) => set({ document })}
        error={errors.document}
      />
      <TextRow
        id="reason"
        label={text.life.reason}
        value={filled.reason}
        set={(reason) => set({ reason })}
      />
    </fieldset>
  );
}

function Fields(props: Part & { kind: EventKind; household: Home }): ReactNode {
  const text = useText();
  const { kind, household, filled, set, errors } = props;
  const wanted = asks[kind];
  const [target, setTarget] = useState<Hit | null>(null);
  return (
    <>
      {wanted.people !== 'none' && <People {...props} one={wanted.people === 'one'} />}
      {wanted.newcomer && (
        <Newcomer filled={filled} set={set} errors={errors} arriving={kind === 'move_in'} />
      )}
      {wanted.target && (
        <fieldset className="fields">
          <legend>{text.life.target}</legend>
          <RecordFinder
            category="household"
            chosen={target}
            choose={(hit) => {
              setTarget(hit);
              set({ target: hit?.id });
            }}
          />
        </fieldset>
      )}
      {wanted.newHousehold && (
        <fieldset className="fields">
          <legend>{text.life.newHousehold}</legend>
          <NewHouseholdRows {...props} start={household.area.code} />
        </fieldset>
      )}
      {wanted.grid && (
        <fieldset className="fields">
          <legend>{text.life.grid}</legend>
          <GridRow {...props} start={household.area.code} />
        </fieldset>
      )}
      {wanted.away && (
        <fieldset className="fields">
          <legend>{text.life.acts.move_out}</legend>
          <VillageFinder
            value={filled.village}
            set={(village) => set({ village })}
            error={errors.to}
          />
          {!filled.village && (
            <TextRow
              id="place"
              label={text.life.place}
              value={filled.place}
              set={(place) => set({ place })}
              max={100}
            />
          )}
        </fieldset>
      )}
      <NewHead {...props} />
    </>
  );
}

/** The members concerned, each with the relation that the act asks for. */
function People(props: Part & { kind: EventKind; household: Home; one: boolean }): ReactNode {
  const text = useText();
  const { kind, household, filled, set, one } = props;
  const toggle = (resident: string, on: boolean): void => {
    const others = one ? [] : filled.people.filter((id) => id !== resident);
    set({ people: on ? [...others, resident] : others });
  };
  return (
    <fieldset className="fields">
      <legend>{text.life.who}</legend>
      <div className="life-people wide">
        {household.members.map(({ resident, name }) => (
          <Checkbox
            key={resident}
            checked={filled.people.includes(resident)}
            onChange={({ target }) => toggle(resident, target.checked)}
          >
            {name}
          </Checkbox>
        ))}
      </div>
      {asks[kind].relations &&
        household.members
          .filter(({ resident }) => filled.people.includes(resident))
          .map(({ resident, name }) => (
            <RelationRow
              key={resident}
              id={`relation-${resident}`}
              name={name}
              value={filled.relations[resident]}
              set={(relation) => set({ relations: { ...filled.relations, [resident]: relation } })}
            />
          ))}
    </fieldset>
  );
}

/** Who is head from then on, and how the others stand to the new head. */
function NewHead(props: Part & { kind: EventKind; household: Home }): ReactNode {
  const text = useText();
  const { kind, household, filled, set, errors } = props;
  const candidates = headless(kind, household.members, filled);
  if (candidates.length === 0) return null;
  const members = kind === 'change_head' ? household.members : candidates;
  const relations = relationsTo(filled.head, members, filled.relations);
  return (
    <fieldset className="fields">
      <legend>{text.life.newHead}</legend>
      <ChoiceRow
        id="head"
        label={text.life.newHead}
        required
        help={kind === 'change_head' ? undefined : text.life.newHeadHelp}
        error={errors.head}
        value={filled.head}
        set={(head) => set({ head })}
        options={candidates.map(({ resident, name }) => ({ value: resident, label: name }))}
      />
      {relations.length > 0 && <p className="help wide">{text.life.relationsHelp}</p>}
      {relations.map(({ member, relation }) => (
        <RelationRow
          key={member.resident}
          id={`new-relation-${member.resident}`}
          name={member.name}
          value={relation}
          set={(chosen) => set({ relations: { ...filled.relations, [member.resident]: chosen } })}
        />
      ))}
    </fieldset>
  );
}

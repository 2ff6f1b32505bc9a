import type { CategoryKey } from '../../../contract.ts';
import type { EventKind, NewEvent } from '../../../life/contract.ts';
import { isHead, relationToHead } from '../../../life/rules/relations.ts';
import type { Household } from '../types.ts';

/** What of the form each act asks for. */
export interface Asks {
  /** People of the household: none, one, or some. */
  people: 'none' | 'one' | 'some';
  newcomer?: true;
  relations?: true;
  target?: true;
  newHousehold?: true;
  grid?: true;
  away?: true;
  from?: true;
  head?: true;
}

export const asks: Record<EventKind, Asks> = {
  birth: { people: 'none', newcomer: true },
  death: { people: 'one' },
  move_in: { people: 'none', newcomer: true, from: true },
  move_out: { people: 'some', away: true },
  marriage: { people: 'some' },
  divorce: { people: 'some' },
  join_household: { people: 'some', relations: true, target: true },
  split_household: { people: 'some', relations: true, newHousehold: true },
  change_head: { people: 'none', head: true },
  change_grid: { people: 'none', grid: true },
};

/** The proof that an act mostly comes with. */
export const usualProof: Record<EventKind, string> = {
  birth: 'birth_certificate',
  death: 'death_certificate',
  move_in: 'migration_paper',
  move_out: 'migration_paper',
  marriage: 'marriage_certificate',
  divorce: 'divorce_certificate',
  join_household: 'household_register',
  split_household: 'household_register',
  change_head: 'household_register',
  change_grid: 'village_statement',
};

/** A record whose documents may prove an act. */
export interface Keeper {
  category: CategoryKey;
  id: string;
  name: string;
}

/** A document that was chosen, with its name. */
export interface Paper {
  id: string;
  name: string;
}

/** What has been filled in. */
export interface Filled {
  day: string;
  proof: string;
  proofNote: string;
  /** The document that proves it, with its name. */
  document: Paper | undefined;
  reason: string;
  people: string[];
  relations: Record<string, string>;
  head: string | undefined;
  name: string;
  sex: string | undefined;
  birth: string | undefined;
  citizenId: string;
  relation: string | undefined;
  arrival: string | undefined;
  target: string | undefined;
  address: string;
  number: string;
  grid: string | undefined;
  village: string | undefined;
  place: string;
}

/** What of a household an act asks for; of somebody who lives in none the id is empty. */
export type Home = Pick<Household, 'id' | 'address' | 'area' | 'members' | 'housing'>;
export type Member = Household['members'][number];

/** Those who stay when the chosen leave, if the head is among the latter: they need a new head. */
export function headless(kind: EventKind, members: readonly Member[], filled: Filled): Member[] {
  if (kind === 'change_head') return members.filter(({ relation }) => !isHead(relation));
  const leaves = ['death', 'move_out', 'join_household', 'split_household'].includes(kind);
  const left = members.filter(({ resident }) => filled.people.includes(resident));
  if (!leaves || !left.some(({ relation }) => isHead(relation))) return [];
  return members.filter(({ resident }) => !filled.people.includes(resident));
}

/** Relations to a new head, each as it follows from the old ones or was chosen. */
export function relationsTo(
  head: string | undefined,
  members: readonly Member[],
  chosen: Readonly<Record<string, string>>,
): { member: Member; relation: string | undefined }[] {
  const next = members.find(({ resident }) => resident === head);
  if (!next) return [];
  return members
    .filter(({ resident }) => resident !== head)
    .map((member) => ({
      member,
      relation:
        chosen[member.resident] ??
        (next.relation && member.relation
          ? (relationToHead(next.relation, member.relation, member.sex) ?? undefined)
          : undefined),
    }));
}

/** The act as it is sent. */
export function eventOf(kind: EventKind, household: Home, filled: Filled): NewEvent {
  const wanted = asks[kind];
  const staying = headless(kind, household.members, filled);
  const all = kind === 'change_head' ? household.members : staying;
  const relations = relationsTo(filled.head, all, filled.relations).flatMap(
    ({ member, relation }) => (relation ? [{ resident: member.resident, relation }] : []),
  );
  const needsHead = staying.length > 0;
  const people = filled.people.map((resident) => ({
    resident,
    ...(wanted.relations ? { relation: filled.relations[resident] ?? '' } : {}),
  }));
  const newcomer = filled.arrival
    ? [{ arrival: filled.arrival, relation: filled.relation ?? '' }]
    : [{ items: itemsOf(filled, kind), relation: filled.relation ?? '' }];
  return {
    kind,
    day: filled.day,
    proof: proofOf(filled),
    ...(filled.reason ? { reason: filled.reason } : {}),
    ...(wanted.target
      ? { household: filled.target }
      : wanted.people === 'none'
        ? { household: household.id }
        : {}),
    ...(wanted.newcomer ? { people: newcomer } : wanted.people === 'none' ? {} : { people }),
    ...(needsHead && filled.head ? { head: filled.head, relations } : {}),
    ...(wanted.newHousehold ? { newHousehold: newHousehold(filled) } : {}),
    ...(wanted.grid && filled.grid ? { to: filled.grid } : {}),
    ...(wanted.away && filled.village ? { to: filled.village } : {}),
    ...((wanted.away || wanted.from) && filled.place ? { place: filled.place } : {}),
  };
}

/** The proof of an act: what it is, in words, and the document. */
export const proofOf = ({ proof, proofNote, document }: Filled): NewEvent['proof'] => ({
  kind: proof,
  ...(proofNote ? { note: proofNote } : {}),
  ...(document ? { document: document.id } : {}),
});

function itemsOf(filled: Filled, kind: EventKind): Record<string, string> {
  return {
    name: filled.name.trim(),
    ...(filled.sex ? { sex: filled.sex } : {}),
    ...(kind !== 'birth' && filled.birth ? { birth: filled.birth } : {}),
    ...(filled.citizenId ? { citizen_id: filled.citizenId.trim().toUpperCase() } : {}),
  };
}

export function newHousehold(filled: Filled): NonNullable<NewEvent['newHousehold']> {
  return {
    ...(filled.grid ? { area: filled.grid } : {}),
    items: {
      address: filled.address.trim(),
      ...(filled.number ? { number: filled.number.trim() } : {}),
    },
  };
}

export const nothingFilled = (day: string, proof: string): Filled => ({
  day,
  proof,
  proofNote: '',
  document: undefined,
  reason: '',
  people: [],
  relations: {},
  head: undefined,
  name: '',
  sex: undefined,
  birth: undefined,
  citizenId: '',
  relation: undefined,
  arrival: undefined,
  target: undefined,
  address: '',
  number: '',
  grid: undefined,
  village: undefined,
  place: '',
});

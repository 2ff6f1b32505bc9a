import { type Operation, type Operations, same } from './operation.ts';
import { type Corrected, corrected, reopen, takeAway } from './requests.ts';
import { may, type Who } from './rights.ts';
import { valueFor } from './values.ts';

const groups = Object.entries(corrected) as [Corrected, string][];

/** What a role does not keep is not there; who reads no archive is refused at the door. */
const unseen = ({ serves }: Who): string =>
  serves === 'archive' ? '404 not-found' : '403 forbidden';

const refusal = { accept: false, answer: '经核实无误' };

export const rightsOperations: Operations = {
  copyResidentAsData: {
    need: 'sees all',
    target: 'resident',
    call: () => ({ query: { purpose: 'rights' } }),
    opensAll: true,
    recorded: true,
    check: ({ items }: { items: { key: string }[] }, { world, there }) => {
      const due = world.dictionary.categories.resident.items.filter(
        ({ key, derived }) => !derived && key !== 'death',
      );
      const missing = due.filter(({ key }) => !items.some((item) => item.key === key));
      return missing.length === 0
        ? undefined
        : `of ${there.key} without ${missing.map(({ key }) => key).join(', ')}`;
    },
  },
  listRightsRequests: {
    need: 'archive',
    target: 'other',
    before: ({ world }) => reopen(world),
    outside: same,
    check: ({ items }: { items: { id: string }[] }, { position, who, there: { requests } }) => {
      const listed = (id: string): boolean => items.some((item) => item.id === id);
      const inside = position === 'inside';
      const wrong = groups.filter(
        ([group]) => listed(requests.corrections[group]) !== (inside && may(who, `write ${group}`)),
      );
      if (listed(requests.deletion) !== (inside && may(who, 'write file')))
        return 'the deletion is listed wrongly';
      return wrong.length > 0 ? `corrections of ${wrong.join(', ')}` : undefined;
    },
  },
  askCorrection: groups.map(
    ([group, item]): Operation => ({
      as: group,
      need: `write ${group}`,
      target: 'resident',
      call: ({ world: { dictionary } }) => {
        const of = dictionary.item('resident', item);
        if (!of) throw new Error(item);
        const value = valueFor(of, '新', dictionary, 2);
        return { body: { asker: 'self', item, value, wrong: '有误', proof: '证件' } };
      },
      after: ({ world }) => takeAway(world),
      refused: ({ writes }) => (writes.length === 0 ? '403 forbidden' : '400 invalid'),
      recorded: true,
    }),
  ),
  getCorrection: groups.map(
    ([group, item]): Operation => ({
      as: group,
      need: `write ${group}`,
      target: 'resident',
      call: ({ there }) => ({
        params: { id: there.requests.corrections[group] },
        query: { purpose: 'record_correction' },
      }),
      reveals: () => item,
      refused: unseen,
      recorded: true,
    }),
  ),
  decideCorrection: groups.map(
    ([group]): Operation => ({
      as: group,
      need: `write ${group}`,
      target: 'resident',
      call: ({ there }) => ({
        params: { id: there.requests.corrections[group] },
        body: refusal,
      }),
      before: ({ world }) => reopen(world),
      after: ({ world }) => reopen(world),
      refused: (who) => (who.writes.length === 0 ? '403 forbidden' : unseen(who)),
      recorded: true,
    }),
  ),
  // Nobody else takes an application back: what one sees of others' is refused.
  withdrawCorrection: groups.map(
    ([group]): Operation => ({
      as: group,
      need: `write ${group}`,
      target: 'resident',
      call: ({ there }) => ({ params: { id: there.requests.corrections[group] } }),
      before: ({ world }) => reopen(world),
      inside: () => '403 forbidden',
      refused: (who) => (who.writes.length === 0 ? '403 forbidden' : unseen(who)),
    }),
  ),
  getRetention: { need: 'system' },
  askDeletion: {
    need: 'asks for deletions',
    target: 'resident',
    call: () => ({ body: { asker: 'self', ground: 'consent_withdrawn' } }),
    // One of them stands open already: it makes room.
    before: ({ world }) => world.owner("update deletion set state = 'refused', decided_at = now()"),
    after: ({ world }) => takeAway(world),
    recorded: true,
  },
  withdrawDeletion: {
    need: 'write file',
    target: 'resident',
    call: ({ there }) => ({ params: { id: there.requests.deletion } }),
    before: ({ world }) => reopen(world),
    inside: () => '403 forbidden',
    refused: (who) => (who.writes.length === 0 ? '403 forbidden' : unseen(who)),
  },
  decideDeletion: {
    need: 'decides deletions',
    target: 'resident',
    call: ({ there }) => ({ params: { id: there.requests.deletion }, body: refusal }),
    before: ({ world }) => reopen(world),
    after: ({ world }) => reopen(world),
    recorded: true,
  },
};

import { randomUUID } from 'node:crypto';
import type { Cell, Operation, Operations } from './operation.ts';
import { rangeOf } from './places.ts';
import type { Place, World } from './world.ts';

/** A system of each place, under the id of the place's holder, in use and with an address that is sent to. */
async function systems({ owner, places }: World): Promise<void> {
  for (const { code, holder } of Object.values(places)) {
    const { lo, hi } = rangeOf(code);
    await owner(
      `insert into gather_system (id, name, source, area, lo, hi, with_values, webhook, made_at, made_by)
         values ($1, '矩阵系统', 'health', $2, $3, $4, true, 'https://example.org/', now(), $1)
         on conflict (id) do update set ended_at = null, ended_by = null, webhook = excluded.webhook`,
      [holder.id, code, lo, hi],
    );
    await owner(
      `insert into gather_system_item (system, category, item, item_group) values ($1, 'resident', 'education', 'file') on conflict do nothing`,
      [holder.id],
    );
    await owner(
      `insert into gather_secret (system, number, secret, made_at) values ($1, 1, 'sealed', now()) on conflict do nothing`,
      [holder.id],
    );
    await owner(
      `insert into gather_webhook (system, lo, hi, after) values ($1, $2, $3, 0) on conflict do nothing`,
      [holder.id, lo, hi],
    );
  }
}

const ready = ({ world }: Cell) => systems(world);

/** Takes away the systems that a cell has made, so that the archive's own writes are as quick as before. */
const gone = ({ world }: Cell) =>
  world.owner('update gather_system set ended_at = now(), ended_by = made_by');

/** A system of another place than the post's own is none that is there. */
const about = (body?: object): Operation => ({
  need: 'security',
  target: 'other',
  before: ready,
  after: gone,
  call: ({ there }) => ({ params: { id: there.holder.id }, ...(body ? { body } : {}) }),
});

const idsOf = (items: { id: string }[]): string[] => items.map(({ id }) => id);
const outside = ({ world, home }: Cell): Place[] =>
  Object.values(world.places).filter(({ code }) => code.slice(0, 6) !== home.code.slice(0, 6));

/** Whoever calls with a cookie has signed nothing: nobody is let through, whatever the role. */
const signed: Operation = {
  need: 'public',
  inside: '401 signature-refused',
  call: () => ({
    params: { source: 'health', id: randomUUID() },
    body: { rows: [{ 姓名: '某人' }] },
  }),
};

export const systemOperations: Operations = {
  listSystems: {
    need: 'security',
    before: ready,
    after: gone,
    check: ({ items }: { items: { id: string }[] }, cell) => {
      const seen = idsOf(items);
      if (!seen.includes(cell.home.holder.id)) return 'its own system is not there';
      return outside(cell).some(({ holder }) => seen.includes(holder.id))
        ? 'a system of another county is there'
        : undefined;
    },
  },
  getSystemOffer: { need: 'security' },
  addSystem: {
    need: 'security',
    target: 'other',
    after: gone,
    call: ({ there }) => ({
      body: {
        name: '矩阵',
        source: 'health',
        area: there.code.slice(0, 12),
        items: ['resident.education'],
        groups: [],
        values: true,
      },
    }),
    // An area that is not in sight does not exist.
    outside: '400 invalid',
  },
  getSystemById: about(),
  listDeliveries: about(),
  rotateSystemSecret: about({ overlapDays: 1 }),
  withdrawSystem: about({ reason: '矩阵' }),
  setSystemWebhook: about({ address: null }),
  replaySystem: about({ from: 'now' }),
  handInRows: signed,
  getHandedIn: signed,
  listChanges: signed,
};

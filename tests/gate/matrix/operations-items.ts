import { loadDictionary } from '../../../features/archive/dictionary.ts';
import { archivePack } from '../../../server/commands/demo.ts';
import type { Call, Cell, Operation, Operations } from './operation.ts';

const pack = loadDictionary(archivePack);
const { derived: _, ...phone } = pack.item('resident', 'phone') ?? { derived: false };
const codes = pack.codes.residence_kind?.codes ?? [];

/** The county in which the target lies. */
const countyOf = ({ there }: Cell): string => there.code.slice(0, 6);
/** The county has changed nothing yet: the next version is the first. */
const untouched = ({ world, there }: Cell) =>
  world.owner('delete from item_change where county = $1', [Number(there.code.slice(0, 6))]);

/** A county's items: its system administrator's alone. */
const about = (call: (cell: Cell) => Call = () => ({})): Operation => ({
  need: 'system',
  target: 'other',
  before: untouched,
  call: (cell) => {
    const { params, ...rest } = call(cell);
    return { ...rest, params: { code: countyOf(cell), ...params } };
  },
});
const reason = '矩阵';

export const itemOperations: Operations = {
  getCountyItems: about(),
  checkCountyItem: about(() => ({ body: { category: 'resident', definition: phone } })),
  getItemHistory: about(() => ({ query: { category: 'resident', key: 'phone' } })),
  exportCountyItems: about(),
  exportItemSheet: about(() => ({ body: { reason } })),
  countCodeUses: about(() => ({ params: { name: 'residence_kind' } })),
  changeCountyItem: about(() => ({
    params: { category: 'resident', key: 'phone' },
    body: { definition: phone, reason },
    version: 0,
  })),
  changeCountyTable: about(() => ({
    params: { name: 'residence_kind' },
    body: { codes, reason },
    version: 0,
  })),
  importCountyItems: about(() => ({ body: { yaml: 'items: {}\n', reason }, version: 0 })),
};

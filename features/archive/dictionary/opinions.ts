import type { Text } from '../../../server/errors.ts';
import type { Entry } from './pack-file.ts';

const refusedKey = /party_member|political|religio|belief|petition|faith/;
const refusedLabel = /党员|政治面貌|信仰|宗教|信访|上访/;

/** Faults an item or a tag that would label opinion, belief or petitioning (DOMAIN.md, section 6). */
export function refuseOpinions(entry: Entry, key: string, label: Text): void {
  if (!refusedKey.test(key) && !refusedLabel.test(label.zh)) return;
  entry.fault(
    'label',
    '不收集政治面貌、信仰和信访情况，请删除此项',
    'Opinion, belief and petitioning are not collected; remove this',
  );
}

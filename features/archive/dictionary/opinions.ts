import type { Text } from '../../../server/errors.ts';
import type { Entry } from './pack-file.ts';

const refusedKey = /party_member|political|religio|belief|petition|faith/;
const refusedLabel = /党员|政治面貌|信仰|宗教|信访|上访|投诉人/;
const scoredKey = /score|credit_rating|blacklist/;
const scoredLabel = /评分|打分|信用分|信用等级|黑名单|重点人员|危险等级/;

/**
 * Faults an item or a tag that would label opinion, belief or petitioning, or score a person (DOMAIN.md,
 * section 6).
 */
export function refuseOpinions(entry: Entry, key: string, label: Text, help?: Text): void {
  const keys = `${key} ${label.en} ${help?.en ?? ''}`.toLowerCase();
  const words = `${label.zh} ${help?.zh ?? ''}`;
  if (refusedKey.test(keys) || refusedLabel.test(words)) {
    entry.fault(
      'label',
      '不收集政治面貌、信仰和信访情况，请删除此项',
      'Opinion, belief and petitioning are not collected; remove this',
    );
  } else if (scoredKey.test(keys) || scoredLabel.test(words)) {
    entry.fault(
      'label',
      '不给居民打分、评级或列名单，请删除此项',
      'Nobody is scored, rated or listed; remove this',
    );
  }
}

/**
 * The relation to a new head that follows from two relations to the old one (GB/T 4761-2008), where it follows
 * without doubt; the others are asked for.
 *
 * @param head the new head's relation to the old head
 * @param member the member's relation to the old head
 * @param sex the member's sex (GB/T 2261.1)
 * @returns a code, or null when the old relations do not tell
 */
export function relationToHead(head: string, member: string, sex: string | null): string | null {
  if (isHead(head)) return member;
  const rule = following[groupOf(head)];
  return rule ? rule(member, sex, head) : null;
}

/** 本人 or 户主. */
export function isHead(relation: string | null): boolean {
  return relation === '01' || relation === '02';
}

type Group = 'spouse' | 'child' | 'parent' | 'sibling' | 'other';

function groupOf(relation: string): Group {
  const ten = relation[0];
  if (ten === '1') return 'spouse';
  if (relation === '28' || relation === '38') return 'other';
  if (ten === '2' || ten === '3') return 'child';
  if (['50', '51', '52', '57', '58'].includes(relation)) return 'parent';
  if (['70', '71', '73', '75', '77'].includes(relation)) return 'sibling';
  return 'other';
}

const bySex = (sex: string | null, male: string, female: string, either: string): string =>
  sex === '1' ? male : sex === '2' ? female : either;

type Rule = (member: string, sex: string | null, head: string) => string | null;

const inLaws: Record<string, string> = { '53': '51', '54': '52', '55': '51', '56': '52' };
const childrensPartners = new Set(['28', '38']);
const grandchildren = /^4\d$/;

const following: Partial<Record<Group, Rule>> = {
  // The spouse takes over: children stay children, the parents of each are the other's parents-in-law.
  spouse(member, sex, head) {
    if (isHead(member)) return bySex(sex, '11', '12', '10');
    if (groupOf(member) === 'child' || childrensPartners.has(member)) return member;
    if (grandchildren.test(member)) return member;
    if (member === '51') return head === '12' ? '53' : head === '11' ? '55' : null;
    if (member === '52') return head === '12' ? '54' : head === '11' ? '56' : null;
    return inLaws[member] ?? null;
  },
  // A child takes over: the old head and the spouse are its parents, the other children its siblings.
  child(member, sex) {
    if (isHead(member)) return bySex(sex, '51', '52', '50');
    if (groupOf(member) === 'spouse') return bySex(sex, '51', '52', '50');
    if (groupOf(member) === 'child') return '70';
    if (groupOf(member) === 'parent') return '60';
    return null;
  },
  // A parent takes over: the old head is a child, the old head's siblings too, the other parent the spouse.
  parent(member, sex) {
    if (isHead(member)) return bySex(sex, '20', '30', '20');
    if (groupOf(member) === 'sibling') return bySex(sex, '20', '30', '20');
    if (member === '51' || member === '52' || member === '50') return bySex(sex, '11', '12', '10');
    if (groupOf(member) === 'child') return '40';
    if (groupOf(member) === 'spouse') return bySex(sex, '28', '38', '80');
    return null;
  },
  sibling(member, sex) {
    if (isHead(member)) return '70';
    if (['50', '51', '52'].includes(member)) return member;
    if (groupOf(member) === 'sibling') return '70';
    if (groupOf(member) === 'child') return bySex(sex, '93', '94', '97');
    return null;
  },
};

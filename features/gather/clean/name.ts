import { halfWidth } from '../../archive/rules/text.ts';
import { isHan, visible } from './plain.ts';
import type { CellReason } from './words.ts';

export type NameRead =
  | { name: string; fault?: CellReason }
  | { name?: undefined; fault: CellReason };

/** Brackets with what is in them, and one that is never closed with all that follows. */
const remark = /[（([【〔{《<＜［｛][^）)\]】〕}》>＞］｝]*(?:[）)\]】〕}》>＞］｝]|$)/g;
/** What is written for the middle dot of names such as 阿依古丽·买买提. */
const dots = /[·•‧∙⋅・･．●▪.˙]/g;
const han = /[\p{Script=Han}\ue000-\uf8ff]/u;
/** Characters beyond the BMP and those of the private area are in names that police files hold. */
const shape = /^[\p{L}〇\ue000-\uf8ff][\p{L}\p{M}〇·'’ .\-\ue000-\uf8ff]*$/u;
const several = /[、，,;；/／|&+]/;
const longest = 50;
/** What stands in a column of names and is none: rows of sums, signatures, headings. */
const words = new Set(
  [
    '合计',
    '总计',
    '小计',
    '共计',
    '累计',
    '平均',
    '备注',
    '说明',
    '姓名',
    '户主',
    '户主姓名',
    '本人',
  ].concat([
    '制表',
    '制表人',
    '填表人',
    '审核人',
    '负责人',
    '无名',
    '无名氏',
    '测试',
    '待补',
    '待定',
  ]),
);

const notAName: NameRead = { fault: 'name_word' };

/**
 * A person's name in one form: without padding, inner spaces, remarks such as （已婚） or (户主) and what cannot be
 * seen; dots of names from other languages as one; letters half-width.
 * @returns an empty name when nothing is left
 */
export function nameOf(cell: string): NameRead {
  if (cell.length <= 8 && isHan(cell)) return words.has(cell) ? notAName : { name: cell };
  let name = halfWidth(visible(cell).replace(remark, '')).normalize('NFC').trim();
  if (name === '') return { name: '' };
  if (several.test(name)) return { fault: 'name_many' };
  if (han.test(name))
    name = name
      .replace(/\s+/g, '')
      .replace(dots, '·')
      .replace(/^·+|·+$/g, '');
  else name = name.replace(/\s+/g, ' ');
  if (!shape.test(name)) return { fault: 'name_characters' };
  if (words.has(name)) return notAName;
  return name.length > longest ? { fault: 'name_length' } : { name };
}

import { dense, digitsIn } from './plain.ts';

/** Units that say nothing which the item does not say. */
const units = /(?:元|块|圆|亩|股|份|人|口|岁|㎡|m²|m2|M2|平方米|平米|平方|RMB|CNY)(?:\/?[月年])?$/;
const yuan = /^(?:¥|￥|RMB|CNY|人民币)/;

/**
 * A number as text, in digits alone: without unit, sign of money, thousands' commas; 1.2万 is 12000.
 * @returns undefined when it is none
 */
export function numberOf(cell: string): string | undefined {
  if (isDigits(cell)) return cell;
  // Two numbers in a cell are not one.
  if (/[\d０-９]\s+[\d０-９]/.test(cell)) return undefined;
  const text = dense(cell)
    .replace(/^['’‘`]/, '')
    .replace(yuan, '')
    .replace(/^−|^－/, '-');
  const bare = text.replace(units, '');
  const tenThousand = /^(-?\d+(?:\.\d+)?)万$/.exec(bare)?.[1];
  // By digits, since 1.1 × 10000 is not 11000 in floating point.
  if (tenThousand !== undefined) return shifted(tenThousand);
  const plain = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(bare) ? bare.replaceAll(',', '') : bare;
  return /^[-+]?\d+(?:\.\d+)?$/.test(plain) ? plain.replace(/^\+/, '') : undefined;
}

function shifted(text: string): string {
  const [whole = '', part = ''] = text.split('.');
  const digits = `${whole}${part.padEnd(4, '0').slice(0, 4)}`;
  const rest = part.slice(4);
  return rest === '' ? digits : `${digits}.${rest}`;
}

const isDigits = (cell: string): boolean =>
  cell !== '' && cell.length < 16 && digitsIn(cell, 0, cell.length) >= 0;

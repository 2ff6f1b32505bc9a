import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import type { FileLook } from '../../contract.ts';
import { sizeOf } from './amounts.ts';

/** How a file is written, in one line. */
export function Written({ look }: { look: FileLook }): ReactNode {
  const { gather: all } = useText();
  const { handIn: text } = all;
  const { format, packed, columns, bytes } = look;
  const separators: Record<string, string> = text.separators;
  const parts = [
    text.kinds[format.kind],
    packed && text.packed,
    format.encoding?.toUpperCase(),
    format.separator && text.separated(separators[format.separator] ?? `“${format.separator}”`),
    format.kind !== 'jsonl' && text.titleRows(format.titleRows),
    text.columns(columns.length),
    sizeOf(bytes),
  ].filter(Boolean);
  return (
    <p className="help">
      {text.written}：{parts.join(' · ')}
    </p>
  );
}

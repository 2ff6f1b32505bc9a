import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';
import type { Step } from '../../../review/contract.ts';

/** Bits from which a bar is full: 2^12 is as sure as a field gets. */
const fullBits = 12;

type Strength = 'strongFor' | 'for' | 'weakFor' | 'weakAgainst' | 'against' | 'strongAgainst';

/** A field's bits in words; each bit doubles the odds. */
export function strengthOf(bits: number): Strength {
  if (bits >= 6) return 'strongFor';
  if (bits >= 2) return 'for';
  if (bits >= 0) return 'weakFor';
  if (bits > -2) return 'weakAgainst';
  return bits > -6 ? 'against' : 'strongAgainst';
}

/** Fields that hardly say anything are left out. */
const isTold = ({ bits }: Step): boolean => Math.abs(bits) >= 0.3;

/** What each field added to the belief or took from it, the weightiest first. */
export function Waterfall({ steps }: { steps: readonly Step[] }): ReactNode {
  const { review: text } = useText();
  const told = steps.filter(isTold).sort((a, b) => Math.abs(b.bits) - Math.abs(a.bits));
  if (told.length === 0) return null;
  return (
    <ul className="waterfall" aria-label={text.why}>
      {told.map(({ field, level, bits }) => (
        <li key={field} data-side={bits >= 0 ? 'for' : 'against'}>
          <span>{text.steps[field]?.[level] ?? field}</span>
          <i aria-hidden="true">
            <b style={{ width: `${Math.min(100, (Math.abs(bits) / fullBits) * 100)}%` }} />
          </i>
          <em>{text.strength[strengthOf(bits)]}</em>
        </li>
      ))}
    </ul>
  );
}

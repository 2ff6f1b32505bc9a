import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { minute } from '../../../../../console/format.ts';
import { useLanguage } from '../../../../../console/language.tsx';
import { Failed, Loading } from '../../../../../console/parts/Feedback.tsx';
import type { CategoryKey } from '../../../contract.ts';
import { itemHistory, type View } from './county-items.ts';

const names: Record<string, string> = { fresh_months: 'freshMonths', max_length: 'maxLength' };

/** Who changed an item or a code table, when and why, with a way back to each state. */
export function Changes(props: {
  view: View;
  category?: CategoryKey;
  itemKey: string;
  restore: (earlier: Record<string, unknown>) => void;
}): ReactNode {
  const { text } = useLanguage();
  const { data, error } = useQuery(
    itemHistory(props.view.county.code, props.category, props.itemKey),
  );
  return (
    <section className="items-history">
      <h3>{text.items.history}</h3>
      {error && <Failed error={error} />}
      {!data && !error && <Loading rows={2} />}
      {data?.length === 0 && <p className="help">{text.items.noHistory}</p>}
      <ol>
        {data?.map(({ version, definition, by, at, reason }, index) => (
          <li key={version}>
            <span>{text.items.changed(by, minute(at), reason)}</span>
            {definition === null && <span className="tag">{text.items.toPack}</span>}
            {definition !== null && index > 0 && (
              <button
                type="button"
                className="link"
                onClick={() => props.restore(inForm(definition))}
              >
                {text.items.takeBack}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A definition of the pack's form as the form has it; what it leaves out is emptied. */
function inForm(definition: Record<string, unknown>): Record<string, unknown> {
  const empty = {
    required: false,
    ...Object.fromEntries(
      ['retired', 'freshMonths', 'help', 'min', 'max', 'maxLength', 'form', 'pattern', 'order'].map(
        (name) => [name, undefined],
      ),
    ),
  };
  const given = Object.entries(definition).map(([name, value]) => [names[name] ?? name, value]);
  return { ...empty, ...Object.fromEntries(given) };
}

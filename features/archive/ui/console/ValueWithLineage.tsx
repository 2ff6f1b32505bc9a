import { Popover } from 'antd';
import { type ReactNode, useState } from 'react';
import { type Item, useDictionary } from '../../../../console/dictionary.tsx';
import { minute } from '../../../../console/format.ts';
import { Gathered } from '../../../../console/gathered.tsx';
import { useText } from '../../../../console/language.tsx';
import type { ItemView } from '../../contract.ts';
import { inWords } from './values.ts';

/** A value; a press tells where it comes from, of what day, by whom and when. */
export function ValueWithLineage(props: {
  item: Item;
  view: ItemView;
  stale: boolean;
  /** The record that the value is of. */
  record: string;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { item, view } = props;
  const [open, setOpen] = useState(false);
  const words = inWords(dictionary, text, item, view.value);
  const source = dictionary.source(view.source);
  const lineage: [string, string | undefined][] = [
    [text.lineage.source, source],
    [text.lineage.asOf, view.asOf],
    [text.lineage.actor, view.actor],
    [text.lineage.at, view.changedAt && minute(view.changedAt)],
    [text.lineage.limit, item.freshMonths ? text.lineage.months(item.freshMonths) : undefined],
  ];
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <div role="dialog" aria-label={text.lineage.title}>
          <b>{text.lineage.title}</b>
          <dl className="lineage">
            {lineage.map(([label, value]) =>
              value ? (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ) : null,
            )}
          </dl>
          {view.batch !== undefined && view.row !== undefined && (
            <Gathered record={props.record} batch={view.batch} row={view.row} />
          )}
        </div>
      }
    >
      <button
        type="button"
        className="value"
        aria-expanded={open}
        onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
      >
        <span
          className={
            item.type === 'citizen_id' || item.type === 'phone' ? 'figures-font' : undefined
          }
        >
          {words}
        </span>
        <small>
          {source} {view.asOf}
        </small>
        {props.stale && <em className="stale-mark">{text.file.stale}</em>}
        <span className="unseen">{text.lineage.show}</span>
      </button>
    </Popover>
  );
}

import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { Ring } from '../../../../console/parts/Ring.tsx';
import type { CategoryKey } from '../../contract.ts';
import { Tags } from './Tags.tsx';
import type { AnyFile } from './types.ts';

export interface Fact {
  label: string;
  value: string | null;
}

type Left = { on: string; how: string } | null;

/** Says of somebody, or a household, not here any more since when and why. */
function LeftNote({ left }: { left: Left }): ReactNode {
  const text = useText();
  if (!left) return null;
  const words: Record<string, (day: string) => string> = text.life.left;
  return <p className="left-note">{words[left.how]?.(left.on) ?? left.on}</p>;
}

/** The head of a file: what it is, how complete, what is missing; and the way to edit it. */
export function FileHead(props: {
  category: CategoryKey;
  file: AnyFile;
  title: string;
  facts: Fact[];
  edit: (item?: string) => void;
  /** What else can be done with the file. */
  acts?: ReactNode;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { category, file } = props;
  return (
    <header className="file-head">
      <div className="file-title">
        <p className="file-kind">{text.file.kind[category]}</p>
        <h1>{props.title}</h1>
        <LeftNote left={'left' in file ? (file.left as Left) : null} />
        <Tags tags={file.tags} />
        <dl className="facts">
          {props.facts.map((fact) =>
            fact.value ? (
              <div key={fact.label}>
                <dt>{fact.label}</dt>
                <dd>{fact.value}</dd>
              </div>
            ) : null,
          )}
          <div>
            <dt>{text.area.label}</dt>
            <dd>{file.area.name}</dd>
          </div>
          <div>
            <dt>{text.file.updated}</dt>
            <dd>{minute(file.updatedAt)}</dd>
          </div>
        </dl>
      </div>
      <div className="file-state">
        <Ring percent={file.completeness} label={text.file.completeness} />
        <div>
          <b>{text.file.completeness}</b>
          {file.missing.length === 0 ? (
            <p>{text.file.complete}</p>
          ) : (
            <ul className="missing">
              {file.missing.map((item) => (
                <li key={item}>
                  {file.abilities.editable.includes(item) ? (
                    <button type="button" className="link" onClick={() => props.edit(item)}>
                      {text.file.add(dictionary.item(category, item))}
                    </button>
                  ) : (
                    text.file.lacks([dictionary.item(category, item)])
                  )}
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
      {(props.acts || file.abilities.edit) && (
        <div className="head-acts file-acts">
          {props.acts}
          {file.abilities.edit && (
            <Button type="primary" className="file-edit" onClick={() => props.edit()}>
              {text.file.edit}
            </Button>
          )}
        </div>
      )}
    </header>
  );
}

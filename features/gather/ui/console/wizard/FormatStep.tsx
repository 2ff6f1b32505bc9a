import { Alert, Button, InputNumber, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { FileLook } from '../../../contract.ts';
import { Written } from '../Written.tsx';

type Format = FileLook['format'];
const encodingNames = {
  'utf-8': 'UTF-8',
  gb18030: 'GB18030',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
} as const;

/** How the sample is written; what the guess got wrong is set right, and the file read again. */
export function FormatStep(props: {
  look: FileLook;
  changed: (look: FileLook) => void;
  another: () => void;
}): ReactNode {
  const { gather } = useText();
  const { profile: text, handIn } = gather;
  const words = useProblemText();
  const { look } = props;
  const { format } = look;
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const set = async (change: Partial<Format>): Promise<void> => {
    setBusy(true);
    setProblem('');
    try {
      const body = { format: { ...format, ...change } };
      props.changed(await api.post<FileLook>(`/gather/files/${look.id}/look`, body));
    } catch (error) {
      setProblem(words(error));
    }
    setBusy(false);
  };
  return (
    <Panel title={text.format} extra={<Button onClick={props.another}>{handIn.again}</Button>}>
      <div className="gather-stack">
        <div>
          <b>{look.fileName}</b>
          <Written look={look} />
          {look.titles.length > 0 && (
            <p className="help">
              {text.titles}：{look.titles.join(' / ')}
            </p>
          )}
        </div>
        {problem && <Alert type="error" showIcon role="alert" title={problem} />}
        {!look.hasHeader && <p className="caution">{text.noHeader}</p>}
        <div className="format-fields">
          {format.kind !== 'xlsx' && (
            <div className="field">
              <label htmlFor="format-encoding">{text.encoding}</label>
              <Select
                id="format-encoding"
                value={format.encoding}
                disabled={busy}
                onChange={(encoding) => void set({ encoding })}
                options={Object.entries(encodingNames).map(([value, label]) => ({
                  value: value as NonNullable<Format['encoding']>,
                  label,
                }))}
              />
            </div>
          )}
          {format.kind === 'csv' && (
            <div className="field">
              <label htmlFor="format-separator">{text.separator}</label>
              <Select
                id="format-separator"
                value={format.separator}
                disabled={busy}
                onChange={(separator) => void set({ separator })}
                options={separatorsWith(format.separator, handIn.separators)}
              />
            </div>
          )}
          {format.kind !== 'jsonl' && (
            <div className="field">
              <label htmlFor="format-title-rows">{text.titleRows}</label>
              <InputNumber
                id="format-title-rows"
                min={0}
                max={30}
                precision={0}
                controls={false}
                value={format.titleRows}
                disabled={busy}
                onChange={(titleRows) => titleRows !== null && void set({ titleRows })}
              />
            </div>
          )}
        </div>
        {busy && (
          <p role="status" className="help">
            {text.reread}
          </p>
        )}
        <Sample look={look} />
      </div>
    </Panel>
  );
}

function separatorsWith(current: string | undefined, names: Record<string, string>) {
  const known = Object.entries(names).map(([value, label]) => ({ value, label }));
  const isOdd = current !== undefined && !(current in names);
  return isOdd ? [...known, { value: current, label: `“${current}”` }] : known;
}

/** The columns with a few of their cells. */
function Sample({ look }: { look: FileLook }): ReactNode {
  const { profile: text } = useText().gather;
  const types: Record<string, string> = text.types;
  return (
    <ul className="sample">
      {look.columns.map(({ column, type, values }) => (
        <li key={column}>
          <b>{column || text.empty}</b>
          <span className="tag">{types[type]}</span>
          <span className="help">{values.slice(0, 3).join('、') || text.empty}</span>
        </li>
      ))}
    </ul>
  );
}

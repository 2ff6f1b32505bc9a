import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Drawer, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { figure } from '../../../../../console/format.ts';
import { useLanguage } from '../../../../../console/language.tsx';
import { Failed, useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import { Changes } from './Changes.tsx';
import { type Code, codeUses, saveTable, type Table, type View } from './county-items.ts';

/** The codes of a table: added, renamed, ordered, retired. */
export default function TableDrawer(props: {
  view: View;
  table: Table;
  close: () => void;
  saved: () => void;
}): ReactNode {
  useReturnFocus();
  const { text, language } = useLanguage();
  const words = useProblemText();
  const { view, table } = props;
  const uses = useQuery(codeUses(view.county.code, table.name));
  const [codes, setCodes] = useState<Code[]>(table.codes);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const set = (at: number, part: Partial<Code>): void =>
    setCodes(codes.map((code, index) => (index === at ? { ...code, ...part } : code)));
  const wordsOf = (code: string): string => {
    if (!uses.data) return uses.error ? '' : text.items.counting;
    const found = uses.data.codes.find((one) => one.code === code);
    if (!found || found.records === 0) return text.items.unused;
    return found.records === null ? text.items.fewUses : text.items.uses(figure(found.records));
  };
  const move = (at: number): void => {
    const [one, other] = [codes[at - 1], codes[at]];
    if (one && other) setCodes(codes.toSpliced(at - 1, 2, other, one));
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const whole = codes.map((code) => ({
        ...code,
        zh: code.zh.trim(),
        en: code.en.trim() || code.zh.trim(),
      }));
      await saveTable(view, table.name, whole, reason.trim());
      say(text.items.saved);
      props.saved();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Drawer
      open
      size={640}
      title={table.label[language]}
      onClose={props.close}
      footer={
        <div className="drawer-foot">
          <Button onClick={props.close}>{text.app.close}</Button>
          <Button
            type="primary"
            loading={busy}
            disabled={reason.trim().length < 2}
            onClick={() => void save()}
          >
            {text.app.save}
          </Button>
        </div>
      }
    >
      {problem !== null && <Alert type="error" showIcon title={words(problem)} role="alert" />}
      <p className="help">{text.items.codesHelp}</p>
      {uses.error && <Failed error={uses.error} retry={() => void uses.refetch()} />}
      {uses.data && uses.data.uncounted.length > 0 && (
        <p className="help">
          {text.items.uncounted(
            uses.data.uncounted.map((label) => label[language]).join(text.items.comma),
          )}
        </p>
      )}
      <ul className="items-codes">
        {codes.map((code, at) => (
          <li key={code.code}>
            <Input
              aria-label={text.items.codeName}
              maxLength={60}
              value={code.zh}
              onChange={({ target }) => set(at, { zh: target.value })}
            />
            <Checkbox
              checked={code.retired ?? false}
              onChange={({ target }) => set(at, { retired: target.checked || undefined })}
            >
              {text.items.retired}
            </Checkbox>
            <span className="items-uses">{wordsOf(code.code)}</span>
            <Button
              disabled={at === 0}
              aria-label={text.items.up(code.zh)}
              onClick={() => move(at)}
            >
              ↑
            </Button>
          </li>
        ))}
      </ul>
      <Button
        onClick={() =>
          setCodes([...codes, { code: `own_${Date.now().toString(36)}`, zh: '', en: '' }])
        }
      >
        {text.items.addCode}
      </Button>
      <div className="stack">
        <div>
          <label htmlFor="table-reason">{text.items.reason}</label>
          <Input
            id="table-reason"
            maxLength={200}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
          <p className="help">{text.items.reasonHelp}</p>
        </div>
      </div>
      <Changes
        view={view}
        itemKey={table.name}
        restore={({ codes: earlier }) => {
          const known = earlier as Code[];
          // A code added since stays: values may hold it.
          const since = codes.filter(({ code }) => known.every((one) => one.code !== code));
          setCodes([...known, ...since]);
        }}
      />
    </Drawer>
  );
}

import { Button, Modal } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { ShapeRow } from '../../../shapes/contract.ts';

/** Takes in a GeoJSON file: checked row by row first, then all of it or nothing. */
export function ImportDialog(props: { close: () => void; done: () => void }): ReactNode {
  useReturnFocus();
  const text = useText();
  const words = useProblemText();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<unknown>(null);
  const [rows, setRows] = useState<ShapeRow[] | null>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const good = rows?.every(({ faults }) => faults.length === 0) ?? false;
  const check = async (chosen: File | undefined): Promise<void> => {
    setRows(null);
    setProblem('');
    if (!chosen) return;
    setBusy(true);
    try {
      const read: unknown = JSON.parse(await chosen.text());
      setFile(read);
      setRows((await api.post<{ rows: ShapeRow[] }>('/areas/shapes/check', read)).rows);
    } catch (error) {
      setProblem(error instanceof SyntaxError ? text.map.notJson : words(error));
    } finally {
      setBusy(false);
    }
  };
  const apply = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.put('/areas/shapes', file);
      say(text.map.applied);
      props.done();
      props.close();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      width={720}
      title={text.map.importFile}
      okText={text.map.apply(rows?.length ?? 0)}
      okButtonProps={{ disabled: !good }}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      onOk={() => void apply()}
      onCancel={props.close}
    >
      <p className="help">{text.map.importHelp}</p>
      <p className="help">{text.map.help}</p>
      <input
        ref={input}
        type="file"
        hidden
        accept=".geojson,.json,application/geo+json,application/json"
        aria-label={text.map.choose}
        onChange={(event) => {
          void check(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <Button loading={busy} onClick={() => input.current?.click()}>
        {text.map.choose}
      </Button>
      {problem && (
        <p className="map-problem" role="alert">
          {problem}
        </p>
      )}
      {rows && (
        <>
          <table className="map-rows">
            <thead>
              <tr>
                <th scope="col">{text.map.row}</th>
                <th scope="col">{text.map.area}</th>
                <th scope="col">{text.map.result}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.row} className={row.faults.length > 0 ? 'bad' : ''}>
                  <td>{row.row}</td>
                  <td>
                    {row.name ?? '—'} <small>{row.code}</small>
                  </td>
                  <td>
                    {row.faults.map(({ message }) => message).join('；') ||
                      [
                        text.map.good,
                        row.hectares === null ? '' : text.map.hectares(row.hectares),
                        row.replaces ? text.map.replaces : '',
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {!good && <p className="map-problem">{text.map.applyNone}</p>}
        </>
      )}
    </Modal>
  );
}

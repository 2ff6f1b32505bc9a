import { Button, Checkbox } from 'antd';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { newKey } from '../../../../../console/ids.ts';
import { useText } from '../../../../../console/language.tsx';
import { AreaPicker } from '../../../../../console/parts/AreaPicker.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { csvOf } from '../../../staff/rules/handout.ts';
import { handOut } from '../download.ts';
import { base64Of, mostBytes } from './sheet.ts';

/** The file that was chosen; each choice has an id of its own. */
export interface Chosen {
  id: string;
  name: string;
  /** Its bytes, base 64. */
  file: string;
}

/** Whether the list names everybody of an area, and of which once it is chosen. */
export interface Complete {
  said: boolean;
  area: string | undefined;
}

/** The file, what must stand in it, and whether it is complete for an area. */
export function StaffFile(props: {
  chosen: Chosen | null;
  choose: (chosen: Chosen) => void;
  complete: Complete;
  setComplete: (complete: Complete) => void;
}): ReactNode {
  const { staff: text } = useText();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState('');
  const { chosen } = props;
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const fault = file.size === 0 ? text.empty : file.size > mostBytes ? text.tooLarge : '';
    setProblem(fault);
    if (fault) return;
    props.choose({ id: newKey(), name: file.name, file: await base64Of(file) });
  };
  const dropped = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <Panel
      title={text.file}
      extra={
        <Button onClick={() => handOut(`${text.templateName}.csv`, csvOf(text.template))}>
          {text.downloadTemplate}
        </Button>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a mouse's way beside the button */}
      <div
        className="staff-drop"
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        <Button type={chosen ? 'default' : 'primary'} onClick={() => chooser.current?.click()}>
          {chosen ? text.another : text.choose}
        </Button>
        {chosen ? <b>{chosen.name}</b> : <span className="staff-drop-words">{text.drop}</span>}
        <input
          ref={chooser}
          type="file"
          hidden
          aria-label={text.choose}
          accept=".xlsx,.csv,.txt,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv,text/plain"
          onChange={({ target }) => {
            void take(target.files?.[0]);
            // So that the same file can be chosen again, mended.
            target.value = '';
          }}
        />
      </div>
      {problem && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <ul className="staff-notes">
        {text.columns.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
      <Leavers complete={props.complete} set={props.setComplete} />
    </Panel>
  );
}

/** Whoever a complete list does not name leaves. The area is always chosen by hand. */
function Leavers(props: { complete: Complete; set: (complete: Complete) => void }): ReactNode {
  const { staff: text } = useText();
  const { complete, set } = props;
  return (
    <div className="staff-leavers">
      <Checkbox
        checked={complete.said}
        onChange={({ target }) => set({ said: target.checked, area: undefined })}
      >
        {text.complete}
      </Checkbox>
      {complete.said && (
        <>
          <AreaPicker
            id="staff-area"
            label={text.completeFor}
            value={complete.area}
            onChange={(area) => set({ said: true, area })}
          />
          <p className="caution">{complete.area ? text.completeHelp : text.chooseArea}</p>
        </>
      )}
    </div>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';
import { say } from '../../../../console/parts/Toast.tsx';
import { useSession } from '../../../../console/session.tsx';
import { BuildingSelect } from '../../../area/ui/console/buildings/BuildingSelect.tsx';
import { staleAfterBuilding } from '../../../area/ui/console/buildings/data.ts';
import { Reason } from './Reason.tsx';
import type { House } from './types.ts';

/** Says of a dwelling which building it is a part of. */
export function InBuildingButton({ file }: { file: House }): ReactNode {
  const text = useText().buildings;
  const { abilities } = useSession();
  const [open, setOpen] = useState(false);
  if (!abilities.writeArchive) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{text.put}</Button>
      {open && <InBuildingDialog file={file} close={() => setOpen(false)} />}
    </>
  );
}

function InBuildingDialog({ file, close }: { file: House; close: () => void }): ReactNode {
  useReturnFocus();
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const id = useId();
  const [building, setBuilding] = useState(file.building?.id);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    if (reason.trim() === '') return setProblem(text.edit.reasonNeeded);
    setBusy(true);
    try {
      const content = { building: building ?? null, reason: reason.trim() };
      await api.put(`/housing/${file.id}/building`, content, file.version);
      for (const key of staleAfterBuilding) void client.invalidateQueries({ queryKey: [key] });
      say(text.edit.saved);
      close();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={text.buildings.putOf(file.address ?? file.code ?? text.list.unnamed)}
      okText={text.app.save}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      onOk={() => void save()}
      onCancel={close}
    >
      <div className="field wide">
        <label htmlFor={id}>{text.buildings.one}</label>
        <BuildingSelect
          id={id}
          area={file.area.code}
          value={building}
          placeholder={text.buildings.notIn}
          set={setBuilding}
        />
        <p className="help">{text.buildings.putHelp}</p>
      </div>
      <Reason
        reason={reason}
        set={(change) => setReason(change.reason ?? '')}
        errors={problem ? { reason: problem } : {}}
      />
    </Modal>
  );
}

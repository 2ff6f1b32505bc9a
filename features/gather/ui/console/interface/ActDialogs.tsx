import { Input, InputNumber } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { FormDialog } from '../../../../identity/ui/console/FormDialog.tsx';
import type { NewSecret, System } from '../../../interface/contract.ts';
import { SecretShown } from './SecretShown.tsx';

interface Props {
  system: System;
  close: () => void;
  again: (said: string) => void;
}

/** Another secret, with some days in which both are good; then it is shown, once. */
export function RotateDialog({ system, close, again }: Props): ReactNode {
  const { systems: text } = useText();
  const [days, setDays] = useState<number | null>(7);
  const [fresh, setFresh] = useState<NewSecret | null>(null);
  if (fresh)
    return (
      <SecretShown
        title={text.rotated}
        id={system.id}
        secret={fresh.secret}
        done={() => {
          again(text.known);
          close();
        }}
      />
    );
  return (
    <FormDialog
      title={text.rotateTitle(system.name)}
      help={text.rotateHelp}
      ok={text.rotate}
      close={close}
      done={() => {}}
      stay
      save={async () =>
        setFresh(
          await api.post<NewSecret>(`/gather/systems/${system.id}/secret`, { overlapDays: days }),
        )
      }
    >
      {(errorOf) => (
        <div>
          <label htmlFor="overlap">{text.overlap}</label>
          <InputNumber
            controls={false}
            id="overlap"
            min={0}
            max={30}
            precision={0}
            value={days}
            onChange={setDays}
          />
          {errorOf('overlapDays')}
        </div>
      )}
    </FormDialog>
  );
}

/** Withdraws a system, for a reason. */
export function WithdrawDialog({ system, close, again }: Props): ReactNode {
  const { systems: text } = useText();
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title={text.withdrawTitle(system.name)}
      help={text.withdrawHelp}
      ok={text.withdraw}
      close={close}
      done={() => again(text.withdrawn)}
      save={() => api.post(`/gather/systems/${system.id}/withdraw`, { reason })}
    >
      {(errorOf) => (
        <div>
          <label htmlFor="withdraw-reason">{text.reason}</label>
          <Input
            id="withdraw-reason"
            maxLength={200}
            autoComplete="off"
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
          {errorOf('reason')}
        </div>
      )}
    </FormDialog>
  );
}

/** Sets the address to which changes are sent. */
export function AddressDialog({ system, close, again }: Props): ReactNode {
  const { systems: text } = useText();
  const [address, setAddress] = useState(system.webhook ?? '');
  return (
    <FormDialog
      title={text.webhook}
      help={text.addressHelp}
      close={close}
      done={() => again(text.addressSaved)}
      save={() =>
        api.put(`/gather/systems/${system.id}/webhook`, { address: address.trim() || null })
      }
    >
      {(errorOf) => (
        <div>
          <label htmlFor="address">{text.webhook}</label>
          <Input
            id="address"
            inputMode="url"
            maxLength={500}
            autoComplete="off"
            value={address}
            onChange={({ target }) => setAddress(target.value)}
          />
          <p className="help">{text.webhookHelp}</p>
          {errorOf('address')}
        </div>
      )}
    </FormDialog>
  );
}

/** Asks before changes are sent again, or left out. */
export function ReplayDialog({ system, from, close, again }: Props & { from: string }): ReactNode {
  const { systems: text } = useText();
  return (
    <FormDialog
      title={text.againTitle}
      help={from === 'now' ? text.againNowHelp : text.againHelp}
      ok={from === 'now' ? text.now : text.againFrom}
      close={close}
      done={() => again(text.againDone)}
      save={() => api.post(`/gather/systems/${system.id}/replay`, { from })}
    />
  );
}

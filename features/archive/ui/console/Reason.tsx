import { Button, DatePicker, Input } from 'antd';
import dayjs from 'dayjs';
import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';

/** Why something is changed, and of what day it is true. */
export function Reason(props: {
  reason: string;
  asOf?: string;
  set: (change: { reason?: string; asOf?: string }) => void;
  errors: Record<string, string>;
  optional?: boolean;
}): ReactNode {
  const { edit: text, form } = useText();
  const error = props.errors.reason;
  return (
    <fieldset className="fields">
      <legend>{text.reasonTitle}</legend>
      <div className="field wide">
        <label htmlFor="field-reason">
          {text.reason}
          {!props.optional && (
            <>
              <i aria-hidden="true"> *</i>
              <span className="unseen">{form.required}</span>
            </>
          )}
        </label>
        <Input
          id="field-reason"
          maxLength={200}
          autoComplete="off"
          status={error ? 'error' : undefined}
          aria-invalid={Boolean(error)}
          aria-describedby="field-reason-about"
          value={props.reason}
          onChange={({ target }) => props.set({ reason: target.value })}
        />
        <p id="field-reason-about" className={error ? 'field-error' : 'help'}>
          {error}
        </p>
        <div className="chips">
          {text.reasons.map((reason) => (
            <Button key={reason} size="small" onClick={() => props.set({ reason })}>
              {reason}
            </Button>
          ))}
        </div>
      </div>
      {props.asOf !== undefined && (
        <div className="field">
          <label htmlFor="field-asOf">{text.asOf}</label>
          <DatePicker
            id="field-asOf"
            allowClear={false}
            format={['YYYY-MM-DD', 'YYYYMMDD']}
            value={dayjs(props.asOf)}
            maxDate={dayjs()}
            status={props.errors.asOf ? 'error' : undefined}
            onChange={(day) => day && props.set({ asOf: day.format('YYYY-MM-DD') })}
          />
          <p className={props.errors.asOf ? 'field-error' : 'help'}>
            {props.errors.asOf ?? text.asOfHelp}
          </p>
        </div>
      )}
    </fieldset>
  );
}

import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import type { AuditFilters } from './filters.ts';

/** First and last day, in Asia/Shanghai. */
export function Period(props: {
  from: string | undefined;
  until: string | undefined;
  set: (change: Pick<AuditFilters, 'from' | 'until'>) => void;
}): ReactNode {
  const text = useText();
  return (['from', 'until'] as const).map((end) => (
    <div className="filter day" key={end}>
      <label htmlFor={`audit-${end}`}>{text.audit[end]}</label>
      <DatePicker
        id={`audit-${end}`}
        value={props[end] ? dayjs(props[end]) : null}
        placeholder={text.list.any}
        format={['YYYY-MM-DD', 'YYYYMMDD']}
        maxDate={dayjs()}
        onChange={(day) => props.set({ [end]: day ? day.format('YYYY-MM-DD') : undefined })}
      />
    </div>
  ));
}

import { DatePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import type { Account, Post } from '../../contract.ts';
import { FormDialog } from './FormDialog.tsx';

/** Ends a post on a day, at once where none is given. */
export default function EndPostDialog(props: {
  account: Account;
  post: Post;
  close: () => void;
  done: () => void;
}): ReactNode {
  const text = useText();
  const [until, setUntil] = useState<Dayjs | null>(null);
  const { post } = props;
  return (
    <FormDialog
      close={props.close}
      done={props.done}
      title={text.accounts.endOf(
        `${props.account.name} · ${text.roles[post.role]} · ${post.area.name}`,
      )}
      help={text.accounts.endHelp}
      save={() =>
        api.post(`/posts/${post.id}/end`, until ? { until: until.format('YYYY-MM-DD') } : {})
      }
    >
      {(errorOf) => (
        <div>
          <label htmlFor="end-until">{text.accounts.lastDay}</label>
          <DatePicker
            id="end-until"
            value={until}
            onChange={setUntil}
            minDate={dayjs(post.from)}
            format={['YYYY-MM-DD', 'YYYYMMDD']}
            placeholder={text.accounts.atOnce}
          />
          {errorOf('until')}
        </div>
      )}
    </FormDialog>
  );
}

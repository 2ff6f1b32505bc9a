import { DatePicker, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { AreaPicker } from '../../../../console/parts/AreaPicker.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { Account, RoleKey } from '../../contract.ts';
import { FormDialog } from './FormDialog.tsx';

/** Gives an account a post: a role in an area, from a day until a day. */
export default function NewPostDialog(props: {
  account: Account;
  close: () => void;
  done: () => void;
}): ReactNode {
  const text = useText();
  const { acting } = useSession();
  const [role, setRole] = useState<RoleKey>('village_cadre');
  const [area, setArea] = useState(acting?.area.code);
  const [department, setDepartment] = useState<string>();
  const [from, setFrom] = useState<Dayjs | null>(dayjs());
  const [until, setUntil] = useState<Dayjs | null>(null);
  // A department officer must have one; a township's officer may be given a line of work.
  const takesDepartment = role === 'department_officer' || role === 'township_officer';
  const day = (value: Dayjs | null): string | undefined => value?.format('YYYY-MM-DD');
  return (
    <FormDialog
      close={props.close}
      done={props.done}
      title={text.accounts.addPostTo(props.account.name)}
      save={() =>
        api.post(`/accounts/${props.account.id}/posts`, {
          role,
          area,
          department: takesDepartment ? department : undefined,
          from: day(from),
          until: day(until),
        })
      }
    >
      {(errorOf) => (
        <>
          <div>
            <label htmlFor="post-role">{text.accounts.role}</label>
            <Select
              id="post-role"
              value={role}
              onChange={setRole}
              options={Object.entries(text.roles).map(([value, label]) => ({
                value: value as RoleKey,
                label,
              }))}
            />
            {errorOf('role')}
          </div>
          {takesDepartment && (
            <div>
              <label htmlFor="post-department">
                {role === 'department_officer'
                  ? text.accounts.department
                  : text.accounts.departmentLine}
              </label>
              <Select
                id="post-department"
                allowClear={role !== 'department_officer' && { label: text.app.clear }}
                value={department}
                onChange={setDepartment}
                options={Object.entries(text.departments).map(([value, label]) => ({
                  value,
                  label,
                }))}
              />
              {role === 'township_officer' && (
                <p className="help">{text.accounts.departmentHelp}</p>
              )}
              {errorOf('department')}
            </div>
          )}
          <div>
            <label htmlFor="post-area">{text.area.label}</label>
            <AreaPicker id="post-area" label={text.area.label} value={area} onChange={setArea} />
            {errorOf('area')}
          </div>
          <div>
            <label htmlFor="post-from">{text.accounts.from}</label>
            <DatePicker
              id="post-from"
              value={from}
              onChange={setFrom}
              format={['YYYY-MM-DD', 'YYYYMMDD']}
            />
            {errorOf('from')}
          </div>
          <div>
            <label htmlFor="post-until">{text.accounts.until}</label>
            <DatePicker
              id="post-until"
              value={until}
              onChange={setUntil}
              format={['YYYY-MM-DD', 'YYYYMMDD']}
              placeholder={text.accounts.open}
            />
            {errorOf('until')}
          </div>
        </>
      )}
    </FormDialog>
  );
}

import { describe, expect, it } from 'vitest';
import type { StaffRow } from '../contract.ts';
import { csvOf, passwordSheet, withPhones } from './handout.ts';

const row = (phone: string): StaffRow => ({
  row: 2,
  name: '某',
  username: 'x',
  phone,
  outcome: 'account',
  post: null,
  remark: null,
  faults: [],
});

describe('a sheet to hand out', () => {
  it('quotes what CSV must quote', () => {
    expect(csvOf([['a', 'b,c', 'd"e', 'f\ng']])).toBe('a,"b,c","d""e","f\ng"\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx'])('makes no formula of %j', (text) => {
    expect(csvOf([[text]])).toBe(`'${text}\r\n`);
  });

  it('names each with user name, one-time password and phone', () => {
    const heading = { name: '姓名', username: '用户名', password: '一次性密码', phone: '手机' };
    const made = [{ name: '陈一', username: 'chen', password: 'ABCD-2345', phone: '19900000001' }];
    expect(passwordSheet(heading, made)).toBe(
      '姓名,用户名,一次性密码,手机\r\n陈一,chen,ABCD-2345,19900000001\r\n',
    );
  });
});

it('takes the phone from whichever row of the person has one', () => {
  const rows = ['', '19900000001', '19900000002'].map(row);
  const made = [
    { name: '某', username: 'x', password: 'p' },
    { name: '另', username: 'y', password: 'q' },
  ];
  expect(withPhones(made, rows).map(({ phone }) => phone)).toEqual(['19900000001', '']);
});

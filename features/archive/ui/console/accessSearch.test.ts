import { describe, expect, it } from 'vitest';
import { readAccessSearch, recordIn } from './accessSearch.ts';

const record = '019ec901-d100-7c43-ac38-9d56faa7068c';

describe('what is asked about', () => {
  it('is found in a number, and in the address of a file’s page', () => {
    expect(recordIn(` ${record.toUpperCase()} `)).toEqual({ record });
    expect(recordIn(`https://mq.example/households/${record}?purpose=visit`)).toEqual({
      record,
      category: 'household',
    });
    expect(recordIn(`/accounts/${record}`)).toEqual({ record });
    for (const nothing of ['', '彭里村77组', '019ec901', `${record.slice(0, -1)}`])
      expect(recordIn(nothing)).toBeNull();
  });

  it('is read from the page’s address, the rest left out', () => {
    expect(readAccessSearch({ category: 'housing', record, account: 'x', other: 1 })).toEqual({
      category: 'housing',
      record,
      account: undefined,
    });
    expect(readAccessSearch({ category: 'account', record: 5 })).toEqual({
      category: undefined,
      record: undefined,
      account: undefined,
    });
  });
});

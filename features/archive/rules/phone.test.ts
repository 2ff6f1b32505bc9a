import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskPhone, normalisePhone } from './phone.ts';

describe('phone', () => {
  it.each([
    ['19900000001', '19900000001'],
    ['+8619900000001', '19900000001'],
    ['0086 199 0000 0001', '19900000001'],
    ['8619900000001', '19900000001'],
    ['199-0000-0019', '19900000019'],
    ['１９９００００００１９', '19900000019'],
    ["'19900000019", '19900000019'],
    ['0570-1234567', '0570-1234567'],
    ['(010) 12345678', '010-12345678'],
    ['+86 570 1234567', '0570-1234567'],
    ['+86 10 12345678', '010-12345678'],
  ])('brings %s to one form', (text, phone) => {
    expect(normalisePhone(text)).toBe(phone);
  });

  it.each(['', '1990000000', '199000000011', '12900000001', '1234567', '电话', '1990000000x'])(
    'refuses %s',
    (text) => {
      expect(normalisePhone(text)).toBeNull();
    },
  );

  it('leaves its own result as it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^(\+86)?1[3-9]\d{9}$/), (any, mobile) => {
        const phone = normalisePhone(mobile);
        expect(normalisePhone(phone ?? '')).toBe(mobile.slice(-11));
        const other = normalisePhone(any);
        if (other !== null) expect(normalisePhone(other)).toBe(other);
      }),
    );
  });

  it('hides the middle', () => {
    expect(maskPhone('19900001234')).toBe('199****1234');
    expect(maskPhone('0570-1234567')).toBe('0570-*****67');
    expect(maskPhone('12345')).toBe('*****');
  });
});

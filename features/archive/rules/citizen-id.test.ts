import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCitizenId, citizenIdCheckDigit, maskCitizenId } from './citizen-id.ts';

const good = '990804195707213626';

const ids = fc
  .record({
    area: fc.integer({ min: 0, max: 9999 }),
    birth: fc.date({
      min: new Date('1900-01-01T00:00:00Z'),
      max: new Date('1999-12-31T00:00:00Z'),
      noInvalidDate: true,
    }),
    order: fc.integer({ min: 0, max: 999 }),
  })
  .map(({ area, birth, order }) => {
    const day = birth.toISOString().slice(0, 10);
    const first17 = `99${String(area).padStart(4, '0')}${day.replaceAll('-', '')}${String(order).padStart(3, '0')}`;
    return { id: first17 + citizenIdCheckDigit(first17), day, order };
  });

describe('citizen id', () => {
  it('reads birth and sex', () => {
    expect(checkCitizenId(good)).toEqual({ ok: true, id: good, birth: '1957-07-21', sex: '2' });
  });

  it('agrees with the example of the standard', () => {
    // GB 11643-1999, annex: 11010519491231002X and 440524188001010014.
    expect(checkCitizenId('11010519491231002X')).toMatchObject({ ok: true, sex: '2' });
    expect(checkCitizenId('440524188001010014')).toMatchObject({ ok: true, birth: '1880-01-01' });
  });

  it.each([
    ['full-width digits', '９９０８０４１９５７０７２１３６２６'],
    ['spaces', ' 990804 19570721 3626　'],
    ['an apostrophe in front', "'990804195707213626"],
  ])('puts right %s', (_what, text) => {
    expect(checkCitizenId(text)).toMatchObject({ ok: true, id: good });
  });

  it('takes a lower-case and a full-width x', () => {
    expect(checkCitizenId('11010519491231002x')).toMatchObject({ id: '11010519491231002X' });
    expect(checkCitizenId('11010519491231002ｘ')).toMatchObject({ id: '11010519491231002X' });
  });

  it('completes the old form of 15 digits', () => {
    expect(checkCitizenId('990804570721362')).toMatchObject({ ok: true, id: good });
  });

  it.each([
    ['', 'length'],
    ['99080419570721362', 'length'],
    ['99080419570721362A', 'characters'],
    ['9908041957072X3626', 'characters'],
    ['①90804195707213626', 'characters'],
    ['990804195702303626', 'birth'],
    ['990804190002293626', 'birth'],
    ['990804195713213626', 'birth'],
    ['990804175707213626', 'birth'],
    ["990804195707213626'--", 'length'],
  ])('refuses %s for its %s', (text, reason) => {
    expect(checkCitizenId(text)).toMatchObject({ ok: false, reason });
  });

  it('refuses a birth to come', () => {
    expect(checkCitizenId(good, '1957-07-20')).toMatchObject({ ok: false, reason: 'birth' });
    expect(checkCitizenId(good, '1957-07-21')).toMatchObject({ ok: true });
  });

  it('says which check digit it should be', () => {
    expect(checkCitizenId('990804195707213627')).toEqual({
      ok: false,
      reason: 'check',
      expected: '6',
    });
  });

  it('takes every id with the check digit worked out', () => {
    fc.assert(
      fc.property(ids, ({ id, day, order }) => {
        const sex = order % 2 === 1 ? '1' : '2';
        expect(checkCitizenId(id)).toEqual({ ok: true, id, birth: day, sex });
      }),
    );
  });

  it('notices any one digit changed and any two neighbours swapped', () => {
    fc.assert(
      fc.property(
        ids,
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 1, max: 9 }),
        ({ id }, at, step) => {
          const other = (Number(id[at]) + step) % 10;
          const changed = `${id.slice(0, at)}${other}${id.slice(at + 1)}`;
          expect(checkCitizenId(changed).ok).toBe(false);
          const [one = '', two = ''] = id.slice(at, at + 2);
          const swapped = `${id.slice(0, at)}${two}${one}${id.slice(at + 2)}`;
          if (swapped !== id) expect(checkCitizenId(swapped).ok).toBe(false);
        },
      ),
    );
  });

  it('needs 17 digits for a check digit', () => {
    expect(() => citizenIdCheckDigit('123')).toThrow(RangeError);
  });

  it('hides the middle', () => {
    expect(maskCitizenId('99081519900101362X')).toBe('9908**********362X');
    expect(maskCitizenId('123')).toBe('***');
  });
});

import { describe, expect, it } from 'vitest';
import { passwordFault } from './password.ts';

const code = (password: string, username = 'maocungan', current?: string) =>
  passwordFault(password, username, current)?.code ?? null;

describe('a new password', () => {
  it.each([
    'correct horse battery',
    '山青水秀人勤快，路不拾遗好风气',
    'Tt7-kq29-rr0p',
    'xxxxabcd9876',
  ])('%j is taken', (password) => {
    expect(code(password)).toBeNull();
  });

  it('needs twelve characters, counted as a person counts', () => {
    expect(code('elevenchars')).toBe('short');
    expect(code('twelve chars')).toBeNull();
    expect(code('十个汉字不够长的密码')).toBe('short');
    expect(passwordFault('abc', 'x')?.message.zh).toContain('现在是 3 个');
    // Six emoji are twelve UTF-16 units and still six characters.
    expect(code('😀😁😂🤣😃😄')).toBe('short');
  });

  it.each([
    'password1234',
    'PASSWORD1234',
    'Minqing-demo-2026',
    'woaini1314520',
    'ｑｗｅｒｔｙ１２３４５６',
  ])('%j is a common one', (password) => {
    expect(code(password)).toBe('common');
  });

  it('is not the same few characters over and over', () => {
    expect(code('aaaaaaaaaaaaaaaa')).toBe('monotonous');
    expect(code('abababababab')).toBe('monotonous');
  });

  it('does not hold the user name, however written', () => {
    expect(code('x-MaoCunGan-2027')).toBe('username');
    // A name of two letters is in half of all words.
    expect(code('an ordinary sentence', 'an')).toBeNull();
  });

  it('is not the present one, even in other widths', () => {
    expect(code('an ordinary sentence', 'x', 'an ordinary sentence')).toBe('same');
    expect(code('ａn ordinary sentence', 'x', 'an ordinary sentence')).toBe('same');
  });
});

import { describe, expect, it } from 'vitest';
import { newOneTimePassword, newRecoveryCodes, plainCode, plainRecoveryCode } from './one-time.ts';
import { passwordFault } from './password.ts';

describe('codes for one use', () => {
  it('hold nothing that is read as something else', () => {
    for (let i = 0; i < 200; i++) {
      const password = newOneTimePassword();
      expect(password).toMatch(/^([2-9A-HJKMNP-TW-Z]{4}-){3}[2-9A-HJKMNP-TW-Z]{4}$/);
      expect(passwordFault(password, 'somebody')).toBeNull();
    }
  });

  it('come by ten, all different', () => {
    const codes = [newRecoveryCodes(), newRecoveryCodes()].flat();
    expect(codes.length).toBe(20);
    expect(new Set(codes).size).toBe(20);
  });

  it('are read however they are typed', () => {
    const [code = ''] = newRecoveryCodes();
    const plain = code.replaceAll('-', '');
    for (const typed of [code, plain, code.toLowerCase(), ` ${code.replaceAll('-', ' ')} `])
      expect(plainRecoveryCode(typed)).toBe(plain);
    for (const typed of ['', '123456', 'ABCD-EFGH-JKL0', `${code}2`])
      expect(plainRecoveryCode(typed)).toBeNull();
    expect(plainCode(' 123 456 ')).toBe('123456');
    expect(plainCode('１２３４５６')).toBe('123456');
    for (const typed of ['12345', '1234567', 'abcdef', '']) expect(plainCode(typed)).toBeNull();
  });
});

import type { Text } from '../../../server/errors.ts';

/** The least length of a password, in characters. */
export const leastLength = 12;

/**
 * Passwords of twelve and more characters that lists of leaked ones begin with, what a Chinese keyboard
 * suggests, and those that stand in this product's own documentation.
 */
const common = new Set(
  `123456789012 1234567890123 12345678901234 123456789123 123456123456 1234567890ab 123412341234 121212121212
   012345678910 987654321098 111122223333 112233445566 147258369147 135792468013 000000000000 1qaz2wsx3edc
   1qaz2wsx3edc4rfv 1q2w3e4r5t6y 1q2w3e4r5t6y7u8i qwertyuiopas qwertyuiop123 qwertyuiop1234 qwerty123456
   qwertyqwerty qazwsxedcrfv qazwsx123456 zaq12wsxcde3 asdfghjkl123 asdfghjklzxc zxcvbnm12345 zxcvbnm123456
   abcdefghijkl abcdef123456 abcd12345678 abc123456789 a1b2c3d4e5f6 aa1234567890 a12345678900 aaaa11112222
   password1234 password12345 password123456 passwordpassword p@ssw0rd1234 p@ssword1234 passw0rd1234
   admin1234567 admin12345678 admin123456789 administrator admin@123456 admin@123456789 adminadmin123
   administrator1 administrator123 root12345678 root@1234567 test12345678 user12345678 changeme1234
   welcome12345 welcome123456 letmein12345 iloveyou1234 iloveyou520 woaini1314520 woaini5201314 woaini123456
   woaizhongguo woaiwojia1314 5201314520131 52013145201314 zhongguo2025 zhongguo2026 beijing2008 zhejiang2026
   quzhou123456 jiangshan123 minqing12345 minqing123456 minqing-demo-2026 minqing@2026 zhengfu12345 wanggeyuan123
   huawei123456 dragon123456 monkey123456 football1234 sunshine1234 princess1234 charlie12345 michael12345`
    .split(/\s+/)
    .filter(Boolean),
);

/** A rule that a new password breaks, and how to mend it. */
export interface PasswordFault {
  code: 'short' | 'common' | 'username' | 'monotonous' | 'same';
  message: Text;
}

/**
 * What is wrong with a new password, the first fault only.
 * Length before variety of signs, and a look at a list of common ones: NIST SP 800-63B, section 5.1.1.2; GB/T 22239 asks for
 * complexity and regular change of identifying secrets, which the second factor serves better.
 * @param current the password it replaces, when known
 * @returns null when it may be taken
 */
export function passwordFault(
  password: string,
  username: string,
  current?: string,
): PasswordFault | null {
  const plain = password.normalize('NFKC');
  const lower = plain.toLowerCase();
  const characters = [...plain];
  if (characters.length < leastLength)
    return fault('short', {
      zh: `新密码至少 ${leastLength} 个字符，现在是 ${characters.length} 个`,
      en: `The new password needs at least ${leastLength} characters; it has ${characters.length}`,
    });
  if (new Set(lower).size < 5)
    return fault('monotonous', {
      zh: '新密码重复的字符太多，至少要有 5 种不同的字符',
      en: 'The new password repeats too few characters; use at least 5 different ones',
    });
  if (common.has(lower))
    return fault('common', {
      zh: '这个密码太常见，容易被猜到，请换一个',
      en: 'That password is a common one and easily guessed; choose another',
    });
  if (username.length > 2 && lower.includes(username.toLowerCase()))
    return fault('username', {
      zh: '新密码里不能包含用户名',
      en: 'The new password must not contain the user name',
    });
  if (current !== undefined && plain === current.normalize('NFKC'))
    return fault('same', {
      zh: '新密码不能与当前密码相同',
      en: 'The new password must differ from the present one',
    });
  return null;
}

function fault(code: PasswordFault['code'], message: Text): PasswordFault {
  return { code, message };
}

import { hash, verify } from '@node-rs/argon2';

// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
const settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The argon2id hash of a password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), settings);
}

/** Enough for a random secret of 77 bits, which no dictionary holds; two thousand of them are made at an import. */
const quick = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/** The hash of a one-time password made here; never of one that a person chose. */
export function hashOneTimePassword(password: string): Promise<string> {
  return hash(password, quick);
}

/** Whether the password is the one hashed. */
export async function isPassword(stored: string, password: string): Promise<boolean> {
  const right = await verify(stored, password.normalize('NFKC'));
  // The clock does not tell which accounts still have their one-time password.
  if (stored.includes(`m=${quick.memoryCost},`)) await checkDecoy(password);
  return right;
}

let decoy: Promise<string> | undefined;

/** Takes as long as a real check, so that an unknown user name can't be told by the clock. */
export async function checkDecoy(password: string): Promise<false> {
  decoy ??= hashPassword('no account has this password');
  await isPassword(await decoy, password);
  return false;
}

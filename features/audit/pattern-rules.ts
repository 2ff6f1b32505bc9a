import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { PatternRules } from './contract.ts';

/**
 * Reads the thresholds of a pack.
 * @param folder such as packs/audit
 * @throws Error naming the file and what is wrong in it
 */
export function loadPatternRules(folder: string): PatternRules {
  const file = join(folder, 'patterns.yaml');
  const read: unknown = parse(readFileSync(file, 'utf8'));
  if (Value.Check(PatternRules, read)) return read;
  const [first] = Value.Errors(PatternRules, read);
  throw new Error(`${file}: ${first?.instancePath ?? ''} ${first?.message ?? 'is not right'}`);
}

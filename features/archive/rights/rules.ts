import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { type DueDay, workingDaysAfter } from '../../../server/working-days.ts';
import { RightsRules } from './contract.ts';

/**
 * Reads the parameters of a pack.
 * @param folder such as packs/rights
 * @throws Error naming the file and what is wrong in it
 */
export function loadRightsRules(folder: string): RightsRules {
  const file = join(folder, 'answer.yaml');
  const read: unknown = parse(readFileSync(file, 'utf8'));
  if (Value.Check(RightsRules, read)) return read;
  const [first] = Value.Errors(RightsRules, read);
  throw new Error(`${file}: ${first?.instancePath ?? ''} ${first?.message ?? 'is not right'}`);
}

/** Until when an application that comes in on a day is to be answered (DOMAIN.md, section 3: 15 working days). */
export const answerBy = (day: string, rules: RightsRules): DueDay =>
  workingDaysAfter(day, rules.working_days);

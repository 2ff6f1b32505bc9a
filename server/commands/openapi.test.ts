import { beforeAll, describe, expect, it } from 'vitest';
import { askApi, describeApi } from './openapi.ts';
import type { Asked, Operation } from './reference/asking.ts';
import { operationsOf } from './reference/reference.ts';

let operations: (Operation & { security?: object[] })[];
let asked: Map<string, Asked>;
let tags: string[];
beforeAll(async () => {
  const description = await describeApi();
  operations = operationsOf(description);
  tags = (description.tags ?? []).map(({ name }) => name);
  asked = await askApi();
});

const answerOf = ({ operationId = '' }: Operation): Asked => {
  const answer = asked.get(operationId);
  if (!answer) throw new Error(`${operationId} was not asked`);
  return answer;
};
const named = (wanted: (operation: Operation & { security?: object[] }) => boolean) =>
  operations.filter(wanted).map(({ operationId }) => operationId);

describe('every operation', () => {
  it('has a summary, a name of its own, and a tag that is described', () => {
    expect(operations.length).toBeGreaterThan(50);
    expect(named(({ summary = '' }) => summary.length < 5)).toEqual([]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(named(({ operationId }) => !/^[a-z][A-Za-z]+$/.test(operationId ?? ''))).toEqual([]);
    expect(
      named((one) => !one.tags?.length || one.tags.some((tag) => !tags.includes(tag))),
    ).toEqual([]);
  });

  it('describes the headers it reads, and no others', () => {
    const described = (name: string) =>
      named(({ parameters = [] }) => parameters.some((one) => one.name === name));
    // Behind a signature nobody asks here: features/gather/interface/hand-in.test.ts does.
    const isAsked = (one: Operation) =>
      answerOf(one).idempotent || one.operationId === 'handInRows';
    expect(described('idempotency-key')).toEqual(named(isAsked));
    expect(described('if-match')).toEqual(named((one) => answerOf(one).versioned));
  });

  it('needs a session, unless it says that it does not', () => {
    expect(named((one) => !answerOf(one).signedIn)).toEqual(
      named(({ security }) => security?.every((one) => 'signature' in one) === true),
    );
    const signed = ['handInRows', 'getHandedIn', 'listChanges'];
    expect(named((one) => answerOf(one).signed)).toEqual(signed);
    expect(named((one) => !answerOf(one).signedIn && !answerOf(one).signed)).toEqual([
      'getAbout',
      'signIn',
      'beginSingleSignOn',
      'finishSingleSignOn',
      'signOutAtProvider',
    ]);
  });
});

describe('who is let through', () => {
  const whoTo = (wanted: (operation: Operation) => boolean): string[] => {
    const chosen = operations.filter(wanted);
    expect(chosen.length).toBeGreaterThan(0);
    return [...new Set(chosen.flatMap((one) => [...answerOf(one).who]))].sort();
  };
  const tagged = (tag: string) => (one: Operation) => one.tags?.includes(tag) === true;

  it('to accounts is the security administrator alone, to the audit the auditor', () => {
    expect(whoTo(tagged('accounts'))).toEqual(['security_admin']);
    expect(whoTo(tagged('audit'))).toEqual(['audit_admin']);
  });

  it('to residents’ records is no administrator, and nobody without a post', () => {
    const who = whoTo(
      (one) =>
        one.operationId === 'getAreaBook' ||
        tagged('drafts')(one) ||
        (tagged('archive')(one) && one.operationId !== 'getDictionary'),
    );
    expect(who).toContain('village_cadre');
    for (const role of ['none', 'system_admin', 'security_admin', 'audit_admin'])
      expect(who).not.toContain(role);
  });

  it('to write in the archive is no supervisor of a county or city', () => {
    const who = whoTo((one) => tagged('archive')(one) && answerOf(one).idempotent);
    expect(who).toContain('grid_worker');
    for (const role of ['county_supervisor', 'city_supervisor']) expect(who).not.toContain(role);
  });

  it('to make a record is who keeps the file itself', () => {
    const making = (one: Operation) => one.operationId === 'addHousehold';
    expect(whoTo(making)).toEqual(['grid_worker', 'township_officer', 'village_cadre']);
  });
});

import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, callerWith, startApp, type TestApp } from '../../tests/support/app.ts';
import { counting } from '../../tests/support/counting.ts';
import {
  gatherFile,
  handIn,
  healthFile,
  officer,
  startGathering,
} from '../../tests/support/gather.ts';
import { packItems } from '../../tests/support/items.ts';
import {
  callerOf,
  codeNow,
  enrol,
  firstSignIn,
  makeAccount,
  makeAdministrator,
  nextCode,
  ownPassword,
} from '../../tests/support/steps.ts';
import { clientOf } from '../../tests/support/system-client.ts';
import { bringBack, photo, upload } from '../../tests/support/uploads.ts';
import { demoPassword } from '../identity/demo.ts';
import type { Action } from './actions.ts';

const work = counting({});

const staffList = Buffer.from(
  '姓名,账号,区划代码,岗位\n周名单,zhou.list,330881002205,村干部',
).toString('base64');

type Answer = Promise<LightMyRequestResponse>;

/** What an operation leaves on record. Every operation of the API stands here: a new one without a line fails. */
interface Declared {
  /** Who calls it with success. */
  by: string;
  call: (caller: Caller) => Answer;
  /** The entry it leaves, or the few, in order; or why it leaves none. */
  leaves: Action | Action[] | { nothing: string };
  /** Who is refused for the post acted under; left out where anybody signed in may call. */
  refuses?: string;
}

let t: TestApp;
const ids: Record<string, string> = {};
const sheets = new Map<string, Buffer>();
const callers = new Map<string, Caller>();

beforeAll(async () => {
  t = await startApp({ kinds: [work] });
  const at = 'where area = 330881002205001 order by id limit 1';
  const [row] = await t.sql<Record<string, string>>(`select
    (select id from household ${at}) as household, (select id from housing ${at}) as housing,
    (select id from premises where area >= 330881002205000 and area < 330881002206000 limit 1) as premises,
    (select id from organisation where area = 330881002205000 limit 1) as organisation,
    (select account from post where role = 'grid_worker' limit 1) as account`);
  Object.assign(ids, row);
  const village = await as('village');
  const made = await village.send('POST', '/residents', {
    area: '330881002205001',
    items: { name: '周见证', phone: '19900012121' },
  });
  ids.resident = made.json().id;
  for (const [name, path] of Object.entries(paths))
    sheets.set(
      path,
      (await village.get(`${path}/editing?purpose=visit&${none[name as Singular]}`)).rawPayload,
    );
  ids.export = (await village.send('POST', '/exports', longList)).json().job;
  await t.worker().drain();
  const other = await village.send('POST', '/residents', {
    area: '330881002205001',
    items: { name: '周更正' },
  });
  ids.event = (await village.send('POST', '/life-events', marriageOf(other.json().id))).json().id;
  const third = await village.send('POST', '/residents', {
    area: '330881002205001',
    items: { name: '周补证' },
  });
  const own = `/residents/${third.json().id}`;
  const asked = { asker: 'self', item: 'skills', value: '剪纸', wrong: '不会', proof: '本人说明' };
  ids.openCorrection = (await village.send('POST', `${own}/corrections`, asked)).json().id;
  const ground = { asker: 'self', ground: 'consent_withdrawn' };
  ids.openDeletion = (await village.send('POST', `${own}/deletion`, ground)).json().id;
  ids.unproven = (
    await village.send('POST', '/life-events', marriageOf(third.json().id))
  ).json().id;
  const certificate = { kind: 'marriage_proof' };
  ids.certificate = (
    await upload(t.app, village, `/residents/${third.json().id}`, certificate, await photo())
  ).json().id;
  await t.sql(
    `insert into gather_batch (id, source, profile, file_name, file_key, digest, bytes, lo, hi, day, state, created_at)
      values ($1, 'health', 'health', 'a.csv', '', '', 0, 0, 1, '2026-06-01', 'done', now())`,
    [ids.resident],
  );
  await t.sql(`insert into gather_row (batch, n, name, items) values (1, 1, '周见证', '{}')`);
  await t.sql(
    `insert into gather_link (batch, n, county, area, subject, decision, candidates)
      values (1, 1, 330881, 330881002205001, $1, 'ask', jsonb_build_array(jsonb_build_object('county', 330881, 'resident', $1::uuid, 'score', 0.5, 'steps', '[]'::jsonb)))`,
    [ids.resident],
  );
  ids.arrival = '01970000-0000-7000-8000-00000000a001';
  await t.sql(
    `insert into handover (county, id, area, to_lo, event, resident, name, from_name, to_name, day, asked_by, asked_at)
     select 330802, $1, 330802013202000, 330881002205000, $1, $1, '周远', '外村', '彭里村', '2026-06-01', $2, now()`,
    [ids.arrival, ids.account],
  );
  ids.job = await t.startJob(village, work, { upTo: 1 });
  const cadre = { role: 'village_cadre', area: '330881002205' };
  for (const username of ['plain', 'phoned']) {
    const { id, password } = await makeAccount(t, username, cadre);
    ids.holder = id;
    callers.set(username, await firstSignIn(t, username, password));
  }
  const phoned = await enrol(t, await as('phoned'), { password: ownPassword });
  callers.set('phoned', phoned.caller);
  ids.secret = phoned.secret;
  ids.guarded = (await makeAdministrator(t, 'guarded', 'system_admin')).id;
  await t.sql(
    `insert into account_subject (account, issuer, subject, since) values ($1, 'https://sso.example', 'guarded', now())`,
    [ids.guarded],
  );
  await gatherSome();
  nextCode(t);
  const subscribed = await (await as('secadmin')).send('POST', '/gather/systems', newSystem);
  Object.assign(ids, { outsider: subscribed.json().id, outsiderSecret: subscribed.json().secret });
});
afterAll(() => t.close());

/** A department's officer with two files handed in, a batch that stopped and one that is done. */
async function gatherSome(): Promise<void> {
  const health = await officer(t, 'health');
  callers.set('health', health);
  const sheet = (doctor: string): string =>
    healthFile([['', '', '', '', doctor, '2026-03-01'], ...[['周归集', '', '', '', doctor, '']]]);
  const idOf = async (doctor: string): Promise<string> =>
    (await handIn(t, health, 'x.csv', sheet(doctor))).json().id;
  ids.looked = await idOf('甲');
  ids.gathered = await idOf('乙');
  const done = await gatherFile(t, health, 'health', sheet('丙'));
  const stopped = await startGathering(t, health, 'health', sheet('丁'));
  await health.send('POST', `/jobs/${stopped.job}/cancel`);
  Object.assign(ids, { doneBatch: String(done.number), stoppedBatch: String(stopped.number) });
}

const csvFormat = { kind: 'csv', encoding: 'utf-8', separator: ',', titleRows: 0 };
const profileDraft = {
  label: '见证',
  subject: 'resident',
  person: 'self',
  format: csvFormat,
  asOf: { from: 'file' },
  sameRecord: [['name']],
  columns: [{ column: '姓名', key: 'name', items: ['resident.name'] }],
};

const marriageOf = (resident: string | undefined) => ({
  kind: 'marriage',
  day: '2026-06-01',
  people: [{ resident }],
  proof: { kind: 'marriage_certificate' },
});

async function as(username: string): Promise<Caller> {
  const known = callers.get(username);
  if (known) return known;
  const caller = await t.signIn(username);
  callers.set(username, caller);
  return caller;
}

/** The acts put on record while something was done, with the operation and the reason of refusals. */
async function leftBy(
  act: () => Promise<unknown>,
): Promise<{ action: string; operation: string | null; detail: string | null }[]> {
  const before = new Set(
    (await t.sql<{ id: string }>('select id from audit_entry')).map(({ id }) => id),
  );
  await act();
  const after = await t.sql<{ id: string; action: string; operation: string; detail: string }>(
    'select id, action, operation, detail from audit_entry order by xid, ctid',
  );
  return after.filter(({ id }) => !before.has(id)).map(({ id: _id, ...entry }) => entry);
}

const items = '/areas/330881/items';
const { skills: definition, residenceKinds: codes } = packItems;
const newGrid = { kind: 'add', parent: '330881002205', name: '新网格' };
const shapeFile = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { code: '330881002205002' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [118.6, 28.7],
            [118.61, 28.7],
            [118.61, 28.71],
            [118.6, 28.71],
            [118.6, 28.7],
          ],
        ],
      },
    },
  ],
};

const paths = {
  Resident: '/residents',
  Household: '/households',
  Dwelling: '/housing',
  Premises: '/premises',
  Organisation: '/organisations',
} as const;
const plurals = {
  Resident: 'Residents',
  Household: 'Households',
  Dwelling: 'Housing',
  Premises: 'Premises',
  Organisation: 'Organisations',
} as const;
const keys = {
  Resident: 'resident',
  Household: 'household',
  Dwelling: 'housing',
  Premises: 'premises',
  Organisation: 'organisation',
} as const;
type Singular = keyof typeof paths;

const fresh: Record<Singular, object> = {
  Resident: { name: '周新人' },
  Household: { address: '彭里村 990 号' },
  Dwelling: { address: '彭里村 991 号' },
  Premises: { name: '见证小店' },
  Organisation: { name: '见证小组' },
};
/** Filters that no record meets. */
const none: Record<Singular, string> = {
  Resident: 'ageFrom=150',
  Household: 'missing=registered_count',
  Dwelling: 'missing=place',
  Premises: 'missing=place',
  Organisation: 'missing=place',
};
const longList = { category: 'organisation', filter: {}, purpose: 'visit' };
const edits: Record<Singular, object> = {
  Resident: { skills: '书法' },
  Household: { address: '彭里村 992 号' },
  Dwelling: { address: '彭里村 993 号' },
  Premises: { name: '见证大店' },
  Organisation: { name: '见证大组' },
};
const sealed: Partial<Record<Singular, string>> = { Resident: 'phone', Household: 'income_source' };

async function version(table: string, id: string): Promise<Record<string, string>> {
  const [row] = await t.sql<{ version: number }>(`select version from ${table} where id = $1`, [
    id,
  ]);
  return { 'if-match': `"${row?.version}"` };
}

const kinds: Partial<Record<Singular, string>> = {
  Resident: 'consent',
  Household: 'register_cover',
  Dwelling: 'house_photo',
};

/** The operations that categories with documents have. */
function documents(name: Singular): Record<string, Declared> {
  const kind = kinds[name];
  if (kind === undefined) return {};
  const file = () => `${paths[name]}/${ids[keys[name]]}`;
  const by = { by: 'village', refuses: 'auditor' };
  return {
    [`list${name}Documents`]: {
      ...by,
      call: (caller) => caller.get(`${file()}/documents`),
      leaves: 'open_documents',
    },
    [`add${name}Document`]: {
      ...by,
      call: async (caller) => {
        const added = await upload(t.app, caller, file(), { kind }, await photo());
        ids.document = added.json().id ?? ids.document;
        return added;
      },
      leaves: 'add_document',
    },
  };
}

/** The operations that each category of record has. */
function archive(name: Singular): Record<string, Declared> {
  const path = paths[name];
  const file = () => `${path}/${ids[keys[name]]}`;
  const by = { by: 'village', refuses: 'auditor' };
  const item = sealed[name];
  return {
    [`list${plurals[name]}`]: {
      ...by,
      call: (caller) => caller.get(`${path}?limit=5`),
      leaves: { nothing: 'a list shows no file' },
    },
    [`export${plurals[name]}`]: {
      ...by,
      // Of a grid without any such record: each record in a list would leave an entry of its own.
      call: (caller) => caller.get(`${path}/export?purpose=visit&${none[name]}`),
      leaves: 'export',
    },
    [`export${plurals[name]}ForEditing`]: {
      ...by,
      call: (caller) => caller.get(`${path}/editing?purpose=record_correction&${none[name]}`),
      leaves: 'export',
    },
    [`read${plurals[name]}Edits`]: {
      ...by,
      call: async (caller) => {
        const read = await bringBack(t.app, caller, path, sheets.get(path) ?? Buffer.alloc(0));
        ids.edits = read.json().id ?? ids.edits;
        return read;
      },
      leaves: 'read_edits',
    },
    [`get${name}`]: { ...by, call: (caller) => caller.get(file()), leaves: 'open_file' },
    [`list${name}Changes`]: {
      ...by,
      call: (caller) => caller.get(`${file()}/changes`),
      leaves: 'open_changes',
    },
    [`list${name}Looks`]: {
      ...by,
      call: (caller) => caller.get(`${file()}/looks`),
      leaves: 'read_looks',
    },
    [`add${name}`]: {
      ...by,
      call: (caller) => caller.send('POST', path, { area: '330881002205001', items: fresh[name] }),
      leaves: 'create',
    },
    [`edit${name}`]: {
      ...by,
      call: async (caller) =>
        caller.send(
          'PATCH',
          file(),
          { items: edits[name], reason: '走访' },
          await version(keys[name], ids[keys[name]] ?? ''),
        ),
      leaves: 'edit',
    },
    ...documents(name),
    ...(item === undefined
      ? {}
      : {
          [`reveal${name}Item`]: {
            ...by,
            call: (caller) => caller.send('POST', `${file()}/reveals`, { item, purpose: 'visit' }),
            leaves: 'reveal',
          },
        }),
  };
}

const security = { by: 'secadmin', refuses: 'village' };
const system = () => `/gather/systems/${ids.system}`;
const outsider = () =>
  clientOf(t.app, t.clock, { id: ids.outsider ?? '', secret: ids.outsiderSecret ?? '' });
const newSystem = {
  name: '见证系统',
  source: 'health',
  area: '330881',
  items: ['resident.skills'],
  groups: [],
  values: true,
  webhook: 'https://example.org/changes',
};
/** Departments' own interface: systems, and what these do. */
const systems: Record<string, Declared> = {
  addSystem: {
    ...security,
    call: async (caller) => {
      const made = await caller.send('POST', '/gather/systems', newSystem);
      ids.system = made.json().id ?? ids.system;
      return made;
    },
    leaves: 'add_system',
  },
  listSystems: {
    ...security,
    call: (caller) => caller.get('/gather/systems'),
    leaves: { nothing: 'tells of systems, of nobody' },
  },
  getSystemOffer: {
    ...security,
    call: (caller) => caller.get('/gather/systems/offer'),
    leaves: { nothing: 'the dictionary, of nobody' },
  },
  getSystemById: {
    ...security,
    call: (caller) => caller.get(system()),
    leaves: { nothing: 'tells of a system, of nobody' },
  },
  listDeliveries: {
    ...security,
    call: (caller) => caller.get(`${system()}/deliveries`),
    leaves: { nothing: 'figures, of nobody' },
  },
  rotateSystemSecret: {
    ...security,
    call: (caller) => caller.send('POST', `${system()}/secret`, { overlapDays: 7 }),
    leaves: 'rotate_system_secret',
  },
  setSystemWebhook: {
    ...security,
    call: (caller) =>
      caller.send('PUT', `${system()}/webhook`, { address: 'https://example.org/other' }),
    leaves: 'set_system_webhook',
  },
  replaySystem: {
    ...security,
    call: (caller) => caller.send('POST', `${system()}/replay`, { from: 'now' }),
    leaves: 'replay_system',
  },
  withdrawSystem: {
    ...security,
    call: (caller) => caller.send('POST', `${system()}/withdraw`, { reason: '试用结束' }),
    leaves: 'withdraw_system',
  },
  handInRows: {
    by: '',
    call: async () => {
      const handed = await outsider().post('/gather/health', { rows: [{ 姓名: '周见证' }] });
      ids.batch = handed.json().id;
      return handed;
    },
    leaves: { nothing: 'the batch names the system; what it writes names the batch' },
  },
  getHandedIn: {
    by: '',
    call: () => outsider().get(`/gather/health/batches/${ids.batch}`),
    leaves: { nothing: 'tells what the system itself sent' },
  },
  listChanges: {
    by: '',
    call: async () => {
      await t.sql('delete from archive_event_raw');
      await t.sql('delete from archive_event');
      await (await as('village')).send(
        'PATCH',
        `/residents/${ids.resident}`,
        { items: { skills: '二胡' }, reason: '走访' },
        await version('resident', ids.resident ?? ''),
      );
      return outsider().get('/changes');
    },
    leaves: ['edit', 'send_changes'],
  },
};
const declared: Record<string, Declared> = {
  ...systems,
  getAbout: {
    by: '',
    call: (caller) => caller.get('/about'),
    leaves: { nothing: 'anybody may read it' },
  },
  getSystem: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.get('/system'),
    leaves: { nothing: 'tells of the machine, of nobody' },
  },
  signIn: {
    by: '',
    call: (caller) => caller.send('POST', '/session', { username: 'grid', password: demoPassword }),
    leaves: 'sign_in',
  },
  getSession: {
    by: 'grid',
    call: (caller) => caller.get('/session'),
    leaves: { nothing: 'one’s own session' },
  },
  switchPost: {
    by: 'grid',
    call: async (caller) =>
      caller.send('PUT', '/session/post', { post: (await caller.get('/session')).json().post }),
    leaves: 'switch_post',
  },
  changePassword: {
    by: 'grid',
    call: (caller) =>
      caller.send('POST', '/session/password', { current: demoPassword, next: ownPassword }),
    leaves: 'change_password',
  },
  signOut: {
    by: 'county',
    call: (caller) => caller.send('DELETE', '/session'),
    leaves: 'sign_out',
  },
  signOutEverywhere: {
    by: 'city',
    call: (caller) => caller.send('DELETE', '/sessions'),
    leaves: 'sign_out_everywhere',
  },
  beginSingleSignOn: {
    by: '',
    call: (caller) => caller.get('/session/oidc'),
    leaves: { nothing: 'nobody is named yet' },
  },
  finishSingleSignOn: {
    by: '',
    call: (caller) => caller.get('/session/oidc/callback'),
    leaves: { nothing: 'no provider here; with one: features/identity/single-sign-on.test.ts' },
  },
  signOutAtProvider: {
    by: '',
    call: (caller) => caller.get('/session/oidc/sign-out'),
    leaves: { nothing: 'signed out already' },
  },
  passSecondFactor: {
    by: '',
    call: async () => {
      const half = await t.signIn('phoned', ownPassword);
      return half.send('POST', '/session/second-factor/pass', {
        code: codeNow(t, ids.secret ?? ''),
      });
    },
    leaves: ['sign_in_begun', 'second_factor_passed', 'sign_in'],
  },
  getSecondFactor: {
    by: 'phoned',
    call: (caller) => caller.get('/session/second-factor'),
    leaves: { nothing: 'one’s own' },
  },
  beginSecondFactor: {
    by: 'plain',
    call: async (caller) => {
      const begun = await caller.send('POST', '/session/second-factor', { password: ownPassword });
      ids.pending = begun.json().secret;
      return begun;
    },
    leaves: { nothing: 'not in force until its code is confirmed' },
  },
  confirmSecondFactor: {
    by: 'plain',
    call: async (caller) => {
      const code = codeNow(t, ids.pending ?? '');
      const confirmed = await caller.send('PUT', '/session/second-factor', { code });
      callers.set('plain', callerOf(t, confirmed));
      return confirmed;
    },
    leaves: 'second_factor_set',
  },
  renewRecoveryCodes: {
    by: 'phoned',
    call: async (caller) => {
      nextCode(t);
      return caller.send('POST', '/session/second-factor/recovery-codes', {
        password: ownPassword,
        code: codeNow(t, ids.secret ?? ''),
      });
    },
    leaves: ['second_factor_passed', 'recovery_codes_renewed'],
  },
  removeSecondFactor: {
    by: 'phoned',
    call: async (caller) => {
      nextCode(t);
      return caller.send('DELETE', '/session/second-factor', {
        password: ownPassword,
        code: codeNow(t, ids.secret ?? ''),
      });
    },
    leaves: ['second_factor_passed', 'second_factor_removed'],
  },
  listSessions: {
    by: 'plain',
    call: (caller) => caller.get('/sessions'),
    leaves: { nothing: 'one’s own' },
  },
  endSession: {
    by: 'plain',
    call: async (caller) => {
      const { items } = (await caller.get('/sessions')).json();
      callers.delete('plain');
      return caller.send('DELETE', `/sessions/${items[0].id}`);
    },
    leaves: 'end_session',
  },
  endOtherSessions: {
    by: 'village2',
    call: (caller) => caller.send('DELETE', '/sessions/others'),
    leaves: 'end_other_sessions',
  },
  explainAccess: {
    ...security,
    call: (caller) =>
      caller.get(`/accounts/${ids.account}/access?category=resident&record=${ids.resident}`),
    leaves: 'explain_access',
  },
  listAccess: {
    ...security,
    call: (caller) => caller.get(`/access?category=household&record=${ids.household}`),
    leaves: 'explain_access',
  },
  getAccount: {
    ...security,
    call: (caller) => caller.get(`/accounts/${ids.account}`),
    leaves: 'read_accounts',
  },
  listAccounts: { ...security, call: (caller) => caller.get('/accounts'), leaves: 'read_accounts' },
  exportAccounts: {
    ...security,
    call: (caller) => caller.send('POST', '/accounts/export', { reason: '存档' }),
    leaves: 'take_list',
  },
  exportAccess: {
    ...security,
    call: (caller) =>
      caller.send('POST', '/access/export', {
        category: 'household',
        record: ids.household,
        reason: '存档',
      }),
    leaves: ['explain_access', 'take_list'],
  },
  addAccount: {
    ...security,
    call: (caller) =>
      caller.send('POST', '/accounts', {
        username: 'witness',
        name: '新人',
      }),
    leaves: 'add_account',
  },
  resetPassword: {
    ...security,
    call: (caller) => caller.send('POST', `/accounts/${ids.holder}/password`),
    leaves: 'reset_password',
  },
  resetSecondFactor: {
    ...security,
    call: (caller) => caller.send('DELETE', `/accounts/${ids.guarded}/second-factor`),
    leaves: 'reset_second_factor',
  },
  releaseSingleSignOn: {
    ...security,
    call: (caller) =>
      caller.send('POST', `/accounts/${ids.guarded}/single-sign-on/release`, { reason: '换证' }),
    leaves: 'release_subject',
  },
  unlockAccount: {
    ...security,
    call: (caller) => caller.send('POST', `/accounts/${ids.account}/unlock`),
    leaves: 'unlock_account',
  },
  changeAccount: {
    ...security,
    call: (caller) => caller.send('PATCH', `/accounts/${ids.account}`, { active: false }),
    leaves: 'withdraw_account',
  },
  addPost: {
    ...security,
    call: async (caller) => {
      const given = await caller.send('POST', `/accounts/${ids.account}/posts`, {
        role: 'grid_worker',
        area: '330881002205002',
      });
      ids.post = given.json().id ?? ids.post;
      return given;
    },
    leaves: 'add_post',
  },
  endPost: {
    ...security,
    call: (caller) => caller.send('POST', `/posts/${ids.post}/end`, {}),
    leaves: 'end_post',
  },
  previewStaffList: {
    ...security,
    call: (caller) => caller.send('POST', '/staff-lists/preview', { file: staffList }),
    leaves: 'read_accounts',
  },
  applyStaffList: {
    ...security,
    call: async (caller) => {
      const looked = await caller.send('POST', '/staff-lists/preview', { file: staffList });
      const { plan = 'a'.repeat(64) } = looked.json();
      return caller.send('POST', '/staff-lists', { file: staffList, plan });
    },
    leaves: ['read_accounts', 'add_account', 'add_post', 'import_staff'],
  },
  listAudit: {
    by: 'auditor',
    refuses: 'secadmin',
    call: (caller) => caller.get('/audit'),
    leaves: 'read_audit',
  },
  exportAudit: {
    by: 'auditor',
    refuses: 'secadmin',
    call: (caller) => caller.send('POST', '/audit/export', { reason: '存档', kind: 'session' }),
    leaves: 'take_list',
  },
  findAuditPattern: {
    by: 'auditor',
    refuses: 'secadmin',
    call: (caller) => caller.get('/audit/patterns/at_night'),
    leaves: 'read_pattern',
  },
  getAuditSeals: {
    by: 'auditor',
    refuses: 'secadmin',
    call: (caller) => caller.get('/audit/seals'),
    leaves: { nothing: 'tells of the seals, of nobody' },
  },
  listAreas: {
    by: 'village',
    call: (caller) => caller.get('/areas'),
    leaves: { nothing: 'names and counts' },
  },
  getArea: {
    by: 'village',
    call: (caller) => caller.get('/areas/330881002205'),
    leaves: { nothing: 'a name' },
  },
  listJobs: {
    by: 'village',
    call: (caller) => caller.get('/jobs'),
    leaves: { nothing: 'one’s own work' },
  },
  getJob: {
    by: 'village',
    call: (caller) => caller.get(`/jobs/${ids.job}`),
    leaves: { nothing: 'one’s own work' },
  },
  pauseJob: {
    by: 'village',
    call: (caller) => caller.send('POST', `/jobs/${ids.job}/pause`),
    leaves: 'pause_job',
  },
  resumeJob: {
    by: 'village',
    call: (caller) => caller.send('POST', `/jobs/${ids.job}/resume`),
    leaves: 'resume_job',
  },
  cancelJob: {
    by: 'village',
    call: (caller) => caller.send('POST', `/jobs/${ids.job}/cancel`),
    leaves: 'cancel_job',
  },
  handInFile: {
    by: 'health',
    refuses: 'village',
    call: (caller) => handIn(t, caller, 'x.csv', healthFile([])),
    leaves: { nothing: 'goes into no file before it is gathered, and a day later is gone' },
  },
  lookAtFile: {
    by: 'health',
    refuses: 'village',
    call: (caller) =>
      caller.send('POST', `/gather/files/${ids.looked}/look`, { format: csvFormat }),
    leaves: { nothing: 'one’s own file' },
  },
  previewFile: {
    by: 'health',
    refuses: 'village',
    call: (caller) => caller.send('POST', `/gather/files/${ids.looked}/preview`, profileDraft),
    leaves: { nothing: 'one’s own file' },
  },
  gatherFile: {
    by: 'health',
    refuses: 'sysadmin',
    call: (caller) =>
      caller.send('POST', '/gather/batches', { file: ids.gathered, profile: 'health' }),
    leaves: 'gather',
  },
  listBatches: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.get('/gather/batches'),
    leaves: { nothing: 'counts alone' },
  },
  getBatch: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.get(`/gather/batches/${ids.doneBatch}`),
    leaves: { nothing: 'counts alone' },
  },
  listBatchReasons: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.get(`/gather/batches/${ids.doneBatch}/reasons`),
    leaves: { nothing: 'counts alone' },
  },
  continueBatch: {
    by: 'health',
    refuses: 'sysadmin',
    call: (caller) => caller.send('POST', `/gather/batches/${ids.stoppedBatch}/continuation`),
    leaves: 'gather',
  },
  takeRejectedRows: {
    by: 'health',
    refuses: 'sysadmin',
    call: (caller) =>
      caller.get(`/gather/batches/${ids.doneBatch}/rejected?format=csv&purpose=visit`),
    leaves: 'export',
  },
  undoBatch: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.send('POST', `/gather/batches/${ids.doneBatch}/undoing`),
    leaves: 'undo_batch',
  },
  listGatherProfiles: {
    by: 'health',
    refuses: 'sysadmin',
    call: (caller) => caller.get('/gather/profiles'),
    leaves: { nothing: 'no record of anybody' },
  },
  saveGatherProfile: {
    by: 'health',
    refuses: 'sysadmin',
    call: (caller) => caller.send('POST', '/gather/profiles', { draft: profileDraft }),
    leaves: 'save_profile',
  },
  getGatherQuality: {
    by: 'village',
    refuses: 'sysadmin',
    call: (caller) => caller.get('/gather/quality'),
    leaves: { nothing: 'figures alone' },
  },
  ...archive('Resident'),
  ...archive('Household'),
  ...archive('Dwelling'),
  ...archive('Premises'),
  ...archive('Organisation'),
  showDocumentPage: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/documents/${ids.document}/pages/1`),
    leaves: 'view_document',
  },
  showDocumentThumbnail: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/documents/${ids.document}/thumbnail`),
    leaves: { nothing: 'belongs to the list, whose opening is on record' },
  },
  downloadDocument: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/documents/${ids.document}/file?purpose=errand`),
    leaves: 'download_document',
  },
  retireDocument: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) =>
      caller.send('POST', `/documents/${ids.document}/retirement`, { reason: '拍错' }),
    leaves: 'retire_document',
  },
  addMember: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) =>
      caller.send('POST', `/households/${ids.household}/members`, {
        resident: ids.resident,
        relation: '30',
      }),
    leaves: 'linked',
  },
  endMember: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) =>
      caller.send('DELETE', `/households/${ids.household}/members/${ids.resident}`, {
        reason: '迁出',
      }),
    leaves: 'unlinked',
  },
  linkHousing: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) =>
      caller.send('POST', `/households/${ids.household}/housing`, {
        housing: ids.housing,
        kind: 'owns',
      }),
    leaves: 'linked',
  },
  linkPremisesPerson: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) =>
      caller.send('POST', `/premises/${ids.premises}/people`, {
        resident: ids.resident,
        role: 'operator',
      }),
    leaves: 'linked',
  },
  registerLifeEvent: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('POST', '/life-events', marriageOf(ids.resident)),
    leaves: 'life_event',
  },
  cancelLifeEvent: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) =>
      caller.send('POST', `/life-events/${ids.event}/cancellation`, { reason: '登记有误' }),
    leaves: 'cancel_event',
  },
  proveLifeEvent: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) =>
      caller.send('POST', `/life-events/${ids.unproven}/proof`, { document: ids.certificate }),
    leaves: 'prove_event',
  },
  listLifeEvents: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get('/life-events'),
    leaves: 'open_past',
  },
  exportLifeEvents: {
    by: 'village',
    refuses: 'secadmin',
    // Of a day without any: each of those named would leave an entry of its own.
    call: (caller) => caller.get('/life-events/export?purpose=visit&from=2000-01-01&to=2000-01-01'),
    leaves: 'export',
  },
  getHouseholdPast: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/households/${ids.household}/past?on=2026-01-01`),
    leaves: 'open_past',
  },
  getResidentPast: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/residents/${ids.resident}/past?on=2026-01-01`),
    leaves: 'open_past',
  },
  getAreaPast: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get('/areas/330881002205/past?on=2026-01-01'),
    leaves: 'open_book',
  },
  listAreaPast: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) =>
      caller.get('/areas/330881002205/past/records?on=2026-01-01&category=resident'),
    leaves: 'open_book',
  },
  listArrivals: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get('/arrivals'),
    leaves: 'list_arrivals',
  },
  refuseArrival: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('POST', `/arrivals/${ids.arrival}/refusal`, { reason: '未迁来' }),
    leaves: 'refuse_arrival',
  },
  listDepartures: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get('/departures'),
    leaves: 'list_arrivals',
  },
  findVillage: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/areas/directory?q=${encodeURIComponent('村')}`),
    leaves: { nothing: 'names of places are public' },
  },
  search: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/search?q=${encodeURIComponent('毛')}`),
    leaves: { nothing: 'a name finds what lists show; a whole number is on record (below)' },
  },
  startExport: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('POST', '/exports', longList),
    leaves: { nothing: 'the job leaves it, with what it took' },
  },
  getExportFile: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/exports/${ids.export}/file`),
    leaves: 'export',
  },
  getEdits: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/edits/${ids.edits}`),
    leaves: { nothing: 'one’s own sheet, whose reading is on record' },
  },
  getEditsReport: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/edits/${ids.edits}/report`),
    leaves: { nothing: 'one’s own sheet, whose reading is on record' },
  },
  applyEdits: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('POST', `/edits/${ids.edits}/application`, { reason: '核对' }),
    leaves: { nothing: 'the job leaves an edit for each record that it changes' },
  },
  printHousehold: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/households/${ids.household}/file.pdf?purpose=visit`),
    leaves: 'print',
  },
  printAreaBook: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get('/areas/330881002205/book.pdf?purpose=visit'),
    leaves: 'print',
  },
  copyResident: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/residents/${ids.resident}/copy.pdf?purpose=rights`),
    // Of the sealed items this resident has a phone and, since the marriage, a marital status.
    leaves: ['print', 'reveal', 'reveal'],
  },
  getAreaBook: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get('/areas/330881002205/book'),
    leaves: 'open_book',
  },
  getCountyItems: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.get(items),
    leaves: { nothing: 'definitions and figures; no record' },
  },
  checkCountyItem: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) =>
      caller.send('POST', `${items}/check`, { category: 'resident', definition: definition }),
    leaves: { nothing: 'figures; no record' },
  },
  getItemHistory: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.get(`${items}/history?category=resident&key=phone`),
    leaves: { nothing: 'definitions; no record' },
  },
  countCodeUses: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.get('/areas/330881/code-tables/residence_kind/uses'),
    leaves: { nothing: 'counts; no record' },
  },
  exportItemSheet: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.send('POST', `${items}/sheet`, { reason: '存档' }),
    leaves: 'take_list',
  },
  exportCountyItems: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.get(`${items}/export`),
    leaves: { nothing: 'definitions; no record' },
  },
  changeCountyItem: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) =>
      caller.send(
        'PUT',
        `${items}/resident/skills`,
        {
          definition: { ...definition, help: { zh: '会什么', en: 'What they can do' } },
          reason: '说明',
        },
        { 'if-match': '"0"' },
      ),
    leaves: 'change_items',
  },
  changeCountyTable: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) =>
      caller.send(
        'PUT',
        '/areas/330881/code-tables/residence_kind',
        {
          codes: [...codes, { code: 'boarder', zh: '寄宿', en: 'Boarder' }],
          reason: '本县常见',
        },
        { 'if-match': '"1"' },
      ),
    leaves: 'change_items',
  },
  importCountyItems: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) =>
      caller.send(
        'POST',
        `${items}/import`,
        { yaml: 'items: {}\n', reason: '他县' },
        { 'if-match': '"2"' },
      ),
    leaves: { nothing: 'a file without a change' },
  },
  previewAreaChange: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('POST', '/areas/changes/preview', { change: newGrid }),
    leaves: { nothing: 'figures; nothing is changed' },
  },
  changeAreas: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('POST', '/areas/changes', { change: newGrid, reason: '批复' }),
    leaves: 'change_area',
  },
  resumeAreaChange: {
    by: 'village',
    refuses: 'auditor',
    call: async (caller) => {
      const [made] = (await caller.get('/areas/changes')).json().items;
      // As after a job that was lost on the way.
      await t.sql('update area_change set finished_at = null where id = $1', [made.id]);
      return caller.send('POST', `/areas/changes/${made.id}/resume`);
    },
    leaves: { nothing: 'the change itself is on record' },
  },
  listAreaChanges: {
    by: 'village',
    call: (caller) => caller.get('/areas/changes'),
    leaves: { nothing: 'names and codes of areas' },
  },
  findAreasThen: {
    by: 'village',
    call: (caller) => caller.get('/areas/then?q=330881002205&on=2026-06-01'),
    leaves: { nothing: 'names and codes of areas' },
  },
  listAreaShapes: {
    by: 'village',
    call: (caller) => caller.get('/areas/shapes?area=330881002205'),
    leaves: { nothing: 'the map; no record' },
  },
  checkAreaShapes: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('POST', '/areas/shapes/check', shapeFile),
    leaves: { nothing: 'the map; nothing is changed' },
  },
  putAreaShapes: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('PUT', '/areas/shapes', shapeFile),
    leaves: 'change_area',
  },
  listPlacedHouseholds: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) => caller.get('/households/placed?area=330881002205001'),
    leaves: { nothing: 'belongs to the list; a file is opened from it' },
  },
  listBuildings: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) => caller.get('/areas/330881002205001/buildings'),
    leaves: { nothing: 'buildings and figures; no record' },
  },
  addBuilding: {
    by: 'village',
    refuses: 'sysadmin',
    call: async (caller) => {
      const made = await caller.send('POST', '/buildings', {
        area: '330881002205001',
        kind: 'building',
        name: '1幢',
      });
      ids.building = made.json().id ?? ids.building;
      return made;
    },
    leaves: 'change_building',
  },
  getBuilding: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) => caller.get(`/buildings/${ids.building}`),
    leaves: { nothing: 'a building; no record' },
  },
  editBuilding: {
    by: 'village',
    refuses: 'sysadmin',
    call: (caller) =>
      caller.send(
        'PATCH',
        `/buildings/${ids.building}`,
        { floors: 3, reason: '复核' },
        { 'if-match': '"1"' },
      ),
    leaves: 'change_building',
  },
  putInBuilding: {
    by: 'village',
    refuses: 'sysadmin',
    call: async (caller) => {
      const [held] = await t.sql<{ version: number; building: string | null }>(
        'select version, building from housing where id = $1',
        [ids.housing],
      );
      return caller.send(
        'PUT',
        `/housing/${ids.housing}/building`,
        { building: held?.building ? null : ids.building, reason: '核实' },
        { 'if-match': `"${held?.version}"` },
      );
    },
    leaves: 'edit',
  },
  retireBuilding: {
    by: 'village',
    refuses: 'sysadmin',
    call: async (caller) => {
      await t.sql('update housing set building = null where building = $1', [ids.building]);
      return caller.send(
        'POST',
        `/buildings/${ids.building}/retirement`,
        { reason: '拆除' },
        { 'if-match': '"2"' },
      );
    },
    leaves: 'change_building',
  },
  listHouseholdPoints: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get('/households/points?area=330881002205'),
    leaves: { nothing: 'belongs to the list; a file is opened from it' },
  },
  getDictionary: {
    by: 'village',
    call: (caller) => caller.get('/dictionary'),
    leaves: { nothing: 'the same for everybody' },
  },
  saveDraft: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('PUT', '/drafts/resident:new', { body: {} }),
    leaves: { nothing: 'one’s own draft, not handed in' },
  },
  copyResidentAsData: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/residents/${ids.resident}/copy?purpose=rights`),
    leaves: 'copy_file',
  },
  listRightsRequests: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get('/rights-requests'),
    leaves: { nothing: 'a list shows nothing of what is applied for' },
  },
  askCorrection: {
    by: 'village',
    refuses: 'auditor',
    call: async (caller) => {
      const asked = await caller.send('POST', `/residents/${ids.resident}/corrections`, {
        asker: 'self',
        item: 'skills',
        value: '剪纸',
        wrong: '不会书法',
        proof: '本人说明',
      });
      ids.correction = asked.json().id ?? ids.correction;
      return asked;
    },
    leaves: 'ask_correction',
  },
  getCorrection: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get(`/corrections/${ids.correction}`),
    leaves: 'open_correction',
  },
  decideCorrection: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) =>
      caller.send('POST', `/corrections/${ids.correction}/decision`, { accept: true }),
    leaves: ['edit', 'accept_correction'],
  },
  countWaitingRows: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) => caller.get('/gather/review/figures'),
    leaves: { nothing: 'figures name nobody' },
  },
  listWaitingRows: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) => caller.get('/gather/review'),
    leaves: { nothing: 'a list of departments’ rows shows no file' },
  },
  getGatheredRow: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) => caller.get('/gather/rows/1/1'),
    leaves: 'compare_row',
  },
  decideRow: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) =>
      caller.send(
        'POST',
        '/gather/rows/1/1/decision',
        { decision: 'linked', resident: ids.resident },
        { 'if-match': '"1"' },
      ),
    leaves: 'link_row',
  },
  takeRowApart: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) =>
      caller.send('POST', '/gather/rows/1/1/separation', { to: 'nobody' }, { 'if-match': '"2"' }),
    leaves: 'take_row_apart',
  },
  getLineage: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) => caller.get(`/gather/lineage?record=${ids.resident}&rows=1.1`),
    leaves: { nothing: 'it tells of files, and belongs to the file that was opened' },
  },
  withdrawCorrection: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) => caller.send('POST', `/corrections/${ids.openCorrection}/withdrawal`),
    leaves: 'withdraw_correction',
  },
  withdrawDeletion: {
    by: 'village',
    refuses: 'secadmin',
    call: (caller) => caller.send('POST', `/deletions/${ids.openDeletion}/withdrawal`),
    leaves: 'withdraw_deletion',
  },
  getRetention: {
    by: 'sysadmin',
    refuses: 'village',
    call: (caller) => caller.get('/retention'),
    leaves: { nothing: 'figures, of nobody' },
  },
  askDeletion: {
    by: 'village',
    refuses: 'auditor',
    call: async (caller) => {
      const asked = await caller.send('POST', `/residents/${ids.resident}/deletion`, {
        asker: 'self',
        ground: 'consent_withdrawn',
      });
      ids.deletion = asked.json().id ?? ids.deletion;
      return asked;
    },
    leaves: 'ask_deletion',
  },
  decideDeletion: {
    by: 'township',
    refuses: 'auditor',
    call: (caller) =>
      caller.send('POST', `/deletions/${ids.deletion}/decision`, {
        accept: false,
        answer: '尚在保存期内',
      }),
    leaves: 'refuse_deletion',
  },
  getDraft: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.get('/drafts/resident:new'),
    leaves: { nothing: 'one’s own draft' },
  },
  dropDraft: {
    by: 'village',
    refuses: 'auditor',
    call: (caller) => caller.send('DELETE', '/drafts/resident:new'),
    leaves: { nothing: 'one’s own draft' },
  },
};

describe('every operation of the API', () => {
  it('says what it leaves on record', async () => {
    const { paths: all } = (await t.app.inject('/api/v1/openapi.json')).json();
    const operations = Object.values(all as Record<string, Record<string, { operationId: string }>>)
      .flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
      .sort();
    expect(Object.keys(declared).sort()).toEqual(operations);
  });

  it.each(Object.entries(declared))('%s leaves just that', async (_name, { by, call, leaves }) => {
    const caller = by === '' ? callerWith(t.app, '') : await as(by);
    let status = 0;
    const left = await leftBy(async () => {
      status = (await call(caller)).statusCode;
    });
    const expected = typeof leaves === 'string' ? [leaves] : Array.isArray(leaves) ? leaves : [];
    expect(left.map(({ action }) => action)).toEqual(expected);
    expect(status).toBeLessThan(400);
  });

  const refusing = Object.entries(declared).flatMap(([name, { refuses, call }]) =>
    refuses === undefined ? [] : [{ name, refuses, call }],
  );
  it.each(refusing)('$name refused to $refuses is on record', async ({ name, refuses, call }) => {
    const caller = await as(refuses);
    let status = 0;
    const left = await leftBy(async () => {
      status = (await call(caller)).statusCode;
    });
    expect(status).toBe(403);
    expect(left).toEqual([{ action: 'refused', operation: name, detail: 'forbidden' }]);
  });
});

import { randomUUID } from 'node:crypto';
import { demoPassword } from '../../../features/identity/demo.ts';
import { type Cell, type Operation, type Operations, same } from './operation.ts';
import { archiveOperations } from './operations-archive.ts';
import { areaOperations } from './operations-areas.ts';
import { documentOperations } from './operations-documents.ts';
import { gatherOperations } from './operations-gather.ts';
import { itemOperations } from './operations-items.ts';
import { lifeOperations } from './operations-life.ts';
import { rightsOperations } from './operations-rights.ts';
import { rowOperations } from './operations-rows.ts';
import { systemOperations } from './operations-systems.ts';

/** A list that must hold something where its target lies inside. */
const hasItems = ({ items }: { items: unknown[] }): string | undefined =>
  items.length === 0 ? 'the list is empty' : undefined;

/** The way down to an area is in sight from inside it; what lies beside is not. */
const beside = ({ position }: Cell): string => (position === 'parent' ? '200' : '404 not-found');

const credentials = ({ account }: Cell) => ({
  username: account.username,
  password: demoPassword,
});

const code = () => ({ body: { code: '123456' } });
const proof = () => ({ body: { password: demoPassword } });

/** A staff list of one, with a name that no account has; the role fits no administrator's area. */
const staffListOf = (area: string): string =>
  Buffer.from(`姓名,账号,区划代码,岗位\n某人,some.one,${area},网格员`).toString('base64');

/** One's own job, whose kind nobody runs here, and another's: that one only the system administrator of its area sees. */
function aboutJob(state: string): Operation[] {
  return [
    {
      as: 'one’s own',
      need: 'signed-in',
      call: ({ account }) => ({ params: { id: account.id } }),
      // Whoever has no post cannot have started one: then it stands under another's.
      before: ({ world, account, home, state: now }) =>
        world.job(
          account.id,
          (now === 'no post' || now === 'not signed in' ? home.holder : account).post,
          account.id,
          state,
        ),
    },
    {
      as: 'another’s',
      need: 'system',
      bySight: true,
      target: 'other',
      call: ({ there }) => ({ params: { id: there.job } }),
      before: ({ world, there: { holder, job } }) => world.job(holder.id, holder.post, job, state),
      refused: '404 not-found',
    },
  ];
}

/**
 * Every operation of the OpenAPI, and how the access matrix tries it. A new operation is one entry
 * here (or, in the archive, in operations-archive.ts): the matrix fails while it is missing.
 */
export const operations = {
  getAbout: { need: 'public' },
  signIn: {
    need: 'public',
    call: (cell) => ({ body: credentials(cell) }),
    withdrawn: '401 wrong-credentials',
  },
  getSession: {
    need: 'signed-in',
    check: ({ post }: { post: string | null }, { account, state }) =>
      post === (state === 'in force' ? account.post : null) ? undefined : `acts under ${post}`,
  },
  switchPost: [
    {
      need: 'signed-in',
      call: ({ account }) => ({ body: { post: account.post } }),
      withoutPost: '403 forbidden',
    },
    {
      as: 'somebody else’s',
      need: 'signed-in',
      target: 'other',
      call: ({ there }) => ({ body: { post: there.holder.post } }),
      only: 'outside',
      outside: '403 forbidden',
    },
  ],
  signOut: { need: 'signed-in', endsSessions: true },
  signOutEverywhere: { need: 'signed-in', endsSessions: true },
  changePassword: {
    need: 'signed-in',
    call: () => ({ body: { current: demoPassword, next: 'Hutou-shan-2026-06' } }),
    after: ({ world, account }) =>
      world.owner(
        "update account set password_hash = (select password_hash from account where username = 'village') where id = $1",
        [account.id],
      ),
    endsSessions: true,
  },
  listSessions: { need: 'signed-in', check: hasItems },
  endSession: {
    need: 'signed-in',
    call: () => ({ params: { id: randomUUID() } }),
    inside: '404 not-found',
  },
  endOtherSessions: { need: 'signed-in', endsSessions: true },
  getSecondFactor: { need: 'signed-in' },
  // One's own alone, and the accounts of the demo take none; its steps are walked in second-factor.test.ts.
  beginSecondFactor: { need: 'signed-in', call: () => ({ body: {} }), inside: '403 forbidden' },
  confirmSecondFactor: { need: 'signed-in', call: code, inside: '409 conflict' },
  passSecondFactor: { need: 'signed-in', call: code, inside: '409 conflict' },
  removeSecondFactor: { need: 'signed-in', call: proof },
  renewRecoveryCodes: { need: 'signed-in', call: proof, inside: '403 forbidden' },

  // Without a provider, as here, all three go on to the sign-in page; with one: features/identity/single-sign-on.test.ts.
  beginSingleSignOn: { need: 'public' },
  finishSingleSignOn: { need: 'public' },
  signOutAtProvider: { need: 'public' },

  getSystem: { need: 'system' },

  listAccounts: { need: 'security', check: hasItems },
  exportAccounts: { need: 'security', call: () => ({ body: { reason: '矩阵' } }) },
  addAccount: {
    need: 'security',
    call: () => ({
      body: { username: `m${randomUUID().slice(0, 8)}`, name: '新人' },
    }),
  },
  getAccount: {
    need: 'security',
    target: 'other',
    call: ({ there }) => ({ params: { id: there.holder.id } }),
    // Every account's name may be seen, its posts only in the own area.
    outside: same,
  },
  changeAccount: {
    need: 'security',
    target: 'other',
    call: ({ there }) => ({ params: { id: there.holder.id }, body: { active: true } }),
    outside: '403 forbidden',
  },
  unlockAccount: {
    need: 'security',
    target: 'other',
    call: ({ there }) => ({ params: { id: there.holder.id } }),
    outside: '403 forbidden',
  },
  releaseSingleSignOn: {
    need: 'security',
    target: 'other',
    call: ({ there }) => ({
      params: { id: there.holder.id },
      body: { reason: '更换身份' },
    }),
    before: ({ world, there }) =>
      world.owner(
        `insert into account_subject (account, issuer, subject, since) values ($1::uuid, 'https://sso.example', 'of ' || $1::text, now()) on conflict do nothing`,
        [there.holder.id],
      ),
    outside: '403 forbidden',
  },
  resetPassword: {
    need: 'security',
    target: 'other',
    call: ({ there }) => ({ params: { id: there.holder.id } }),
    outside: '403 forbidden',
  },
  resetSecondFactor: {
    need: 'security',
    target: 'other',
    call: ({ there }) => ({ params: { id: there.holder.id } }),
    before: ({ world, there }) =>
      world.owner(
        `insert into second_factor (account, secret, since) values ($1, 'sealed', now()) on conflict do nothing`,
        [there.holder.id],
      ),
    outside: '403 forbidden',
  },
  explainAccess: {
    need: 'security',
    target: 'resident',
    call: ({ there }) => ({
      params: { id: there.holder.id },
      query: { category: 'resident', record: there.records.resident },
    }),
    recorded: true,
  },
  listAccess: {
    need: 'security',
    target: 'resident',
    call: ({ there }) => ({
      query: { category: 'resident', record: there.records.resident },
    }),
    recorded: true,
  },
  exportAccess: {
    need: 'security',
    target: 'resident',
    call: ({ there }) => ({
      body: { category: 'resident', record: there.records.resident, reason: '矩阵' },
    }),
    recorded: true,
  },
  // A post of another's area is a fault of its row. To carry one out: features/identity/staff/staff.test.ts.
  previewStaffList: {
    need: 'security',
    target: 'area',
    call: ({ area }) => ({ body: { file: staffListOf(area) } }),
    outside: same,
    check: ({ rows }: { rows: { faults: { message: string }[] }[] }, { position }) => {
      const isOutside = rows[0]?.faults.some(({ message }) => message.startsWith('没有这个区域'));
      return isOutside === (position !== 'inside') ? undefined : 'a row of another area is taken';
    },
  },
  applyStaffList: {
    need: 'security',
    target: 'area',
    call: ({ area }) => ({ body: { file: staffListOf(area), plan: '0'.repeat(64) } }),
    inside: '400 invalid',
    outside: '400 invalid',
  },
  addPost: {
    need: 'security',
    target: 'other',
    call: ({ home, there }) => ({
      params: { id: home.holder.id },
      body: { role: 'village_cadre', area: there.code.slice(0, 12) },
    }),
    // An area that is not in sight does not exist.
    outside: '400 invalid',
  },
  endPost: {
    need: 'security',
    target: 'other',
    call: ({ there }) => ({ params: { id: there.holder.post }, body: { until: '2099-12-31' } }),
  },
  exportAudit: { need: 'audit', call: () => ({ body: { reason: '矩阵', kind: 'refusal' } }) },
  listAudit: [
    {
      as: 'looks',
      need: 'audit',
      target: 'resident',
      call: ({ there }) => ({ query: { subject: there.records.resident, kind: 'look' } }),
      outside: same,
      check: ({ items }: { items: unknown[] }, { position }) =>
        items.length > 0 === (position === 'inside') ? undefined : `${items.length} entries`,
    },
    // Attempts of the own area's officials are seen, wherever they aimed.
    {
      as: 'refusals',
      need: 'audit',
      call: () => ({ query: { kind: 'refusal' } }),
      echoes: true,
      check: hasItems,
    },
  ],
  findAuditPattern: ['many_files', 'at_night', 'relatives', 'refusals'].map(
    (pattern): Operation => ({ as: pattern, need: 'audit', call: () => ({ params: { pattern } }) }),
  ),
  getAuditSeals: { need: 'audit' },

  listJobs: {
    need: 'signed-in',
    // Beside it stand jobs that other rows of the matrix started.
    call: () => ({ query: { limit: '100' } }),
    check: ({ items }: { items: { id: string }[] }, { who, state, home }) =>
      items.some(({ id }) => id === home.job) === (who.serves === 'system' && state === 'in force')
        ? undefined
        : `${items.length} jobs`,
  },
  getJob: aboutJob('queued'),
  pauseJob: aboutJob('queued'),
  resumeJob: aboutJob('paused'),
  cancelJob: aboutJob('queued'),

  listAreas: {
    need: 'signed-in',
    target: 'area',
    call: ({ area }) => ({ query: { parent: area } }),
    outside: same,
  },
  getArea: {
    need: 'signed-in',
    target: 'area',
    outside: beside,
    withoutPost: '404 not-found',
  },
  getAreaBook: {
    need: 'archive',
    target: 'area',
    outside: ({ position }) => (position === 'parent' ? '403 outside-scope' : '404 not-found'),
    check: ({ counts }: { counts: { residents: number } }) =>
      counts.residents > 0 ? undefined : 'nobody is counted',
  },
  ...areaOperations,
  ...archiveOperations,
  ...documentOperations,
  ...rightsOperations,
  ...rowOperations,
  ...gatherOperations,
  ...itemOperations,
  ...lifeOperations,
  ...systemOperations,
} satisfies Operations;

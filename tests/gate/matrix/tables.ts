import type { ItemGroup } from '../../../features/identity/roles.ts';
import { may, type Who } from './rights.ts';

/** Which of a table's rows one may see. */
export type Rows =
  /** Those of the post's area. */
  | 'records'
  /** Those of the post's area, where the role may see the group. */
  | `items of ${ItemGroup}`
  /** The same, where the column `item_group` names the group: claims on a record, and the history of a household. */
  | 'claims'
  | 'documents'
  /** The register of acts of life: of groups that the role reads or writes. */
  | 'acts'
  /** Of the post's area; written by whoever keeps files. */
  | 'buildings'
  /** Files on their way: both sides, for those who keep files. */
  | 'handovers'
  | 'history'
  /** Claims by who sees them; put on record by whoever writes the group, sealed as it may be. */
  | 'said'
  /** That there is one: for whoever keeps the group, though its items be sealed. */
  | 'corrections'
  /** For whoever keeps files. */
  | 'deletions'
  /** Rows of departments' files of the post's area: for those who tell people apart, who keep the group `identity`. */
  | 'rows decided about'
  | 'rows of files'
  /** Areas inside the post's, and those above it. */
  | 'areas in sight'
  /** Names of officials stand in lineage and in the audit: all, for whoever works with either. */
  | 'officials'
  /** One's own posts, and for the security administrator those of the area served. */
  | 'posts'
  | 'own'
  /** One's own, and for the security administrator whether there is one at all; single sign-on identities too. */
  | 'second factors'
  /** What one's own jobs hold, under the post they were started under. */
  | 'own under the post'
  /** One's own jobs, and for the system administrator those of the area served. */
  | 'jobs'
  /** For the audit administrator, those of the area served and those of none; for others, looks at records of their area. */
  | 'audit'
  /** For any system administrator. */
  | 'figures of the house'
  /** For the system administrator, what the counties of the area served changed of their items. */
  | 'county items'
  /** Other systems of departments: for the security administrator, those of the area served. */
  | 'systems'
  /** What belongs to such a system, by the column `system`. */
  | 'of systems'
  /** For any audit administrator. */
  | 'seals'
  /** A department's own, and for the system administrator those of the area served. */
  | 'batches'
  /** A department's own. */
  | 'rows of files'
  | 'profiles'
  /** One's own, under a post of the department. */
  | 'files handed in'
  /** Of the post's area; for a department's officer those of its source. */
  | 'figures of sources'
  | 'none';

/** Every table, and which of its rows are seen. A new table is one line here: the matrix fails while it is missing. */
export const tables = {
  account: 'officials',
  account_subject: 'second factors',
  archive_change: 'history',
  archive_claim: 'claims',
  archive_event: 'none',
  archive_event_raw: 'none',
  archive_token: 'records',
  area: 'areas in sight',
  area_change: 'areas in sight',
  area_move: 'areas in sight',
  area_moved: 'none',
  area_part: 'none',
  area_part_building: 'none',
  area_past: 'areas in sight',
  area_shape: 'areas in sight',
  area_tally: 'records',
  bulk_claim: 'own',
  bulk_run: 'own',
  audit_check: 'seals',
  audit_entry: 'audit',
  audit_retired: 'seals',
  audit_seal: 'seals',
  building: 'buildings',
  building_change: 'buildings',
  correction: 'corrections',
  correction_content: 'said',
  deletion: 'deletions',
  document: 'documents',
  draft: 'own',
  handover: 'handovers',
  gather_act: 'rows decided about',
  gather_batch: 'batches',
  gather_decision: 'rows decided about',
  gather_delivery: 'systems',
  gather_file: 'files handed in',
  gather_home: 'none',
  gather_link: 'rows decided about',
  gather_nonce: 'none',
  gather_person: 'none',
  gather_profile: 'profiles',
  gather_quality: 'figures of sources',
  gather_receipt: 'none',
  gather_row: 'rows of files',
  gather_secret: 'of systems',
  gather_system: 'systems',
  gather_system_item: 'of systems',
  gather_touch: 'none',
  gather_unit: 'none',
  gather_webhook: 'systems',
  household: 'records',
  household_economy: 'items of economy',
  household_file: 'items of file',
  household_housing: 'records',
  household_member: 'records',
  household_member_past: 'records',
  housing: 'records',
  housing_file: 'items of file',
  item_change: 'county items',
  job: 'jobs',
  job_content: 'own under the post',
  job_schedule: 'none',
  life_event: 'acts',
  migration: 'none',
  organisation: 'records',
  organisation_file: 'items of file',
  post: 'posts',
  premises: 'records',
  premises_file: 'items of file',
  premises_person: 'records',
  recovery_code: 'own',
  request_receipt: 'own',
  resident: 'records',
  resident_contact: 'items of contact',
  resident_ethnic: 'items of ethnic',
  resident_file: 'items of file',
  resident_health: 'items of health',
  resident_identity: 'items of identity',
  resident_minor: 'items of minor',
  resident_welfare: 'items of welfare',
  retention_count: 'figures of the house',
  retention_run: 'figures of the house',
  second_factor: 'second factors',
  session: 'own',
  spent_state: 'none',
  stay: 'records',
} as const satisfies Record<string, Rows>;

/** Whose eyes look into the tables. */
export interface Eyes {
  who: Who;
  account: string;
  post: string;
  /** The range of the post's area; null when no post is in force. */
  range: { lo: number; hi: number } | null;
  /** The one record opened under a purpose. */
  subject: string | null;
}

/** The rows that DOMAIN.md lets one see, as a condition in SQL for the owner. */
export function seen(rows: Rows, { who, account, post, range, subject }: Eyes): string {
  if (rows === 'own') return `account = '${account}'`;
  if (rows === 'second factors' && !(range && who.serves === 'security'))
    return `account = '${account}'`;
  if (rows === 'jobs' && !(range && who.serves === 'system')) return `account = '${account}'`;
  if (rows === 'officials' && (!range || who.serves === 'system')) return `id = '${account}'`;
  if (rows === 'posts' && !(range && who.serves === 'security')) return `account = '${account}'`;
  if (!range || rows === 'none') return 'false';
  const { lo, hi } = range;
  const inside = `area >= ${lo} and area < ${hi}`;
  const archive = who.serves === 'archive';
  const openable = who.files === 'for a purpose' ? ['file', ...who.reveals] : who.reveals;
  switch (rows) {
    case 'officials':
    case 'second factors':
      return 'true';
    case 'posts':
      return `account = '${account}' or (lo >= ${lo} and hi <= ${hi})`;
    case 'areas in sight':
      return `lo < ${hi} and hi > ${lo}`;
    case 'own under the post':
      return `job in (select id from job where account = '${account}' and post = '${post}'${
        who.serves === 'system' ? ' or account is null' : ''
      })`;
    case 'jobs':
      return `account = '${account}' or lo is null or (lo >= ${lo} and hi <= ${hi})`;
    case 'audit':
      if (who.serves === 'audit') return `area is null or (${inside})`;
      return archive ? `${inside} and subject is not null and kind in ('look', 'change')` : 'false';
    case 'county items':
      return who.serves === 'system'
        ? `county >= ${lo} / 1000000000 and county <= (${hi} - 1) / 1000000000`
        : 'false';
    case 'systems':
      return who.serves === 'security' ? `lo >= ${lo} and hi <= ${hi}` : 'false';
    case 'of systems':
      return who.serves === 'security'
        ? `system in (select id from gather_system s where s.lo >= ${lo} and s.hi <= ${hi})`
        : 'false';
    case 'seals':
      return who.serves === 'audit' ? 'true' : 'false';
    case 'batches':
      return who.serves === 'system'
        ? `account is null or (lo >= ${lo} and hi <= ${hi})`
        : ownBatches(who, { lo, hi });
    case 'rows of files':
      return who.writes.includes('identity')
        ? `(batch, n) in (select batch, n from gather_link where ${inside})`
        : `(faults is not null or aside is not null) and batch in (select number from gather_batch where ${ownBatches(who, { lo, hi })})`;
    case 'profiles':
      return gathers(who)
        ? `source = '${who.department}' and county = ${lo} / 1000000000`
        : 'false';
    case 'files handed in':
      return gathers(who)
        ? `source = '${who.department}' and account = '${account}' and post = '${post}'`
        : 'false';
    case 'figures of sources':
      if (gathers(who)) return `${inside} and source = '${who.department}'`;
      return archive ? inside : 'false';
    case 'figures of the house':
      return who.serves === 'system' ? 'true' : 'false';
    case 'records':
    case 'buildings':
      return archive ? inside : 'false';
    case 'corrections':
      return archive
        ? `${inside} and item_group in (${quoted([...who.reads, ...who.writes])})`
        : 'false';
    case 'deletions':
      return who.writes.includes('file') ? inside : 'false';
    case 'rows decided about':
      return who.writes.includes('identity') ? inside : 'false';
    case 'acts':
      return archive
        ? `${inside} and item_group in (${quoted([...who.reads, ...who.writes])})`
        : 'false';
    case 'handovers':
      return who.writes.includes('file')
        ? `(${inside}) or (to_lo >= ${lo} and to_lo < ${hi})`
        : 'false';
    case 'claims':
    case 'said':
    case 'documents':
    case 'history': {
      const further = { claims: '', said: '', documents: ', id', history: ', household' }[rows];
      const about = `'${subject}' in (subject${further})`;
      const opened = subject ? `or (item_group in (${quoted(openable)}) and ${about})` : '';
      return archive ? `${inside} and (item_group in (${quoted(who.reads)}) ${opened})` : 'false';
    }
    default: {
      const group = rows.replace('items of ', '') as ItemGroup;
      if (!archive) return 'false';
      if (who.reads.includes(group)) return inside;
      return subject && openable.includes(group) ? `${inside} and id = '${subject}'` : 'false';
    }
  }
}

const gathers = (who: Who): boolean => who.role === 'department_officer';

const ownBatches = (who: Who, { lo, hi }: { lo: number; hi: number }): string =>
  gathers(who) ? `source = '${who.department}' and lo >= ${lo} and hi <= ${hi}` : 'false';

const quoted = (words: readonly string[]): string =>
  ['', ...words].map((word) => `'${word}'`).join(', ');

/** The rows that one may change or take away, as a condition in SQL: of what is seen, often less. */
export function changed(rows: Rows, eyes: Eyes): string {
  const { who, account, range } = eyes;
  const keepsAccounts = range && who.serves === 'security';
  switch (rows) {
    case 'officials':
      return keepsAccounts ? 'true' : `id = '${account}'`;
    case 'posts':
      // Nobody gives a post to themselves, or lengthens one.
      return keepsAccounts
        ? `lo >= ${range.lo} and hi <= ${range.hi} and account <> '${account}'`
        : 'false';
    case 'areas in sight':
    case 'audit':
    case 'seals':
    case 'figures of the house':
    case 'county items':
    case 'second factors':
    case 'rows of files':
    case 'batches':
    case 'profiles':
    case 'figures of sources':
      return 'false';
    default:
      return seen(rows, eyes);
  }
}

/** The rows that one may add: in the audit, those that name oneself. */
export function added(rows: Rows, eyes: Eyes): string {
  const { who, account, range } = eyes;
  if (rows === 'audit') return `account = '${account}'`;
  if (rows === 'batches' || rows === 'profiles')
    return range && gathers(who) ? ofOneself(rows, eyes, range) : 'false';
  if (rows !== 'said') return changed(rows, eyes);
  if (!range || who.serves !== 'archive') return 'false';
  return `area >= ${range.lo} and area < ${range.hi} and item_group in (${quoted(who.writes)})`;
}

/** What a department's officer adds: of its source, for its county, in its own name. */
function ofOneself(
  rows: 'batches' | 'profiles',
  { who, account, post }: Eyes,
  { lo, hi }: { lo: number; hi: number },
): string {
  const own = `source = '${who.department}' and account = '${account}' and post = '${post}'`;
  return rows === 'profiles'
    ? `${own} and county = ${lo} / 1000000000`
    : `${own} and lo = ${lo} and hi = ${hi} and state = 'queued'`;
}

/** Whether the rows are a place's: they carry its area, and nobody moves them to another. */
export const isPlaced = (rows: Rows): boolean =>
  [
    'records',
    'buildings',
    'claims',
    'documents',
    'history',
    'said',
    'corrections',
    'deletions',
    'acts',
    'rows decided about',
  ].includes(rows) || rows.startsWith('items of ');

/** Whether the role may write rows of the table within its area; the table's own columns play no part. */
export function writes(rows: Rows, who: Who): boolean {
  if (rows === 'deletions') return may(who, 'asks for deletions') || may(who, 'decides deletions');
  if (['records', 'claims', 'documents', 'history', 'said', 'corrections', 'acts'].includes(rows))
    return who.writes.length > 0;
  if (rows === 'buildings') return who.writes.includes('file');
  if (rows === 'rows decided about') return who.writes.includes('identity');
  return (who.writes as readonly string[]).includes(rows.replace('items of ', ''));
}

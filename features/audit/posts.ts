import { type Sql, sql } from '../../server/database/sql.ts';
import type { AuditEntry } from './contract.ts';

/** Columns of a post that an entry names, from `gate_post_names` as p. */
export interface PostColumns {
  role: string | null;
  post_id: string | null;
  post_role: string | null;
  post_department: string | null;
  post_code: string | null;
  post_area: string | null;
}

export const postColumns: Sql = sql`p.id as post_id, p.role as post_role, p.department as post_department, p.code as post_code, p.area as post_area`;

/** The post of an entry, with its area; null where there was none. */
export function postOf(row: PostColumns): AuditEntry['post'] {
  if (row.post_id === null) return null;
  return {
    id: row.post_id,
    // The role as it is sealed in the entry; posts never change theirs.
    role: row.role ?? row.post_role ?? '',
    department: row.post_department,
    area: { code: row.post_code ?? '', name: row.post_area ?? '' },
  };
}

import Type, { type Static } from 'typebox';
import { AreaCode } from '../area/contract.ts';

/** One entry of the record of what was seen and done. */
export const AuditEntry = Type.Object({
  id: Type.String({ format: 'uuid' }),
  at: Type.String({ format: 'date-time' }),
  account: Type.Union([
    Type.Object({ id: Type.String(), username: Type.String(), name: Type.String() }),
    Type.Null(),
  ]),
  role: Type.Union([Type.String(), Type.Null()]),
  action: Type.String({
    description:
      'sign_in, sign_in_refused, sign_out, switch_post, open_file, reveal, edit, create …',
  }),
  category: Type.Union([Type.String(), Type.Null()]),
  subject: Type.Union([Type.String(), Type.Null()]),
  item: Type.Union([Type.String(), Type.Null()]),
  purpose: Type.Union([Type.String(), Type.Null()]),
  area: Type.Union([Type.Object({ code: AreaCode, name: Type.String() }), Type.Null()]),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditPage = Type.Object({
  items: Type.Array(AuditEntry),
  next: Type.Union([Type.String(), Type.Null()]),
  total: Type.Union([Type.Integer(), Type.Null()]),
});

export const AuditQuery = Type.Object({
  action: Type.Optional(Type.String({ maxLength: 40 })),
  account: Type.Optional(Type.String({ format: 'uuid' })),
  subject: Type.Optional(Type.String({ format: 'uuid' })),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});

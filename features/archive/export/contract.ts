import Type, { type Static } from 'typebox';
import { CategoryKey, ListQuery } from '../contract.ts';

const Purpose = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,39}$',
  description: 'Of the catalogue of purposes; needed',
});

const { area, tag, missing, stale, incomplete, ageFrom, ageTo, residenceKind, building } =
  ListQuery.properties;

/** Filters of a list that is exported: those of the list itself, under the acting post alone. */
export const ExportFilter = Type.Object({
  area,
  tag,
  missing,
  stale,
  incomplete,
  ageFrom,
  ageTo,
  residenceKind,
  building,
});
export type ExportFilter = Static<typeof ExportFilter>;

/** A list to Excel: which records, and why. */
export const ExportQuery = Type.Object({ ...ExportFilter.properties, purpose: Purpose });
export type ExportQuery = Static<typeof ExportQuery>;

/** A list too long to wait for: made by a job, fetched within a day. */
export const StartExport = Type.Object({
  category: CategoryKey,
  filter: ExportFilter,
  purpose: Purpose,
});

export const ExportStarted = Type.Object({
  job: Type.String({ format: 'uuid', description: 'Its file is fetched by this id' }),
});

/** A paper to print. */
export const PrintQuery = Type.Object({ purpose: Purpose });

/** A resident's own copy is made for one purpose alone. */
export const CopyQuery = Type.Object({ purpose: Type.Literal('rights') });

/** Rows that are handed out at once; more are made by a job. */
export const mostAtOnce = 5_000;
/** Rows that a file holds at most: more than anybody reads, and a city is not taken out by one click. */
export const mostRows = 200_000;

/** Hours for which a file made by a job can be fetched, by whoever started it alone. */
export const keptHours = 24;

/** The media type of a workbook. */
export const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

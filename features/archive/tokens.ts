import type { Vault } from '../../server/crypto.ts';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { countyOf } from '../area/queries.ts';
import type { CategoryKey } from './contract.ts';
import type { Facts } from './rules/facts.ts';
import {
  tokensOfHousehold,
  tokensOfHousing,
  tokensOfOrganisation,
  tokensOfPremises,
  tokensOfResident,
} from './search/tokens.ts';

interface Marks {
  tags: readonly string[];
  missing: readonly string[];
}

/** The search and filter tokens of a record, from as many of its facts as are at hand (values readable). */
export function tokensOf(
  category: CategoryKey,
  facts: Facts,
  marks: Marks,
  vault: Vault,
): string[] {
  const text = (key: string): string | undefined => {
    const value = facts[key]?.v;
    return typeof value === 'string' ? value : undefined;
  };
  const { blind } = vault;
  const all = { tags: [...marks.tags], missing: [...marks.missing] };
  switch (category) {
    case 'resident':
      return tokensOfResident(
        {
          name: text('name') ?? '',
          formerName: text('former_name'),
          phone: text('phone'),
          citizenId: text('citizen_id'),
          ...all,
        },
        blind,
      );
    case 'household':
      return tokensOfHousehold({ number: text('number'), address: text('address'), ...all }, blind);
    case 'housing':
      return tokensOfHousing({ code: text('code'), address: text('address'), ...all }, blind);
    case 'premises':
      return tokensOfPremises(
        { name: text('name') ?? '', address: text('address'), ...all },
        blind,
      );
    case 'organisation':
      return tokensOfOrganisation({ name: text('name') ?? '', ...all }, blind);
  }
}

/** Brings a record's tokens from one set to another, in the transaction of the edit. */
export async function moveTokens(
  tx: Tx,
  area: number,
  id: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const gone = before.filter((token) => !after.includes(token));
  const come = after.filter((token) => !before.includes(token));
  if (gone.length > 0) {
    await tx.count(
      sql`delete from archive_token where token = any(${gone}::text[]) and area = ${area} and id = ${id}`,
    );
  }
  if (come.length > 0) {
    await tx.count(sql`insert into archive_token (token, area, id, county)
      select unnest(${come}::text[]), ${area}, ${id}, ${countyOf(area)}`);
  }
}

import Type from 'typebox';
import type { Actor, Tx } from '../../../server/database/actor.ts';
import type { Services } from '../../identity/services.ts';
import type { CategoryKey } from '../contract.ts';
import type { Desk } from '../desk.ts';
import type { Dictionary } from '../dictionary.ts';
import type { CountyDictionaries } from '../items/county-dictionaries.ts';

/** What the archive's routes are given. */
export interface ArchiveServices extends Services {
  /** The pack's: for tags, purposes, sources, documents, which are alike everywhere. */
  dictionary: Dictionary;
  /** By county: for items and code tables. */
  dictionaries: CountyDictionaries;
}

/** What reading needs: the dictionary that the acting post works by. */
export async function deskOf(
  { dictionaries, vault }: ArchiveServices,
  actor: Actor,
): Promise<Desk> {
  return { dictionary: await dictionaries.of(actor), vault };
}

/** What writing a record needs: the county's dictionary, which cannot change until the transaction ends. */
export async function deskHeld({ dictionaries, vault }: ArchiveServices, tx: Tx): Promise<Desk> {
  return { dictionary: await dictionaries.held(tx), vault };
}

export const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) });

const plurals: Record<CategoryKey, string> = {
  resident: 'Residents',
  household: 'Households',
  housing: 'Housing',
  premises: 'Premises',
  organisation: 'Organisations',
};
const singulars: Record<CategoryKey, string> = {
  resident: 'Resident',
  household: 'Household',
  housing: 'Dwelling',
  premises: 'Premises',
  organisation: 'Organisation',
};

/** Names of operations: listHouseholds, getHousehold, … */
export const plural = (key: CategoryKey): string => plurals[key];
export const singular = (key: CategoryKey): string => singulars[key];

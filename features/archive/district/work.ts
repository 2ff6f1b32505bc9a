import type { Vault } from '../../../server/crypto.ts';
import type { Dictionary } from '../dictionary.ts';
import type { Calendar } from './facts.ts';
import type { Chance } from './random.ts';
import type { Sheet } from './sheet.ts';

/** A village or community to fill. */
export interface VillagePlan {
  code: string;
  name: string;
  /** Where it stands among all villages loaded: makes ids ascend with area. */
  index: number;
  grids: number;
  residents: number;
  /** Exactly so many households, where the report says so. */
  households?: number;
  /** Whether its dwellings lie in recorded buildings and compounds. */
  compounds?: true;
}

/** What filling needs. */
export interface Making {
  dictionary: Dictionary;
  vault: Vault;
  today: string;
  /** Account under whose name the demo's own edits stand. */
  author: string | null;
}

/** Where people are being put. */
export interface Place extends VillagePlan {
  short: string;
  isTown: boolean;
  nextId: () => string;
  serial: number;
  /** Residents who run premises, with their names. */
  runners: { id: string; area: number; name: string }[];
}

/** The things at hand while a village is filled. */
export interface Work {
  chance: Chance;
  calendar: Calendar;
  sheet: Sheet;
  making: Making;
  place: Place;
}

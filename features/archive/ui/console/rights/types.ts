import type { Static } from 'typebox';
import type {
  Asked as AskedSchema,
  CorrectionView as CorrectionSchema,
  Decided as DecidedSchema,
  RightsList as ListSchema,
  RightsRequest as RequestSchema,
} from '../../../rights/contract.ts';

export type Asked = Static<typeof AskedSchema>;
export type Correction = Static<typeof CorrectionSchema>;
export type Decided = Static<typeof DecidedSchema>;
export type RightsList = Static<typeof ListSchema>;
export type RightsRequest = Static<typeof RequestSchema>;

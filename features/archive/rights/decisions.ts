import { Problem } from '../../../server/errors.ts';
import type { Decision } from './contract.ts';

/** A refusal says why (PIPL art. 50). @throws Problem invalid */
export function needAnswer({ accept, answer }: Decision): void {
  if (accept || answer) return;
  throw new Problem('invalid', {
    errors: [
      {
        field: 'answer',
        code: 'required',
        message: {
          zh: '理由：不予办理须说明理由，请写明后再提交',
          en: 'answer: a refusal says why; write the reason',
        },
      },
    ],
  });
}

export const decidedAlready = (): Problem =>
  new Problem('conflict', {
    detail: { zh: '这项申请已经办结', en: 'This application is decided already' },
  });

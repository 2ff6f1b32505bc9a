import type { Reason } from '../rows.ts';

/** Why a row that a system handed in is not taken, beside the reasons of reading and cleaning. */
export const rowReasons = {
  outside: {
    code: 'outside',
    message: {
      zh: '区域不在这个系统的范围内',
      en: 'The area is not within the range of this system',
    },
  },
  nobody: {
    code: 'nobody',
    message: {
      zh: '在这个系统的范围内没有找到这样的人、住房或场所',
      en: 'There is no such person, dwelling or premises within the range of this system',
    },
  },
  asked: {
    code: 'asked',
    message: {
      zh: '不能确定指的是谁，等待工作人员核对',
      en: 'It is not certain who is meant; an official is asked',
    },
  },
} as const satisfies Record<string, Reason>;

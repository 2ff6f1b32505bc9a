import type { Text } from '../../../server/errors.ts';

/** What stands in sheets for editing and in their reports: Chinese. Faults are told in the reader's language. */
export const bulkWords = {
  key: '系统编号（请勿修改）',
  record: '档案（请勿修改）',
  area: '所属区域（请勿修改）',
  title: (list: string) => `${list}-批量修改`,
  about: {
    sheet: '说明',
    lines: [
      [
        '怎么改',
        '只改浅黄色的格子；不增行、不删列、不改第一列。改完直接保存，回到“批量修改”上传。',
      ],
      ['清空', '把格子清空，即清空这一项；不想改的请保持原样。'],
      ['日期', '写作 2026-01-02，或 2026/1/2、2026年1月2日。'],
      ['多选', '多个选项用顿号“、”隔开。'],
      ['冲突', '与主管部门登记不一致的，不会覆盖，将并列保留，待核实。'],
      ['他人已改', '导出之后别人改过的档案不会被覆盖，请重新导出再改。'],
      ['重复上传', '同一份表写入过的内容再上传不会重复写入；导出满 30 天的表请重新导出。'],
    ],
  },
  yes: '是',
  no: '否',
  comma: '、',
  problems: {
    key: {
      zh: '系统编号被改动，或不是您导出的记录',
      en: 'The system number was changed, or the record is none that you took out',
    },
    twice: {
      zh: '同一份档案在表中出现两次，请保留一行',
      en: 'The record stands in the sheet twice; leave one row',
    },
    unseen: {
      zh: '档案不在当前岗位的范围内，或已不存在',
      en: 'The record is outside the acting post, or is gone',
    },
    old: (days: number) => ({
      zh: `这份表导出已超过 ${days} 天，请重新导出再改`,
      en: `The sheet was taken out more than ${days} days ago; export it anew`,
    }),
    formula: (label: Text) => ({
      zh: `${label.zh}：是公式，请改为文字或数字`,
      en: `${label.en}: a formula; write the text or number itself`,
    }),
  },
  report: {
    title: '批量修改结果',
    row: '行号',
    record: '档案',
    result: '结果',
    changes: '改动',
    problems: '说明',
  },
  results: {
    same: '未改动',
    changed: '待写入',
    claim: '待写入（与主管部门不一致，并列保留）',
    moved: '他人已修改，未写入',
    faulty: '有错误，未写入',
    refused: '不受理',
    written: '已写入',
    claimed: '已提交，并列保留待核实',
    failed: '未写入',
  },
} as const;

import type { Text } from '../../../server/errors.ts';
import type { Finding } from './finding.ts';

const said: Record<Finding['what'], Text> = {
  altered: { zh: '这条记录被改动', en: 'this entry was altered' },
  removed: { zh: '这条记录被删除', en: 'this entry was removed' },
  inserted: { zh: '这条记录是插入的', en: 'this entry was inserted' },
  backdated: { zh: '这条记录是事后补写的', en: 'this entry was written after the fact' },
  seal_missing: { zh: '封条缺失', en: 'the seal is missing' },
  seal_altered: { zh: '封条被改动', en: 'the seal was altered' },
  seal_forged: {
    zh: '封条不是用本系统的密钥封的，从这里起不可信',
    en: 'the seal was not made with the key of this installation; nothing from here on can be trusted',
  },
  retired_forged: {
    zh: '期满清除的凭据不可信',
    en: 'the proof of removed months cannot be trusted',
  },
  cut_off: { zh: '末尾的封条和记录被删除', en: 'seals and entries at the end were removed' },
  witness: { zh: '与见证不符', en: 'the witness says otherwise' },
};

/** A finding in both languages, with where it is. */
export function findingWords({ what, seal, entry }: Finding): string {
  const { zh, en } = said[what];
  const where = [
    ...(entry ? [`记录 entry ${entry.id}`, `时间 at ${entry.at}`] : []),
    seal === null ? '未封存部分 beyond the seals' : `封条 seal ${seal}`,
  ];
  return `✘ ${zh} · ${en}\n  ${where.join(' · ')}`;
}

import { dayOf, minuteOf } from '../../../server/clock.ts';

/** What stands on papers and in sheets that leave the house. Always Chinese: it is read by whoever finds the copy. */
export const words = {
  lists: {
    resident: '居民名单',
    household: '户名单',
    housing: '住房名单',
    premises: '场所名单',
    organisation: '组织名单',
  },
  columns: {
    age: '年龄',
    relation: '与户主关系',
    members: '人数',
    tags: '标签',
    area: '所属区域',
    completeness: '完整度（%）',
    missing: '缺项',
    stale: '信息过期',
    updated: '更新日期',
  },
  notice:
    '本表含个人信息，仅限上述用途使用，不得转发、不得公开；用后删除。号码已作遮盖，敏感信息不在名单中。本次导出已记录，居民本人可以查询。',
  filters: {
    none: '无',
    area: '区域',
    tag: '标签',
    missing: '缺项',
    stale: '信息过期',
    incomplete: '必填项不全',
    age: (from?: number, to?: number) =>
      `年龄：${from === undefined ? '' : `${from} 岁起`}${to === undefined ? '' : `至 ${to} 岁`}`,
    residenceKind: '居住类型',
    building: '楼栋',
  },
  yes: '是',
  day: (at: Date): string => dayOf(at),
  minute: minuteOf,
} as const;

import type { Chance } from './random.ts';

const surnames: readonly (readonly [string, number])[] =
  '王70 李68 张66 刘52 陈50 杨31 黄24 赵23 吴22 周21 徐20 孙16 马13 朱13 胡13 郭12 何11 林11 高10 罗10 郑10 梁9 谢8 宋8 唐7 许7 韩7 邓7 冯7 曹7 彭6 曾6 肖6 田5 董5 潘5 袁5 蔡5 蒋5 余5 于5 杜5 叶5 程5 魏4 苏4 吕4 丁4 任4 卢4 姚4 沈4 钟4 姜9 毛12 祝8 柴6 汪6 占3 邵3 戴3 方6 严2 单1 解1 仇1 查1 欧阳1 上官1 尉迟1'
    .split(' ')
    .map((entry) => [entry.replace(/\d+/, ''), Number(/\d+/.exec(entry)?.[0])] as const);

/** Characters of given names by sex and generation, as they were in fashion. */
const given = {
  1: {
    old: [...'根土水金木福寿贵富德财炳荣樟春生发昌清林海正法有'],
    middle: [...'建国军伟强勇明辉华平志斌峰涛刚波文杰飞东林'],
    young: [...'宇浩轩子涵睿博俊昊泽晨皓一诺铭嘉毅逸航'],
  },
  2: {
    old: [...'梅兰香仙花英珍凤娥秀桂菊莲妹素爱月翠玉金'],
    middle: [...'丽芳娟敏静红燕霞萍慧琴玲艳琳洁云雪娜倩'],
    young: [...'欣怡涵梓萱雨桐诗雅若依然语可馨琪瑶悦彤'],
  },
} as const;

/** A surname by its frequency. */
export function surname(chance: Chance): string {
  return chance.weighted(surnames);
}

/** A given name that fits sex and year of birth; of one character for one in eight. */
export function givenName(chance: Chance, sex: '1' | '2', birthYear: number): string {
  const generation = birthYear < 1966 ? 'old' : birthYear < 2000 ? 'middle' : 'young';
  const characters = given[sex][generation];
  const first = chance.of(characters);
  return chance.is(0.12) ? first : first + chance.of(characters);
}

import { type Chance, Weights } from './random.ts';

export type Sex = '1' | '2';

/** Han surnames by frequency, those of western Zhejiang (姜 毛 祝 柴 …) raised. */
const surnames = new Weights(
  '王70 李68 张66 刘45 陈50 杨31 黄24 赵23 吴26 周28 徐34 孙16 马10 朱18 胡16 郭10 何14 林13 高9 罗8 郑24 梁6 谢8 宋7 唐6 许9 韩5 邓5 冯6 曹5 彭8 曾4 肖4 田3 董4 潘7 袁5 蔡7 蒋9 余20 于3 杜5 叶16 程8 魏4 苏4 吕6 丁5 任4 卢5 姚6 沈6 钟6 姜22 毛26 祝18 柴9 汪14 占5 邵8 戴6 方12 严5 单1 解1 仇1 查1 欧阳1 上官1 尉迟1 诸葛1'
    .split(' ')
    .map((entry) => [entry.replace(/\d+/, ''), Number(/\d+/.exec(entry)?.[0])] as const),
);

/** First and second characters of given names, as they were in fashion. */
const given = {
  1: {
    old: [[...'根土水金木福寿贵富德财炳荣樟春生发昌清林海正法有樟仁义'], [...'根水金木福寿贵富德财炳荣春生发昌清林海法有仁义良祥']],
    middle: [[...'建国卫军志永伟小晓文红金新海明国正利荣'], [...'军伟强勇明辉华平斌峰涛刚波文杰飞东林民良忠新建']],
    young: [[...'宇浩子俊嘉泽思天志梓佳晨家亦'], [...'轩涵睿博昊泽晨皓诺铭毅逸航杰豪辰阳远成']],
  },
  2: {
    old: [[...'梅兰香仙花英珍凤娥秀桂菊莲妹素爱月翠玉金水春彩'], [...'梅兰香仙花英珍凤娥秀菊莲妹月翠玉金芝琴娣女']],
    middle: [[...'丽小晓红海慧春雪玉建美秋爱亚'], [...'芳娟敏静燕霞萍琴玲艳琳洁云娜倩英红珍华']],
    young: [[...'欣子梓雨诗雅若依语可思佳嘉怡'], [...'怡涵萱桐然馨琪瑶悦彤妍婷雯欣琳']],
  },
} as const;

/** A surname by its frequency. */
export function surname(chance: Chance): string {
  return chance.by(surnames);
}

/** A given name that fits sex and year of birth; of one character for one in eight. */
export function givenName(chance: Chance, sex: Sex, birthYear: number): string {
  const generation = birthYear < 1966 ? 'old' : birthYear < 1998 ? 'middle' : 'young';
  const [firsts, seconds] = given[sex][generation];
  const second = chance.of<string>(seconds);
  return chance.is(0.12) ? second : chance.of<string>(firsts) + second;
}

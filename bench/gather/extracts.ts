// Makes the extracts of eleven departments for N households: node bench/gather/extracts.ts FOLDER --households N
//   [--areas CSV] [--dirt 1|2|3] [--years N] [--seed N]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Dirt,
  dirtLevels,
  dirtyAddress,
  dirtyDay,
  dirtyId,
  dirtyName,
  dirtyPhone,
} from './dirt.ts';
import { given, type Household, householdsOf, type Person, villagesOf } from './people.ts';
import { Random } from './random.ts';
import { csv, jsonLines, type Sink, sheet, TextFile } from './sinks.ts';

/** The files by the source they are of, in the order in which they are gathered. */
export const extractFiles: Readonly<Record<string, string>> = {
  'public-security': '公安_户籍人口.csv',
  health: '卫健_居民健康.csv',
  'medical-insurance': '医保_参保.jsonl',
  'social-security': '人社_就业社保.csv',
  'civil-affairs': '民政_救助对象.xlsx',
  education: '教育_在校学生.xlsx',
  disabled: '残联_持证.csv',
  veterans: '退役军人.xlsx',
  housing: '住建_房屋.csv',
  agriculture: '农业_承包与股权.csv',
  market: '市监_经营主体.csv',
};

export interface ExtractOptions {
  households: number;
  /** CSV of areas: code,name,parent. */
  areas: string;
  dirt: Dirt;
  /** Rows a person has in the files that come by the year: health, medical insurance, social security. */
  years: number;
  seed: number;
}

/** Writes the eleven files and truth.csv (source,row,person,household) into a folder. @returns rows of each source */
export async function writeExtracts(
  folder: string,
  options: ExtractOptions,
): Promise<Record<string, number>> {
  mkdirSync(folder, { recursive: true });
  const sinks = sinksIn(folder);
  const truth = new TextFile(join(folder, 'truth.csv'));
  truth.add('source,row,person,household');
  const clerk = new Clerk(options, (source, cells, person, household) => {
    const sink = sinks[source];
    if (!sink) throw new Error(`no file of ${source}`);
    sink.add(cells);
    truth.add(`${source},${sink.rows},P${person},H${household}`);
  });
  const villages = villagesOf(options.areas);
  for (const household of householdsOf(options.households, villages, options.dirt, options.seed))
    clerk.write(household);
  truth.close();
  for (const sink of Object.values(sinks)) await sink.close();
  return Object.fromEntries(Object.entries(sinks).map(([source, { rows }]) => [source, rows]));
}

function sinksIn(folder: string): Record<string, Sink> {
  const path = (source: string): string => join(folder, extractFiles[source] ?? '');
  const month = '（2026年10月）';
  return {
    'public-security': csv(
      path('public-security'),
      [
        '户号',
        '姓名',
        '性别',
        '民族',
        '公民身份号码',
        '与户主关系',
        '出生日期',
        '户籍地址',
        '行政区划',
        '更新日期',
      ],
      { isGb: true },
    ),
    health: csv(path('health'), ['姓名', '证件号码', '联系电话', '慢病', '家庭医生', '建档日期'], {
      mark: '\ufeff',
    }),
    'medical-insurance': jsonLines(
      path('medical-insurance'),
      ['xm', 'sfzh', 'cbzt', 'zfje', 'gxsj'],
      ['zfje'],
    ),
    'social-security': csv(
      path('social-security'),
      ['姓名', '社会保障号码', '就业状态', '单位', '参保险种', '更新时间'],
      { separator: '|' },
    ),
    'civil-affairs': sheet(
      path('civil-affairs'),
      `民政_救助对象${month}`,
      ['姓名', '身份证号', '救助类别', '月补助金额', '开始日期', '家庭住址', '电话'],
      [3],
    ),
    education: sheet(path('education'), `教育_在校学生${month}`, [
      '学生姓名',
      '身份证件号',
      '学校',
      '年级',
      '监护人',
      '监护人电话',
    ]),
    disabled: csv(path('disabled'), ['姓名', '残疾人证号', '残疾类别', '残疾等级', '发证日期'], {
      isGb: true,
    }),
    veterans: sheet(path('veterans'), `退役军人${month}`, [
      '姓名',
      '身份证号',
      '入伍时间',
      '退役时间',
      '优抚类别',
    ]),
    housing: csv(path('housing'), [
      '房屋编码',
      '坐落',
      '权利人',
      '权利人证件号',
      '建筑面积',
      '结构',
      '用途',
      '登记日期',
    ]),
    agriculture: csv(path('agriculture'), [
      '户主',
      '户主身份证',
      '承包面积(亩)',
      '集体股份',
      '更新日期',
    ]),
    market: csv(
      path('market'),
      ['统一社会信用代码', '名称', '法定代表人', '法人证件号', '经营场所', '状态'],
      { isGb: true },
    ),
  };
}

type Write = (source: string, cells: string[], person: number, household: number) => void;

/** Writes down what departments know of households, with the slips that clerks make. */
class Clerk {
  readonly #options: ExtractOptions;
  readonly #random: Random;
  readonly #write: Write;
  #businesses = 0;

  constructor(options: ExtractOptions, write: Write) {
    this.#options = options;
    this.#random = new Random(options.seed + 1);
    this.#write = write;
  }

  write(household: Household): void {
    for (const person of household.members) {
      if (person.isRegistered) this.#register(person, household);
      this.#everyYear(person, household);
      this.#now(person, household);
    }
    this.#ofHousehold(household);
  }

  /** A row, and now and then the same row again, with other slips. */
  #rows(source: string, person: Person, household: Household, cells: () => string[]): void {
    const times = this.#random.happens(this.#options.dirt.twice) ? 2 : 1;
    for (let time = 0; time < times; time++)
      this.#write(source, cells(), person.number, household.number);
  }

  #register(person: Person, household: Household): void {
    const { dirt } = this.#options;
    const random = this.#random;
    const ethnic = random.happens(0.98) ? '汉族' : random.one(['回族', '苗族', '畲族']);
    this.#rows('public-security', person, household, () => [
      `HK${household.area}${String(household.number).padStart(7, '0')}`,
      this.#name(person),
      person.sex === '1' ? '男' : '女',
      ethnic,
      this.#id(person, household),
      person.relation,
      dirtyDay(
        random.happens(dirt.wrongBirth) ? nextDay(person.birth) : person.birth,
        dirt,
        random,
      ),
      dirtyAddress(household.address, dirt, random),
      household.area,
      this.#day(),
    ]);
  }

  #everyYear(person: Person, household: Household): void {
    const random = this.#random;
    const isIn = {
      health: random.happens(0.466),
      medical: random.happens(0.913),
      social: random.happens(0.83),
    };
    for (let year = 0; year < this.#options.years; year++) {
      if (isIn.health)
        this.#rows('health', person, household, () => [
          this.#name(person),
          this.#id(person, household),
          dirtyPhone(person.phone, this.#options.dirt, random),
          random.happens(0.76) ? '' : random.one(['高血压', '糖尿病', '冠心病', '高血压;糖尿病']),
          `${random.one('王邱赵柴廖')}医生`,
          this.#day(),
        ]);
      if (isIn.medical)
        this.#rows('medical-insurance', person, household, () => [
          this.#name(person),
          this.#id(person, household),
          random.happens(0.97) ? '正常参保' : '暂停',
          String(random.below(6000)),
          this.#day(),
        ]);
      if (isIn.social && ageOf(person) >= 16)
        this.#rows('social-security', person, household, () => [
          this.#name(person),
          this.#id(person, household),
          ageOf(person) > 60 ? '退休' : random.one(['在业', '失业', '灵活就业']),
          random.happens(0.5) ? '' : `${random.one('杨尹吴舒周')}记建材有限公司`,
          random.happens(0.5) ? '城乡居民养老' : '职工养老',
          this.#day(),
        ]);
    }
  }

  #now(person: Person, household: Household): void {
    const { dirt } = this.#options;
    const random = this.#random;
    const age = ageOf(person);
    if (random.happens(0.039))
      this.#rows('civil-affairs', person, household, () => [
        this.#name(person),
        this.#id(person, household),
        random.one(['特困供养', '低保边缘', '最低生活保障', '刚性支出困难']),
        String(200 + random.below(700)),
        this.#day(),
        dirtyAddress(household.address, dirt, random),
        dirtyPhone(person.phone, dirt, random),
      ]);
    const [guardian] = household.members;
    if (age >= 6 && age < 18 && guardian && guardian !== person && random.happens(0.9))
      this.#rows('education', person, household, () => [
        this.#name(person),
        this.#id(person, household),
        random.one(['第一中学', '镇中心小学', '实验小学']),
        random.one(['一年级', '三年级', '初二', '高一']),
        this.#name(guardian),
        dirtyPhone(guardian.phone, dirt, random),
      ]);
    if (random.happens(0.047))
      this.#rows('disabled', person, household, () => {
        const id = this.#id(person, household);
        return [
          this.#name(person),
          id === '' ? '' : `${id}${1 + random.below(7)}${1 + random.below(4)}`,
          random.one(['听力', '视力', '多重', '言语', '肢体', '精神', '智力']),
          `${1 + random.below(4)}级`,
          this.#day(),
        ];
      });
    if (age >= 22 && random.happens(0.017))
      this.#rows('veterans', person, household, () => {
        const year = Number(person.birth.slice(0, 4)) + 18;
        return [
          this.#name(person),
          this.#id(person, household),
          dirtyDay(`${year}-09-01`, dirt, random),
          dirtyDay(`${year + 2}-09-01`, dirt, random),
          random.one(['', '带病回乡', '参战']),
        ];
      });
    if (age >= 20 && random.happens(0.035))
      this.#rows('market', person, household, () => [
        `9299${10 + random.below(90)}MA${String(this.#businesses++).padStart(10, '0')}`,
        `${person.name[0]}${random.one(['记五金店', '氏超市', '家农家乐', '记小吃店'])}`,
        this.#name(person),
        this.#id(person, household),
        household.address,
        random.happens(0.91) ? '存续' : '注销',
      ]);
  }

  #ofHousehold(household: Household): void {
    const { dirt } = this.#options;
    const random = this.#random;
    const [head] = household.members;
    if (!head) return;
    if (random.happens(0.906)) {
      const code = `FW${household.area}${String(household.number).padStart(7, '0')}`;
      this.#rows('housing', head, household, () => [
        code,
        dirtyAddress(household.address, dirt, random),
        this.#name(head),
        this.#id(head, household),
        String(60 + random.below(260)),
        random.one(['框架', '砖木', '砖混']),
        random.happens(0.65) ? '自住' : '出租',
        this.#day(),
      ]);
    }
    if (random.happens(0.69))
      this.#rows('agriculture', head, household, () => [
        this.#name(head),
        this.#id(head, household),
        (random.below(800) / 100).toFixed(2),
        String(10 * (1 + random.below(6))),
        this.#day(),
      ]);
  }

  #name(person: Person): string {
    return dirtyName(person.name, this.#options.dirt, this.#random, given);
  }

  #id(person: Person, household: Household): string {
    const others = household.members.filter((one) => one !== person);
    if (others.length > 0 && this.#random.happens(this.#options.dirt.others))
      return this.#random.one(others).id;
    return dirtyId(person.id, this.#options.dirt, this.#random);
  }

  #day(): string {
    const day = new Date(Date.UTC(2021, 0, 1) + this.#random.below(2120) * 86_400_000);
    return dirtyDay(day.toISOString().slice(0, 10), this.#options.dirt, this.#random);
  }
}

const ageOf = ({ birth }: Person): number => 2026 - Number(birth.slice(0, 4));

/** A digit of the day is wrong. */
function nextDay(day: string): string {
  const last = Number(day.at(-1));
  return `${day.slice(0, 9)}${last === 9 ? 8 : last + 1 > 8 ? 7 : last + 1}`;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      households: { type: 'string', default: '2000' },
      areas: { type: 'string', default: 'packs/areas/quzhou.csv' },
      dirt: { type: 'string', default: '1' },
      years: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
    },
  });
  const dirt = dirtLevels[values.dirt];
  const [folder] = positionals;
  if (!dirt || !folder)
    throw new Error('usage: extracts.ts FOLDER --households N [--areas CSV] [--dirt 1|2|3]');
  const started = performance.now();
  const rows = await writeExtracts(folder, {
    households: Number(values.households),
    areas: values.areas,
    dirt,
    years: Number(values.years),
    seed: Number(values.seed),
  });
  const seconds = (performance.now() - started) / 1000;
  const sum = Object.values(rows).reduce((a, b) => a + b, 0);
  console.table(rows);
  console.log(`${sum} rows in ${seconds.toFixed(1)} s: ${Math.round(sum / seconds)} rows/s`);
}

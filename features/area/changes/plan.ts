import { type FieldError, Problem } from '../../../server/errors.ts';
import { initials } from '../initials.ts';
import type { AreaChange, CodeMove } from './contract.ts';

/** An area of the tree, as a plan needs it. */
export interface Node {
  code: string;
  parent: string | null;
  level: number;
  name: string;
  lo: number;
  hi: number;
  retired: boolean;
}

/** What goes to one grid of a split. */
export interface Part {
  /** Where the range of that grid begins: what its records carry. */
  now: number;
  code: string;
  name: string;
  households: string[];
  buildings: string[];
}

/** A change worked out: what the database is to do (`gate_area_change`). */
export interface Plan {
  /** `shift` is a split without a new grid. */
  kind: AreaChange['kind'] | 'shift';
  code: string;
  name: string;
  /** The range that holds all areas concerned. */
  lo: number;
  hi: number;
  added: (Omit<Node, 'retired'> & { search: string })[];
  renamed: { code: string; name: string; search: string }[];
  retired: { code: string; successor: string | null }[];
  moves: { was: string; now: string; whole: boolean }[];
  parts: Part[];
  summary: CodeMove[];
}

const digits = [0, 2, 4, 6, 9, 12, 15];
const township = 4;
const grid = 6;

function refuse(field: string, code: string, zh: string, en: string): never {
  const error: FieldError = { field, code, message: { zh, en } };
  throw new Problem('invalid', { errors: [error] });
}

/** The tree that a plan is worked out on: every area that stands or stood under the roots. */
export class Tree {
  readonly #nodes = new Map<string, Node>();

  constructor(nodes: readonly Node[]) {
    for (const node of nodes) this.#nodes.set(node.code, node);
  }

  /** A standing area. @throws Problem invalid naming the field */
  standing(code: string, field: string): Node {
    const node = this.#nodes.get(code);
    if (node && !node.retired) return node;
    return refuse(
      field,
      'area',
      `区域 ${code} 不存在或已撤销，请重新选择`,
      `${code} is no standing area; choose another`,
    );
  }

  /** Whether the code was ever given: codes are never reused. */
  knows(code: string): boolean {
    return this.#nodes.has(code);
  }

  children(code: string): Node[] {
    return [...this.#nodes.values()]
      .filter((node) => node.parent === code && !node.retired)
      .sort((a, b) => (a.code < b.code ? -1 : 1));
  }

  /** Remembers an area that the plan makes, so that its code is not given twice. */
  take(node: Node): void {
    this.#nodes.set(node.code, node);
  }

  /** The wished code under a parent, or the next free one. @throws Problem invalid when none is left */
  freeCode(parent: string, level: number, wished?: string): string {
    const width = (digits[level] ?? 15) - parent.length;
    if (wished !== undefined && !this.knows(wished)) return wished;
    for (let number = 1; number < 10 ** width; number++) {
      const code = parent + String(number).padStart(width, '0');
      if (!this.knows(code)) return code;
    }
    return refuse(
      'parent',
      'full',
      `${parent} 下已没有空余的代码`,
      `No code is left under ${parent}`,
    );
  }
}

/**
 * Works out what a change does to the tree. Only townships, villages and grids change, within one county:
 * above it the State and the Bureau of Statistics decide, and records do not leave their county's shard.
 * @throws Problem invalid, naming the field and the fix
 */
export function planOf(change: AreaChange, tree: Tree): Plan {
  switch (change.kind) {
    case 'add':
      return planAdd(change, tree);
    case 'rename':
      return planRename(change, tree);
    case 'merge':
      return planMerge(change, tree);
    case 'split':
      return planSplit(change, tree);
    case 'move':
      return planMove(change, tree);
    case 'retire':
      return planRetire(change, tree);
  }
}

type Of<K extends AreaChange['kind']> = Extract<AreaChange, { kind: K }>;

function planAdd({ parent, name, code: wished }: Of<'add'>, tree: Tree): Plan {
  const above = tree.standing(parent, 'parent');
  const level = above.level + 1;
  if (level < township || level > grid) refuseLevel('parent');
  if (wished !== undefined) checkNewCode(wished, above, level, tree, 'code');
  // Villages and townships have the Bureau's codes: only a grid's is ours to give.
  if (wished === undefined && level < grid)
    refuse(
      'code',
      'needed',
      '代码：请填写统计用区划代码',
      'code: give the statistical code of the new area',
    );
  refuseName(name, above, tree, 'name');
  const made = nodeOf(tree.freeCode(parent, level, wished), above, level, name.trim());
  return {
    ...empty('add', made, above),
    added: [withSearch(made)],
    summary: [{ code: made.code, name: made.name, to: made.code, toName: made.name }],
  };
}

function planRename({ code, name }: Of<'rename'>, tree: Tree): Plan {
  const node = tree.standing(code, 'code');
  checkLevel(node, 'code');
  const next = name.trim();
  if (next === node.name)
    refuse('name', 'same', '名称：与现在的名称相同', 'name: it is called so already');
  refuseName(next, { code: node.parent ?? '' }, tree, 'name');
  return {
    ...empty('rename', { ...node, name: next }, node),
    renamed: [{ code, name: next, search: initials(next) }],
    summary: [{ code, name: node.name, to: code, toName: next }],
  };
}

function planMerge({ codes, into }: Of<'merge'>, tree: Tree): Plan {
  const sources = [...new Set(codes)].map((code) => tree.standing(code, 'codes'));
  const [first] = sources;
  if (!first) return refuse('codes', 'needed', '请选择要合并的区域', 'Choose areas to merge');
  const { level } = first;
  checkLevel(first, 'codes');
  if (sources.some((node) => node.level !== level))
    refuse('codes', 'level', '只能合并同一级的区域', 'Only areas of the same level can be merged');
  if (level === grid && sources.some((node) => node.parent !== first.parent))
    refuse(
      'codes',
      'village',
      '网格只能在同一村（社区）内合并',
      'Grids are merged within one village only',
    );
  if (sources.some((node) => countyOf(node) !== countyOf(first))) refuseCounty('codes');
  const builder = new Builder('merge', tree);
  const target = targetOf(into, first, tree, builder);
  if (countyOf(target) !== countyOf(first)) refuseCounty('into');
  const ending = sources.filter(({ code }) => code !== target.code);
  if (ending.length === 0)
    refuse(
      'codes',
      'alone',
      '请至少选择两个区域，或填写新区域',
      'Choose at least two areas, or name a new one',
    );
  for (const node of ending) builder.fold(node, target);
  return builder.plan(target, [...sources, target]);
}

function targetOf(
  { code, name }: Of<'merge'>['into'],
  first: Node,
  tree: Tree,
  builder: Builder,
): Node {
  if (code !== undefined && tree.knows(code)) {
    const target = tree.standing(code, 'into');
    if (target.level !== first.level)
      refuse(
        'into',
        'level',
        '并入的区域须为同一级',
        'The area merged into must be of the same level',
      );
    if (name !== undefined && name.trim() !== target.name) builder.rename(target, name.trim());
    return name === undefined ? target : { ...target, name: name.trim() };
  }
  if (name === undefined) refuse('into', 'name', '新区域：请填写名称', 'The new area needs a name');
  const above = tree.standing(
    code === undefined ? (first.parent ?? '') : code.slice(0, digits[first.level - 1]),
    'into',
  );
  if (code !== undefined) checkNewCode(code, above, first.level, tree, 'into');
  if (code === undefined && first.level < grid)
    refuse(
      'into',
      'needed',
      '新区域：请填写统计用区划代码',
      'The new area needs its statistical code',
    );
  return builder.add(tree.freeCode(above.code, first.level, code), above, first.level, name.trim());
}

function planSplit({ code, parts }: Of<'split'>, tree: Tree): Plan {
  const node = tree.standing(code, 'code');
  if (node.level !== grid)
    refuse('code', 'level', '只能拆分网格', 'Only a grid is split by its households');
  const above = tree.standing(node.parent ?? '', 'code');
  const added: Plan['added'] = [];
  const planned = parts.map((part, at): Part => {
    const field = `parts[${at}]`;
    if ((part.name === undefined) === (part.to === undefined))
      refuse(
        `${field}.name`,
        'either',
        '请填写新网格的名称，或选择一个已有的网格',
        'Name a new grid, or choose one that stands',
      );
    const target =
      part.to === undefined
        ? newPart(part.name ?? '', above, tree, added, `${field}.name`)
        : standingPart(part.to, node, tree, `${field}.to`);
    return {
      now: target.lo,
      code: target.code,
      name: target.name,
      households: [...new Set(part.households ?? [])],
      buildings: [...new Set(part.buildings ?? [])],
    };
  });
  refuseTwice(planned);
  const [first] = planned;
  return {
    ...empty(added.length > 0 ? 'split' : 'shift', first ?? node, above),
    added,
    moves: planned.map((part) => ({ was: code, now: part.code, whole: false })),
    parts: planned,
    summary: planned.map((part) => ({ code, name: node.name, to: part.code, toName: part.name })),
  };
}

function newPart(name: string, above: Node, tree: Tree, added: Plan['added'], field: string): Node {
  refuseName(name, above, tree, field);
  const made = nodeOf(tree.freeCode(above.code, grid), above, grid, name.trim());
  // So that the next part gets another code, and not the same name.
  tree.take(made);
  added.push(withSearch(made));
  return made;
}

function standingPart(code: string, from: Node, tree: Tree, field: string): Node {
  const target = tree.standing(code, field);
  if (target.code === from.code || target.parent !== from.parent)
    refuse(
      field,
      'village',
      '请选择同一村（社区）的另一个网格',
      'Choose another grid of the same village',
    );
  return target;
}

/** Nothing goes to two places, and no grid is named twice. */
function refuseTwice(parts: readonly Part[]): void {
  for (const list of ['households', 'buildings'] as const) {
    const all = parts.flatMap((part) => part[list]);
    if (new Set(all).size < all.length)
      refuse(
        'parts',
        'twice',
        '同一户或同一楼栋被分到两个网格，请重新选择',
        'A household or building is named in two parts; choose again',
      );
  }
  if (new Set(parts.map(({ code }) => code)).size < parts.length)
    refuse(
      'parts',
      'twice',
      '同一个网格被选了两次，请合为一项',
      'A grid is named twice; make it one part',
    );
}

function planMove({ code, parent, newCode }: Of<'move'>, tree: Tree): Plan {
  const node = tree.standing(code, 'code');
  checkLevel(node, 'code');
  const above = tree.standing(parent, 'parent');
  if (above.level !== node.level - 1)
    refuse('parent', 'level', '上级的级别不对，请重新选择', 'The parent is of the wrong level');
  if (node.parent === parent)
    refuse('parent', 'same', '已在该上级之下', 'It lies under this parent already');
  if (countyOf(node) !== countyOf(above)) refuseCounty('parent');
  if (newCode !== undefined) checkNewCode(newCode, above, node.level, tree, 'newCode');
  if (newCode === undefined && node.level < grid)
    refuse(
      'newCode',
      'needed',
      '新代码：请填写统计用区划代码',
      'newCode: give the statistical code it gets',
    );
  refuseName(node.name, above, tree, 'parent');
  const builder = new Builder('move', tree);
  const target = builder.add(
    tree.freeCode(parent, node.level, newCode),
    above,
    node.level,
    node.name,
  );
  builder.fold(node, target);
  return builder.plan(target, [node, target]);
}

function planRetire({ code }: Of<'retire'>, tree: Tree): Plan {
  const node = tree.standing(code, 'code');
  checkLevel(node, 'code');
  if (tree.children(code).length > 0)
    refuse(
      'code',
      'children',
      '其下还有区域，请先合并或撤销下级',
      'Areas lie under it; merge or close those first',
    );
  return {
    ...empty('retire', node, node),
    retired: [{ code, successor: null }],
    summary: [{ code, name: node.name, to: null, toName: null }],
  };
}

/** Gathers what a merge or a move does, area by area. */
class Builder {
  readonly #tree: Tree;
  readonly #kind: Plan['kind'];
  readonly #added: Node[] = [];
  readonly #renamed: Plan['renamed'] = [];
  readonly #retired: Plan['retired'] = [];
  readonly #moves: Plan['moves'] = [];
  readonly #summary: CodeMove[] = [];

  constructor(kind: Plan['kind'], tree: Tree) {
    this.#kind = kind;
    this.#tree = tree;
  }

  add(code: string, above: Node, level: number, name: string): Node {
    const made = nodeOf(code, above, level, name);
    this.#tree.take(made);
    this.#added.push(made);
    return made;
  }

  rename(node: Node, name: string): void {
    this.#renamed.push({ code: node.code, name, search: initials(name) });
    this.#summary.push({ code: node.code, name: node.name, to: node.code, toName: name });
  }

  /** Ends an area in favour of another of its level; what lies under it gets codes under that one. */
  fold(node: Node, target: Node): void {
    for (const child of this.#tree.children(node.code)) {
      const width = (digits[child.level] ?? 15) - node.code.length;
      const wished = target.code + child.code.slice(-width);
      const code = this.#tree.freeCode(target.code, child.level, wished);
      const taken = this.#tree.children(target.code).some(({ name }) => name === child.name);
      const name = taken ? `${shortName(node.name)}${child.name}` : child.name;
      this.fold(child, this.add(code, target, child.level, name));
    }
    this.#retired.push({ code: node.code, successor: target.code });
    this.#moves.push({ was: node.code, now: target.code, whole: true });
    this.#summary.push({
      code: node.code,
      name: node.name,
      to: target.code,
      toName: target.name,
    });
  }

  plan(target: Node, concerned: readonly Node[]): Plan {
    return {
      kind: this.#kind,
      code: target.code,
      name: target.name,
      lo: Math.min(...concerned.map(({ lo }) => lo)),
      hi: Math.max(...concerned.map(({ hi }) => hi)),
      added: this.#added.map(withSearch),
      renamed: this.#renamed,
      retired: this.#retired,
      moves: this.#moves,
      parts: [],
      summary: this.#summary,
    };
  }
}

/** 彭里村 of 彭里村村民委员会: what a grid's name is told apart by. */
const shortName = (name: string): string =>
  name.replace(/(村民委员会|居民委员会|村委会|居委会|委员会)$/, '');

const countyOf = ({ code }: { code: string }): string => code.slice(0, 6);

function nodeOf(code: string, above: { code: string }, level: number, name: string): Node {
  const width = 10 ** (15 - code.length);
  const lo = Number(code) * width;
  return { code, parent: above.code, level, name, lo, hi: lo + width, retired: false };
}

function withSearch({ retired: _stands, ...node }: Node): Plan['added'][number] {
  return { ...node, search: initials(node.name) };
}

function empty(
  kind: Plan['kind'],
  node: { code: string; name: string },
  range: { lo: number; hi: number },
): Plan {
  return {
    kind,
    code: node.code,
    name: node.name,
    lo: range.lo,
    hi: range.hi,
    added: [],
    renamed: [],
    retired: [],
    moves: [],
    parts: [],
    summary: [],
  };
}

function checkLevel(node: Node, field: string): void {
  if (node.level < township) refuseLevel(field);
}

function refuseLevel(field: string): never {
  return refuse(
    field,
    'level',
    '这里只调整乡镇（街道）、村（社区）和网格',
    'Only townships, villages and grids are changed here',
  );
}

function refuseCounty(field: string): never {
  return refuse(
    field,
    'county',
    '只能在同一县（市、区）内调整',
    'Areas are changed within one county only',
  );
}

function refuseName(name: string, above: { code: string }, tree: Tree, field: string): void {
  if (tree.children(above.code).some((node) => node.name === name.trim()))
    refuse(
      field,
      'name',
      `同一上级下已有“${name.trim()}”，请换一个名称`,
      `“${name.trim()}” stands under the same parent already; choose another name`,
    );
}

function checkNewCode(code: string, above: Node, level: number, tree: Tree, field: string): void {
  const width = (digits[level] ?? 15) - above.code.length;
  if (
    !code.startsWith(above.code) ||
    code.length !== digits[level] ||
    /^0+$/.test(code.slice(-width))
  )
    refuse(
      field,
      'code',
      `代码须为 ${above.code} 加 ${width} 位数字，从 ${'1'.padStart(width, '0')} 起`,
      `The code must be ${above.code} and ${width} digits, from ${'1'.padStart(width, '0')} on`,
    );
  if (tree.knows(code))
    refuse(
      field,
      'used',
      `代码 ${code} 已用过，不能再用`,
      `${code} was used before; codes are never reused`,
    );
}

import { createHash } from 'node:crypto';
import { type APIRequestContext, type APIResponse, expect } from '@playwright/test';
import { citizenIdCheckDigit } from '../../../features/archive/rules/citizen-id.ts';

type Items = Record<string, unknown>;

/** A record that a test made for itself. */
export interface Made {
  id: string;
  /** Its page in the console. */
  path: string;
}

const paths = {
  resident: 'residents',
  household: 'households',
  housing: 'housing',
  premises: 'premises',
} as const;

/** The archive over its API, as the account whose cookie the request context holds. */
export class Archive {
  readonly #request: APIRequestContext;
  readonly #area: string;

  constructor(request: APIRequestContext, area: string) {
    this.#request = request;
    this.#area = area;
  }

  /** Makes a record in the village. */
  async make(category: keyof typeof paths, items: Items, more: object = {}): Promise<Made> {
    const answer = await this.#request.post(`/api/v1/${paths[category]}`, {
      data: { area: this.#area, items, reason: '测试建档', ...more },
      headers: { 'idempotency-key': crypto.randomUUID() },
    });
    const { id } = (await wanted(answer)) as { id: string };
    return { id, path: `/${paths[category]}/${id}` };
  }

  /** Edits a record as it stands now. */
  async edit(record: Made, items: Items, reason = '走访时核实'): Promise<void> {
    const file = (await this.get(record.path)) as { version: number };
    const answer = await this.#request.patch(`/api/v1${record.path}`, {
      data: { items, reason },
      headers: { 'if-match': `"${file.version}"`, 'idempotency-key': crypto.randomUUID() },
    });
    await wanted(answer);
  }

  /** Reads a path of the API, such as `/households?limit=1`. */
  async get<Body>(path: string): Promise<Body> {
    return (await wanted(await this.#request.get(`/api/v1${path}`))) as Body;
  }
}

async function wanted(answer: APIResponse): Promise<unknown> {
  expect(`${answer.status()} ${answer.ok() ? '' : await answer.text()}`).toMatch(/^2/);
  return answer.status() === 204 ? null : answer.json();
}

/** Numbers of a test's own: the same at every run, different from those of other tests. */
export class Numbers {
  readonly #seed: string;
  #given = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** So many digits. */
  digits(count: number): string {
    const hash = createHash('sha256')
      .update(`${this.#seed}/${this.#given++}`)
      .digest('hex');
    return String(Number.parseInt(hash.slice(0, 12), 16))
      .slice(-count)
      .padStart(count, '0');
  }

  /** A name of two characters after the surname. */
  name(surname: string): string {
    const characters = '安柏晨丹恩芳歌禾佳可兰明宁朋青然思桐维晓';
    const one = (): string => characters[Number(this.digits(3)) % characters.length] ?? '';
    return surname + one() + one();
  }

  /** A phone of no one: 199000xxxxx. */
  phone(): string {
    return `199000${this.digits(5)}`;
  }

  /** A citizen id of no one (region 99), born on the given day, male. */
  citizenId(birth: string): string {
    const order = this.digits(2);
    const first17 = `9999${this.digits(2)}${birth.replaceAll('-', '')}${order}1`;
    return first17 + citizenIdCheckDigit(first17);
  }
}

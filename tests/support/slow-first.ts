import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take the better part of a minute each; begun last, they would keep one core idle at the end. */
const slow = ['tests/gate/access-matrix.test.ts', 'tests/drills.test.ts'];

/** The slowest files first, the others as ever. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean =>
      slow.some((name) => moduleId.endsWith(name));
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

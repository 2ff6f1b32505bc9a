import { writeFileSync } from 'node:fs';

/** A figure with what it should reach; to be at least 0 asks for nothing. */
export interface Metric {
  value: number;
  goal: number;
  higherIsBetter: boolean;
}

/** The figures of a benchmark, in the order they were taken. */
export class Figures {
  readonly metrics: Record<string, Metric> = {};

  /** Takes a figure that should be as large as the goal. */
  atLeast(name: string, value: number, goal: number): void {
    this.metrics[name] = { value: rounded(value), goal, higherIsBetter: true };
  }

  /** Takes a figure that should be no larger than the goal. */
  atMost(name: string, value: number, goal: number): void {
    this.metrics[name] = { value: rounded(value), goal, higherIsBetter: false };
  }

  /** Prints them as a table, and writes them to a file where one is named. */
  tell(json: string | undefined): void {
    console.table(
      Object.fromEntries(Object.entries(this.metrics).map(([name, one]) => [name, line(one)])),
    );
    if (json) writeFileSync(json, `${JSON.stringify(this.metrics, null, 2)}\n`);
  }
}

const rounded = (value: number): number => Number(value.toFixed(3));

function line({ value, goal, higherIsBetter }: Metric) {
  if (goal === 0 && higherIsBetter) return { value };
  const reached = higherIsBetter ? value >= goal : value <= goal;
  return { value, goal: `${higherIsBetter ? '≥' : '≤'} ${goal}`, reached };
}

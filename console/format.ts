const instant = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'short',
});

/** An instant as day and minute in Asia/Shanghai. */
export const minute = (at: string): string => instant.format(new Date(at));

/** The day of an instant in Asia/Shanghai. */
export const day = (at: string): string => minute(at).slice(0, 10);

/** A figure with separators; null stands for one that is not shown. */
export const figure = (count: number | null): string =>
  count === null ? '<5' : count.toLocaleString('zh-CN');

/** Today in Asia/Shanghai, YYYY-MM-DD. */
export const today = (): string => minute(new Date().toISOString()).slice(0, 10);

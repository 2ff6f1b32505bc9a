import { type Language, Problem, problemDocument } from '../errors.ts';

/** Problems of the work as errors that say what to do in both languages, like every word of a command. */
export async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Error(`${words(error, 'zh')} · ${words(error, 'en')}`);
  }
}

function words(problem: Problem, language: Language): string {
  const { title, detail, errors } = problemDocument(problem, language) as {
    title: string;
    detail?: string;
    errors?: { message: string }[];
  };
  return errors?.map(({ message }) => message).join('; ') ?? detail ?? title;
}

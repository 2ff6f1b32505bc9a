import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../../../../console/api.ts';
import { day, figure } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { pathOf } from '../../../../../console/parts/categories.ts';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { handOutFile } from '../../../../../console/parts/handOut.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { CategoryKey } from '../../../contract.ts';
import { mostAtOnce, mostRows } from '../../../export/contract.ts';
import type { Filters } from '../filters.ts';
import { PurposeDialog } from '../PurposeDialog.tsx';
import type { Page } from '../types.ts';

/** Takes a list out to Excel: says how many rows and what is in them, asks what for. */
export default function ExportDialog(props: {
  category: CategoryKey;
  filters: Filters;
  close: () => void;
}): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const { category } = props;
  const { posts: _posts, new: _new, ...filter } = props.filters;
  const { data, error } = useQuery({
    queryKey: ['export', category, filter],
    queryFn: ({ signal }) =>
      api.get<Page<unknown>>(pathOf[category], { ...filter, limit: 1, count: 'exact' }, signal),
    staleTime: 0,
  });
  const total = data?.total ?? null;

  const take = async (purpose: string): Promise<void> => {
    try {
      if (total !== null && total > mostAtOnce) {
        await api.post('/exports', { category, filter: given(filter), purpose });
        void client.invalidateQueries({ queryKey: ['jobs'] });
        say(text.taking.started);
      } else {
        const file = await api.blob(`${pathOf[category]}/export`, { ...filter, purpose });
        handOutFile(file, `${text.categories[category]}-${day(new Date().toISOString())}.xlsx`);
        say(text.taking.done);
      }
      props.close();
    } catch (problem) {
      say(words(problem));
    }
  };
  return (
    <PurposeDialog
      title={text.taking.exportTitle(text.categories[category])}
      help={[error ? words(error) : rowsIn(text.taking, total), text.taking.exportHelp].join('')}
      go={text.taking.export}
      blocked={total === null || total === 0 || total > mostRows}
      choose={take}
      cancel={props.close}
    />
  );
}

/** What of the filters is set: the body of a call holds nothing undefined. */
const given = (filter: object): object =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

function rowsIn(text: ReturnType<typeof useText>['taking'], total: number | null): string {
  if (total === null) return text.counting;
  if (total === 0) return text.none;
  if (total > mostRows) return text.tooMany(figure(total), figure(mostRows));
  if (total > mostAtOnce) return text.background(figure(total));
  return text.rows(figure(total));
}

import { useQuery } from '@tanstack/react-query';
import { Button, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { figure, today } from '../../../../console/format.ts';
import { useLanguage } from '../../../../console/language.tsx';
import { DataTable } from '../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing, useProblemText } from '../../../../console/parts/Feedback.tsx';
import { handOutFile } from '../../../../console/parts/handOut.ts';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import { PurposeDialog } from '../../../archive/ui/console/PurposeDialog.tsx';
import type { BatchView, Reasons } from '../../contract.ts';

/** Which rows are taken out. */
interface Wanted {
  what: 'rows' | 'cells' | 'all';
  code?: string;
}

/** Rows set aside and cells not taken, by reason; the department takes the rows out to mend them. */
export function Faults({ batch }: { batch: BatchView }): ReactNode {
  const { text: all, language } = useLanguage();
  const { faults: text } = all.gather;
  const [wanted, setWanted] = useState<Wanted>();
  const query = useQuery({
    queryKey: ['batches', 'reasons', batch.number, batch.state, language],
    queryFn: ({ signal }) =>
      api.get<Reasons>(`/gather/batches/${batch.number}/reasons`, {}, signal),
    placeholderData: (old) => old,
  });
  const { data } = query;
  const isEmpty = data?.rows.length === 0 && data.cells.length === 0;
  const takes = batch.can.takeRejected;
  return (
    <Panel
      title={text.title}
      extra={
        takes && data && !isEmpty ? (
          <Button onClick={() => setWanted({ what: 'all' })}>{text.takeAll}</Button>
        ) : undefined
      }
    >
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {isEmpty && <Nothing>{text.none}</Nothing>}
      {data && !isEmpty && (
        <>
          <p className="help">{text.help}</p>
          <div className="gather-stack">
            <RowReasons rows={data.rows} take={takes ? setWanted : undefined} />
            <CellReasons cells={data.cells} take={takes ? setWanted : undefined} />
          </div>
        </>
      )}
      {wanted && <TakeDialog batch={batch} wanted={wanted} close={() => setWanted(undefined)} />}
    </Panel>
  );
}

type Take = ((wanted: Wanted) => void) | undefined;

function RowReasons({ rows, take }: { rows: Reasons['rows']; take: Take }): ReactNode {
  const { text: all } = useLanguage();
  const { faults: text } = all.gather;
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{text.rows}</h3>
      <DataTable
        caption={text.rows}
        rows={rows}
        rowKey={({ code }) => code}
        columns={[
          { key: 'why', title: text.why, heading: true, cell: ({ words }) => words },
          {
            key: 'times',
            title: text.times,
            numeric: true,
            card: 'brief',
            cell: ({ times }) => figure(times),
          },
          ...(take ? [takeColumn<Reasons['rows'][number]>('rows', take, text)] : []),
        ]}
      />
    </section>
  );
}

function CellReasons({ cells, take }: { cells: Reasons['cells']; take: Take }): ReactNode {
  const { text: all } = useLanguage();
  const { faults: text } = all.gather;
  if (cells.length === 0) return null;
  return (
    <section>
      <h3>{text.cells}</h3>
      <DataTable
        caption={text.cells}
        rows={cells}
        rowKey={({ column, code }) => `${column} ${code}`}
        columns={[
          { key: 'column', title: text.column, heading: true, cell: ({ column }) => column },
          { key: 'why', title: text.why, card: 'line', cell: ({ words }) => words },
          {
            key: 'times',
            title: text.times,
            numeric: true,
            card: 'brief',
            cell: ({ times }) => figure(times),
          },
          ...(take ? [takeColumn<Reasons['cells'][number]>('cells', take, text)] : []),
        ]}
      />
    </section>
  );
}

function takeColumn<Row extends { code: string; words: string }>(
  what: Wanted['what'],
  take: (wanted: Wanted) => void,
  text: { take: string; takeOf: (why: string) => string },
) {
  return {
    key: 'take',
    title: text.take,
    card: 'line' as const,
    cell: ({ code, words }: Row) => (
      <Button size="small" aria-label={text.takeOf(words)} onClick={() => take({ what, code })}>
        {text.take}
      </Button>
    ),
  };
}

/** Asks for the form and the purpose. */
function TakeDialog(props: { batch: BatchView; wanted: Wanted; close: () => void }): ReactNode {
  const { text: all } = useLanguage();
  const { faults: text, batch: words } = all.gather;
  const problem = useProblemText();
  const [format, setFormat] = useState<'xlsx' | 'csv'>('xlsx');
  const { number } = props.batch;
  const take = async (purpose: string): Promise<void> => {
    try {
      const query = { ...props.wanted, format, purpose };
      const file = await api.blob(`/gather/batches/${number}/rejected`, query);
      handOutFile(file, `${words.title(number)}-${text.title}-${today()}.${format}`);
      say(text.taken);
      props.close();
    } catch (error) {
      say(problem(error));
    }
  };
  return (
    <PurposeDialog
      title={text.dialog}
      help={text.dialogHelp}
      go={text.take}
      preset="record_correction"
      choose={take}
      cancel={props.close}
    >
      <fieldset className="take-format">
        <legend>{text.as}</legend>
        <Radio.Group
          value={format}
          onChange={({ target }) => setFormat(target.value as 'xlsx' | 'csv')}
          options={Object.entries(text.formats).map(([value, label]) => ({ value, label }))}
        />
      </fieldset>
    </PurposeDialog>
  );
}

import type { ReactNode } from 'react';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import { FileLink } from '../../../../../console/parts/FileLink.tsx';
import type { Candidate, ReviewRow } from '../../../review/contract.ts';
import { Difference } from './Difference.tsx';
import { Waterfall } from './Waterfall.tsx';

/** Fields in the order in which they stand side by side; the same number of lines in each card. */
const fields = [
  'name',
  'sex',
  'birth',
  'idMask',
  'phoneMask',
  'address',
  'householdNumber',
] as const;
type FieldKey = (typeof fields)[number];

/** Lines that the cards share: the head, the fields, and who they belong to. */
export const sharedLines = fields.length + 2;

type Told = Record<FieldKey, string | null>;

function useWords(): (field: FieldKey, of: Told) => string | null {
  const dictionary = useDictionary();
  return (field, of) =>
    field === 'sex' && of.sex ? dictionary.value('resident', 'sex', of.sex) : of[field];
}

/** The department's row. */
export function GivenCard({ row }: { row: ReviewRow['row'] }): ReactNode {
  const { review: text } = useText();
  const words = useWords();
  return (
    <section className="person given" aria-label={text.given}>
      <header>
        <h3>{text.given}</h3>
      </header>
      {fields.map((field) => (
        <Line key={field} label={text.fields[field]}>
          {words(field, row) ?? <Empty />}
        </Line>
      ))}
      <Line label={text.fields.guardian}>{row.guardian ?? <Empty />}</Line>
      <footer>
        <Stated row={row} />
      </footer>
    </section>
  );
}

/** A resident whom the row may mean, what differs marked. */
export function CandidateCard(props: {
  candidate: Candidate;
  row: ReviewRow['row'];
  at: number;
  chosen: boolean;
  acts: ReactNode;
}): ReactNode {
  const { review: text } = useText();
  const words = useWords();
  const { candidate, row } = props;
  return (
    <section className="person" aria-label={text.candidate(props.at)} data-chosen={props.chosen}>
      <header>
        <h3>
          <kbd>{props.at}</kbd> {text.candidate(props.at)}
        </h3>
        <Belief belief={candidate.belief} />
      </header>
      {fields.map((field) => {
        const own = words(field, candidate);
        return (
          <Line key={field} label={text.fields[field]}>
            {own === null ? (
              <Empty />
            ) : (
              <Difference
                text={own}
                other={words(field, row)}
                whole={field === 'idMask' && hasOtherId(candidate)}
              />
            )}
          </Line>
        );
      })}
      <Line label={text.fields.family}>
        {candidate.family.length > 0 ? (
          <Family names={candidate.family} guardian={row.guardian} />
        ) : (
          <Empty />
        )}
      </Line>
      <footer>
        <FileLink category="resident" id={candidate.resident}>
          {text.file}
        </FileLink>
        <small>
          {[candidate.area, candidate.left && text.left(candidate.left)]
            .filter(Boolean)
            .join(' · ')}
        </small>
        <Waterfall steps={candidate.steps} />
        {props.acts}
      </footer>
    </section>
  );
}

/** Whether the matching found the row's id not to be the candidate's. */
const hasOtherId = ({ steps }: Candidate): boolean =>
  steps.some(({ field, level }) => field === 'id' && level !== 'equal');

function Line(props: { label: string; children: ReactNode }): ReactNode {
  return (
    <p className="line">
      <span>{props.label}</span>
      <b>{props.children}</b>
    </p>
  );
}

function Empty(): ReactNode {
  const { review } = useText();
  return <span className="empty">{review.empty}</span>;
}

/** Who lives there too; the guardian that the row names stands out. */
function Family({
  names,
  guardian,
}: {
  names: readonly string[];
  guardian: string | null;
}): ReactNode {
  return names.map((name, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: two of one household may bear one name
    <span key={at}>
      {at > 0 && '、'}
      {name === guardian ? <strong>{name}</strong> : name}
    </span>
  ));
}

/** What is believed of a candidate, in words and as a share. */
function Belief({ belief }: { belief: number | null }): ReactNode {
  const { review: text } = useText();
  if (belief === null) return <small>{text.beliefs.unknown}</small>;
  const words = belief >= 0.8 ? 'likely' : belief >= 0.2 ? 'maybe' : 'hardly';
  return (
    <small>
      {text.beliefs[words]} · {text.belief} {text.percent(belief)}
    </small>
  );
}

/** What the row states beside whom it means. */
function Stated({ row }: { row: ReviewRow['row'] }): ReactNode {
  const { review: text } = useText();
  const dictionary = useDictionary();
  const shown = row.items.filter(({ item }) => !item.endsWith('address'));
  if (shown.length === 0) return null;
  return (
    <>
      <h4>{text.states}</h4>
      <dl className="stated">
        {shown.map(({ category, item, value, sealed }) => {
          const of = dictionary.find(category, item);
          const said = Array.isArray(value) ? value : [value];
          return (
            <div key={`${category}.${item}`}>
              <dt>{dictionary.label(of?.label, item)}</dt>
              <dd>
                {sealed ? (
                  <span className="empty">{text.sealed}</span>
                ) : (
                  said.map((one) => wordsOf(dictionary, of?.codes, one)).join('、')
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </>
  );
}

const wordsOf = (
  dictionary: ReturnType<typeof useDictionary>,
  codes: string | undefined,
  value: unknown,
): string => (typeof value === 'string' ? dictionary.code(codes, value) : String(value ?? ''));

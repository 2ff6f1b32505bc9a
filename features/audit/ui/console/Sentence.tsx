import { Fragment, type ReactNode } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { type Action, isAction } from '../../actions.ts';
import type { AuditEntry } from '../../contract.ts';
import { attemptOf } from '../../words.ts';
import type { AuditFilters } from './filters.ts';

/** An entry as a sentence: who, under which post, did what to which record, for what purpose, where. */
export function Sentence(props: {
  entry: AuditEntry;
  set: (change: AuditFilters) => void;
}): ReactNode {
  const { entry, set } = props;
  const text = useText();
  const dictionary = useDictionary();
  const post = usePostWords();
  const parts: Record<string, ReactNode> = {
    object: <Subject entry={entry} set={set} />,
    item: useItemWords(entry),
    area: entry.area?.name,
    post: entry.post && post(entry.post),
    reason: useReason(entry),
  };
  parts.attempt = filled(text.audit.attempts[attemptOf(entry.operation)], parts);
  const about = [
    entry.purpose && text.audit.forPurpose(dictionary.purpose(entry.purpose)),
    // The record's own area, where the post's name does not say it already.
    entry.category !== null && entry.area?.code !== entry.post?.area.code && entry.area?.name,
    entry.kind === 'refusal' &&
      /^\d+$/.test(entry.item ?? '') &&
      text.audit.askedFor(entry.item ?? ''),
    entry.times > 1 && text.audit.times(entry.times),
  ].filter(Boolean);
  return (
    <div>
      <p>
        <Who entry={entry} set={set} /> {filled(sentenceOf(entry, text.audit.sentences), parts)}
      </p>
      <small>
        {entry.post && (
          <button type="button" className="link" onClick={() => set({ post: entry.post?.id })}>
            {post(entry.post)}
          </button>
        )}
        {about.map((words) => (
          <span key={String(words)}>{words}</span>
        ))}
      </small>
    </div>
  );
}

/** Every act has its sentence: a missing one is an error of the type check. */
function sentenceOf(
  { action, subject }: AuditEntry,
  sentences: Record<Action | 'find_nobody', string>,
): string {
  if (action === 'find_by_number' && subject === null) return sentences.find_nobody;
  return isAction(action) ? sentences[action] : action;
}

/** A sentence with its {places} filled in. */
function filled(sentence: string, parts: Record<string, ReactNode>): ReactNode[] {
  return sentence.split(/\{(\w+)\}/).map((piece, at) => (
    // Pieces of one sentence never change their order.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={at}>{at % 2 === 0 ? piece : parts[piece]}</Fragment>
  ));
}

function Who({
  entry,
  set,
}: {
  entry: AuditEntry;
  set: (change: AuditFilters) => void;
}): ReactNode {
  const text = useText();
  const { account } = entry;
  if (entry.action === 'send_changes') return entry.detail;
  if (!account && entry.category === 'system') return text.audit.subjects.system;
  if (!account)
    return entry.action === 'sign_in_refused' ? text.audit.nobody : text.audit.commandLine;
  return (
    <button
      type="button"
      className="link"
      title={account.username}
      onClick={() => set({ account: account.id, who: undefined })}
    >
      {account.name}
    </button>
  );
}

/** The record concerned, by its category and number: nothing of a resident stands in the record. */
function Subject({
  entry,
  set,
}: {
  entry: AuditEntry;
  set: (change: AuditFilters) => void;
}): ReactNode {
  const text = useText();
  const categories: Record<string, string> = text.categories;
  const others: Record<string, string> = text.audit.subjects;
  const category = entry.category && categories[entry.category];
  const named = category ? text.audit.archiveOf(category) : others[entry.category ?? ''];
  if (!entry.subject) return named;
  const subject = entry.subject;
  return (
    <>
      {named}{' '}
      <button
        type="button"
        className="link figures-font"
        title={subject}
        onClick={() => set({ subject })}
      >
        {text.audit.number(subject)}
      </button>
    </>
  );
}

function useItemWords(entry: AuditEntry): string {
  const text = useText();
  const dictionary = useDictionary();
  const numbers: Record<string, string> = text.audit.numbers;
  const patterns: Record<string, string> = text.audit.pattern.names;
  const lists: Record<string, string> = text.audit.lists;
  if (!entry.item) return '';
  if (entry.action === 'take_list') return lists[entry.item] ?? entry.item;
  if (entry.action === 'read_pattern') return patterns[entry.item] ?? entry.item;
  if (entry.action === 'find_by_number') return numbers[entry.item] ?? entry.item;
  return entry.category ? dictionary.item(entry.category, entry.item) : entry.item;
}

function useReason(entry: AuditEntry): string {
  const reasons: Record<string, string> = useText().audit.reasons;
  return reasons[entry.detail ?? ''] ?? entry.detail ?? '';
}

/** A post in words: role, department, area. */
export function usePostWords(): (post: NonNullable<AuditEntry['post']>) => string {
  const text = useText();
  const dictionary = useDictionary();
  const roles: Record<string, string> = text.roles;
  return ({ role, department, area }) =>
    [roles[role] ?? role, department && dictionary.source(department), area.name]
      .filter(Boolean)
      .join(' · ');
}

import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { day } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import type { Series } from './types.ts';

/** A document as a card: its first page where it may be shown, what it is, how old. */
export function DocumentCard(props: { series: Series; view: () => void }): ReactNode {
  const { documents: text } = useText();
  const dictionary = useDictionary();
  const { newest, versions } = props.series;
  const name = dictionary.documentName(newest.kind);
  const about = [
    newest.title,
    newest.takenOn ?? day(newest.uploadedAt),
    versions.length > 1 && text.version(newest.version),
    newest.pages.length > 1 && text.page(1, newest.pages.length).split(/[，,]/).at(-1)?.trim(),
  ].filter(Boolean);
  return (
    <button
      type="button"
      className="plain document-card"
      data-retired={newest.retired !== null}
      onClick={props.view}
    >
      <b>{name}</b>
      <span className="document-picture">
        {newest.sealed ? (
          <span className="document-locked">
            <Lock />
            <small>{text.locked}</small>
          </span>
        ) : (
          <img src={`/api/v1/documents/${newest.id}/thumbnail`} alt="" loading="lazy" />
        )}
      </span>
      <small>{about.join(' · ')}</small>
      {newest.proves && <small>{text.proof}</small>}
      {newest.retired && <small className="document-retired">{text.retired}</small>}
    </button>
  );
}

/** A document that is wanted and not there. */
export function MissingCard(props: { kind: string; add?: () => void }): ReactNode {
  const { documents: text } = useText();
  const name = useDictionary().documentName(props.kind);
  return (
    <div className="document-card document-missing">
      <span className="document-picture">
        {props.add && (
          <Button aria-label={text.uploadOf(name)} onClick={props.add}>
            {text.add}
          </Button>
        )}
      </span>
      <b>{name}</b>
      <small>{text.missing}</small>
    </div>
  );
}

function Lock(): ReactNode {
  return (
    <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" fill="none">
      <title>lock</title>
      <rect x="5" y="11" width="14" height="9" rx="2" stroke="currentColor" strokeWidth="1.6" />
      <path d="M8 11V8a4 4 0 0 1 8 0v3" stroke="currentColor" strokeWidth="1.6" />
    </svg>
  );
}

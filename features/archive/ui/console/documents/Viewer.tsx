import { Button, Modal } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { day, minute } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { PurposeDialog } from '../PurposeDialog.tsx';
import { Sheet } from './Sheet.tsx';
import type { Document, Series } from './types.ts';

const RetireDialog = lazy(() => import('./RetireDialog.tsx'));

/** Shows a document's pages; a sealed one once a purpose is named. Its versions, and what can be done with it. */
export default function Viewer(props: {
  series: Series;
  /** The purpose under which the whole file is open, for those who need one. */
  purpose: string | undefined;
  replace?: (document: Document) => void;
  /** The version shown first, where it is not the newest. */
  version?: string;
  close: () => void;
}): ReactNode {
  const { documents: text } = useText();
  const dictionary = useDictionary();
  const [shown, setShown] = useState(
    () => props.series.versions.find(({ id }) => id === props.version) ?? props.series.newest,
  );
  const [purpose, setPurpose] = useState(props.purpose);
  const [taking, setTaking] = useState(false);
  const [retiring, setRetiring] = useState(false);
  const { replace } = props;
  const { newest, versions } = props.series;
  const name = dictionary.documentName(newest.kind);

  if (shown.sealed && purpose === undefined) {
    return (
      <PurposeDialog
        title={text.purposeOf(name)}
        help={text.purposeHelp}
        choose={setPurpose}
        cancel={props.close}
      />
    );
  }
  return (
    <Modal
      open
      title={[name, newest.title].filter(Boolean).join(' · ')}
      width="min(64rem, 96vw)"
      className="viewer"
      footer={null}
      onCancel={props.close}
    >
      <Sheet key={shown.id} document={shown} name={name} purpose={purpose} />
      <p className="help">{text.watermark}</p>
      <div className="viewer-acts">
        {shown.abilities.download && (
          <Button onClick={() => setTaking(true)}>{text.download}</Button>
        )}
        {replace && newest.abilities.replace && (
          <Button onClick={() => replace(newest)}>{text.replace}</Button>
        )}
        {newest.abilities.retire && (
          <Button danger onClick={() => setRetiring(true)}>
            {text.retire}
          </Button>
        )}
      </div>
      {newest.proves && <p className="help">{text.proves}</p>}
      <Versions versions={versions} shown={shown} show={setShown} />
      {taking && (
        <TakeCopy document={shown} name={name} preset={purpose} close={() => setTaking(false)} />
      )}
      {retiring && (
        <Suspense>
          <RetireDialog
            document={newest}
            name={name}
            close={() => setRetiring(false)}
            done={props.close}
          />
        </Suspense>
      )}
    </Modal>
  );
}

/** Every version with who uploaded it when; the one that is shown is marked. */
function Versions(props: {
  versions: Document[];
  shown: Document;
  show: (document: Document) => void;
}): ReactNode {
  const { documents: text } = useText();
  return (
    <section aria-label={text.versions}>
      <h3>{text.versions}</h3>
      <ul className="versions">
        {props.versions.map((version) => (
          <li key={version.id}>
            <button
              type="button"
              className="link"
              aria-current={version.id === props.shown.id}
              onClick={() => props.show(version)}
            >
              {text.version(version.version)}
            </button>
            {version.current && <b>{text.inForce}</b>}
            <small>
              {[
                text.uploaded(minute(version.uploadedAt), version.uploadedBy ?? text.someone),
                version.takenOn && `${text.takenOn} ${version.takenOn}`,
              ]
                .filter(Boolean)
                .join(' · ')}
            </small>
          </li>
        ))}
      </ul>
      {props.versions[0]?.retired && (
        <p className="help">
          {text.retiredNote(
            day(props.versions[0].retired.at),
            props.versions[0].retired.by ?? text.someone,
            props.versions[0].retired.reason ?? '',
          )}
        </p>
      )}
    </section>
  );
}

/** Asks what the copy is for, and saves it. */
function TakeCopy(props: {
  document: Document;
  name: string;
  preset: string | undefined;
  close: () => void;
}): ReactNode {
  const { documents: text } = useText();
  const words = useProblemText();
  const take = async (purpose: string): Promise<void> => {
    try {
      const copy = await api.blob(`/documents/${props.document.id}/file`, { purpose });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(copy);
      link.download = `${props.name}.pdf`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      say(text.downloaded);
      props.close();
    } catch (error) {
      say(words(error));
    }
  };
  return (
    <PurposeDialog
      title={text.download}
      help={text.downloadHelp}
      go={text.take}
      {...(props.preset === undefined ? {} : { preset: props.preset })}
      choose={take}
      cancel={props.close}
    />
  );
}

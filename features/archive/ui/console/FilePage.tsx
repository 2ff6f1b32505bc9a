import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { Alert } from 'antd';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { ApiError, api } from '../../../../console/api.ts';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { NotFound, PageError } from '../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../console/page.ts';
import { pathOf } from '../../../../console/parts/categories.ts';
import { Loading } from '../../../../console/parts/Feedback.tsx';
import { remember } from '../../../../console/recent.ts';
import { useSession } from '../../../../console/session.tsx';
import type { CategoryKey } from '../../contract.ts';
import { Documents, hasDocuments } from './documents/Documents.tsx';
import { type Fact, FileHead } from './FileHead.tsx';
import { Items } from './Items.tsx';
import { Looks } from './Looks.tsx';
import { PurposeDialog } from './PurposeDialog.tsx';
import { Timeline } from './Timeline.tsx';
import type { AnyFile } from './types.ts';
import './archive.css';

const Past = lazy(() => import('./life/Past.tsx').then(({ Past: part }) => ({ default: part })));
const EditDrawer = lazy(() => import('./EditDrawer.tsx'));

interface Props<File extends AnyFile> {
  category: CategoryKey;
  id: string;
  title: (file: File) => string;
  facts?: (file: File) => Fact[];
  /** What stands for a sealed item until it is revealed, where the server gives a part of it. */
  masks?: (file: File) => Record<string, string | null>;
  /** Years, where the file is a person's. */
  age?: (file: File) => number | null;
  /** What can be done with the file beside editing: printing it. */
  acts?: (file: File, purpose: string | undefined) => ReactNode;
  /** The parts that only this category has: members, housing, people. */
  children?: (file: File) => ReactNode;
  /** What stands under its history. */
  below?: (file: File) => ReactNode;
}

/** A record's file, of any category: head, own parts, items with lineage, history. */
export function FilePage<File extends AnyFile>(props: Props<File>): ReactNode {
  const text = useText();
  const router = useRouter();
  const navigate = useNavigate();
  const [purpose, setPurpose] = useState<string>();
  const { data, error, refetch } = useQuery({
    queryKey: ['file', props.category, props.id, purpose ?? null],
    queryFn: ({ signal }) =>
      api.get<File>(`${pathOf[props.category]}/${props.id}`, { purpose }, signal),
    // Every opening is recorded: the same view isn't fetched again for nothing.
    staleTime: 120_000,
  });
  usePage(data ? props.title(data) : text.categories[props.category], data?.path ?? null);

  if (error instanceof ApiError && error.kind === 'purpose-required') {
    return (
      <div className="page">
        <PurposeDialog
          title={text.purpose.openTitle}
          help={text.purpose.openHelp}
          choose={setPurpose}
          cancel={() =>
            router.history.canGoBack() ? router.history.back() : navigate({ to: '/' })
          }
        />
      </div>
    );
  }
  // A mangled address is a file that is not there.
  if (error instanceof ApiError && [400, 404].includes(error.status)) return <NotFound />;
  if (error && !data) return <PageError error={error} reset={() => void refetch()} />;
  if (!data) return <Loading rows={12} />;
  return <File {...props} file={data} purpose={purpose} />;
}

function File<File extends AnyFile>(
  props: Props<File> & { file: File; purpose: string | undefined },
): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { post } = useSession();
  const { category, file } = props;
  const [editing, setEditing] = useState<{ item?: string } | null>(null);
  const [kept, setKept] = useState<string[]>([]);
  const title = props.title(file);

  useEffect(
    () => remember({ category, id: file.id, title, post }),
    [category, file.id, title, post],
  );

  return (
    <div className="page file">
      <FileHead
        category={category}
        file={file}
        title={title}
        facts={props.facts?.(file) ?? []}
        edit={(item) => setEditing({ item })}
        acts={props.acts?.(file, props.purpose)}
      />
      {props.purpose && (
        <p className="under-purpose">{text.purpose.openedFor(dictionary.purpose(props.purpose))}</p>
      )}
      {kept.length > 0 && (
        <Alert
          type="warning"
          showIcon
          closable={{ onClose: () => setKept([]) }}
          title={text.edit.keptTitle}
          description={kept.map((item) => {
            const known = dictionary.find(category, item);
            return (
              <p key={item}>
                {text.edit.kept(
                  dictionary.item(category, item),
                  dictionary.source(known?.source ?? null),
                )}
              </p>
            );
          })}
        />
      )}
      {props.children?.(file)}
      <Items
        category={category}
        file={file}
        masks={props.masks?.(file) ?? {}}
        age={props.age?.(file) ?? null}
        purpose={props.purpose}
        edit={(item) => setEditing({ item })}
      />
      {(category === 'household' || category === 'resident') && (
        <Suspense>
          <Past category={category} file={file} purpose={props.purpose} />
        </Suspense>
      )}
      {hasDocuments(category) && (
        <Documents category={category} id={file.id} purpose={props.purpose} />
      )}
      <Timeline
        category={category}
        id={file.id}
        purpose={props.purpose}
        editable={file.abilities.edit}
      />
      <Looks category={category} id={file.id} purpose={props.purpose} />
      {props.below?.(file)}
      {editing && (
        <Suspense>
          <EditDrawer
            category={category}
            file={file}
            title={title}
            focus={editing.item}
            close={() => setEditing(null)}
            saved={(conflicts) => {
              setEditing(null);
              setKept(conflicts);
              if (conflicts.length > 0) scrollTo({ top: 0 });
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

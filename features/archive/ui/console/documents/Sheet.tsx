import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { Failed, Loading } from '../../../../../console/parts/Feedback.tsx';
import type { Document } from './types.ts';

const zooms = [1, 1.5, 2, 3] as const;

/** One page at a time: turned, enlarged, leafed through, by thumb or by keys. */
export function Sheet(props: {
  document: Document;
  name: string;
  purpose: string | undefined;
}): ReactNode {
  const { documents: text } = useText();
  const [page, setPage] = useState(1);
  const [zoom, setZoom] = useState(0);
  const [turns, setTurns] = useState(0);
  const { document, name } = props;
  const count = document.pages.length;
  const leaf = (by: number): void => setPage(Math.min(count, Math.max(1, page + by)));
  const enlarge = (by: number): void => setZoom(Math.min(zooms.length - 1, Math.max(0, zoom + by)));
  const pressed = (event: KeyboardEvent): void => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey) return;
    if (key === 'PageUp' || key === 'PageDown') leaf(key === 'PageUp' ? -1 : 1);
    else if (key === '+' || key === '=' || key === '-') enlarge(key === '-' ? -1 : 1);
    else if (key === 'r') setTurns(turns + 1);
    else return;
    event.preventDefault();
  };
  return (
    <div>
      <div className="sheet-tools">
        {count > 1 && (
          <>
            <Button disabled={page === 1} onClick={() => leaf(-1)}>
              {text.before}
            </Button>
            <span aria-live="polite">{text.page(page, count)}</span>
            <Button disabled={page === count} onClick={() => leaf(1)}>
              {text.after}
            </Button>
          </>
        )}
        <span className="sheet-gap" />
        <Button disabled={zoom === 0} onClick={() => enlarge(-1)}>
          {text.smaller}
        </Button>
        <Button disabled={zoom === zooms.length - 1} onClick={() => enlarge(1)}>
          {text.larger}
        </Button>
        <Button onClick={() => setTurns(turns + 1)}>{text.turn}</Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className="sheet" tabIndex={0} aria-label={name} onKeyDown={pressed}>
        <Picture
          key={page}
          document={document}
          page={page}
          purpose={props.purpose}
          alt={text.pageOf(name, page)}
          zoom={zooms[zoom] ?? 1}
          turns={turns}
        />
      </section>
    </div>
  );
}

function Picture(props: {
  document: Document;
  page: number;
  purpose: string | undefined;
  alt: string;
  zoom: number;
  turns: number;
}): ReactNode {
  const { document, page, purpose } = props;
  const { data, error, refetch } = useQuery({
    queryKey: ['document-page', document.id, page, purpose ?? null],
    queryFn: async ({ signal }) =>
      dataUrl(await api.blob(`/documents/${document.id}/pages/${page}`, { purpose }, signal)),
    // Each fetch is a look on record, and what was looked at is not kept.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const size = document.pages[page - 1] ?? { width: 1, height: 1 };
  const lying = props.turns % 2 === 1;
  const ratio = lying ? size.height / size.width : size.width / size.height;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  return (
    <div
      className="sheet-page"
      style={{
        width: `calc(min(100%, 62vh * ${ratio}) * ${props.zoom})`,
        aspectRatio: ratio,
      }}
    >
      <img
        src={data}
        alt={props.alt}
        style={{
          width: lying ? `${100 / ratio}%` : '100%',
          transform: `translate(-50%, -50%) rotate(${props.turns * 90}deg)`,
        }}
      />
    </div>
  );
}

/** The page's policy takes pictures from the server or written out, and no other. */
function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

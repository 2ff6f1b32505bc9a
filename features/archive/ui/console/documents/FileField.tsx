import { Button } from 'antd';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import type { DocumentKind } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';

const photos = 'image/jpeg,image/png,image/webp';

/** A file: chosen, dropped here, or taken with the phone's camera. */
export function FileField(props: {
  kind: DocumentKind | undefined;
  file: File | null;
  choose: (file: File) => void;
  disabled: boolean;
}): ReactNode {
  const { documents: text } = useText();
  const chooser = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { kind, file, disabled } = props;
  const takesPhotos = kind?.accept.includes('image') ?? true;
  const accept = [
    takesPhotos && photos,
    (kind?.accept.includes('pdf') ?? true) && 'application/pdf',
  ].filter(Boolean);
  const limits = kind?.accept.map((one) => (one === 'pdf' ? text.pdf : text.photo)).join(' / ');

  const dropped = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [first] = event.dataTransfer.files;
    if (first && !disabled) props.choose(first);
  };
  const input = (ref: typeof chooser, more: object): ReactNode => (
    <input
      ref={ref}
      type="file"
      hidden
      disabled={disabled}
      onChange={({ target }) => {
        const [first] = target.files ?? [];
        if (first) props.choose(first);
        // So that the same file can be chosen again.
        target.value = '';
      }}
      {...more}
    />
  );
  return (
    <section
      className="drop"
      data-over={over}
      aria-label={text.file}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      {file ? (
        <p className="drop-file">
          <b>{file.name}</b> <small>{sizeOf(file.size)}</small>
        </p>
      ) : (
        <p className="drop-words">{text.drop}</p>
      )}
      <div className="drop-ways">
        <Button disabled={disabled} onClick={() => chooser.current?.click()}>
          {file ? text.again : text.choose}
        </Button>
        {takesPhotos && (
          <Button
            className="drop-camera"
            disabled={disabled}
            onClick={() => camera.current?.click()}
          >
            {text.camera}
          </Button>
        )}
      </div>
      {kind && <p className="help">{text.limits(limits ?? '', kind.mostMb)}</p>}
      {input(chooser, { accept: accept.join(',') })}
      {takesPhotos && input(camera, { accept: photos, capture: 'environment' })}
    </section>
  );
}

const sizeOf = (bytes: number): string =>
  bytes < 1_048_576
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1_048_576).toFixed(1)} MB`;

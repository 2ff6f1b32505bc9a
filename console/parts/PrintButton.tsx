import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../api.ts';
import { useText } from '../language.tsx';
import { useProblemText } from './Feedback.tsx';
import { handOutFile } from './handOut.ts';
import { say } from './Toast.tsx';

const PurposeDialog = lazy(() =>
  import('../../features/archive/ui/console/PurposeDialog.tsx').then((module) => ({
    default: module.PurposeDialog,
  })),
);

/** A paper as PDF: asks what for, and saves it. */
export function PrintButton(props: {
  /** Of the API, such as `/households/…/file.pdf`. */
  path: string;
  /** The file's name, without its ending. */
  name: string;
  /** The purpose under which the page is open already. */
  preset?: string | undefined;
}): ReactNode {
  const text = useText().taking;
  const words = useProblemText();
  const [asking, setAsking] = useState(false);
  const print = async (purpose: string): Promise<void> => {
    try {
      handOutFile(await api.blob(props.path, { purpose }), `${props.name}.pdf`);
      say(text.printed);
      setAsking(false);
    } catch (error) {
      say(words(error));
    }
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>{text.print}</Button>
      {asking && (
        <Suspense>
          <PurposeDialog
            title={text.printTitle}
            help={text.printHelp}
            go={text.printGo}
            {...(props.preset === undefined ? {} : { preset: props.preset })}
            choose={print}
            cancel={() => setAsking(false)}
          />
        </Suspense>
      )}
    </>
  );
}

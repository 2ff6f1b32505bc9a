import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { AreaPicker } from '../../../../../console/parts/AreaPicker.tsx';
import { Row, TextRow } from './fields.tsx';
import type { Filled } from './form.ts';

interface Part {
  filled: Filled;
  set: (change: Partial<Filled>) => void;
  errors: Readonly<Record<string, string | undefined>>;
  /** Code of the area that is offered first. */
  start: string | undefined;
}

/** What a new household needs to be told: its address, its number, its grid. */
export function NewHouseholdRows(props: Part): ReactNode {
  const { life: text } = useText();
  const { filled, set, errors } = props;
  return (
    <>
      <TextRow
        id="address"
        label={text.address}
        required
        wide
        value={filled.address}
        set={(address) => set({ address })}
        error={errors.address}
      />
      <TextRow
        id="number"
        label={text.number}
        value={filled.number}
        set={(number) => set({ number })}
        error={errors.number}
        max={30}
      />
      <GridRow {...props} />
    </>
  );
}

/** The grid that somebody comes to live in. */
export function GridRow({ filled, set, errors, start }: Part): ReactNode {
  const { life: text } = useText();
  return (
    <Row id="grid" label={text.grid} error={errors.to ?? errors.area}>
      <AreaPicker
        id="life-grid"
        label={text.grid}
        value={filled.grid ?? start}
        onChange={(grid) => set({ grid })}
      />
    </Row>
  );
}

import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useText } from '../language.tsx';

/** The filters of a list; on a phone they fold away behind a button that counts those in use. */
export function FilterPanel(props: { active: number; children: ReactNode }): ReactNode {
  const { list: text } = useText();
  const [unfolded, setUnfolded] = useState(false);
  return (
    <>
      <Button
        className="unfold"
        aria-expanded={unfolded}
        aria-controls="filters"
        onClick={() => setUnfolded(!unfolded)}
      >
        {text.filters(props.active)}
      </Button>
      <search id="filters" className="filters" data-open={unfolded} aria-label={text.filterLabel}>
        {props.children}
      </search>
    </>
  );
}

import type { ReactNode } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';

/** The tags of a record, in the dictionary's words and colours. */
export function Tags({ tags }: { tags: string[] }): ReactNode {
  const dictionary = useDictionary();
  if (tags.length === 0) return null;
  return (
    <span className="tags">
      {tags.map((tag) => (
        <span key={tag} className={`tag tag-${dictionary.tagColor(tag)}`}>
          {dictionary.tag(tag)}
        </span>
      ))}
    </span>
  );
}

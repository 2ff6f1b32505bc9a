import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Static } from 'typebox';
import type { SearchHit, SearchPage } from '../../features/archive/contract.ts';
import { api } from '../api.ts';
import { useText } from '../language.tsx';
import { pathOf } from '../parts/categories.ts';
import { useProblemText } from '../parts/Feedback.tsx';
import { say } from '../parts/Toast.tsx';
import { switchPost, useSession } from '../session.tsx';
import { usePostName } from './postName.ts';
import { SearchHitLine } from './SearchHitLine.tsx';

type Hit = Static<typeof SearchHit>;

/** The value, once it has stood still for a moment. */
function useSettled(value: string, after = 120): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), after);
    return () => clearTimeout(timer);
  }, [value, after]);
  return settled;
}

/** Finds people, households and places over all of one's posts. `/` goes there from anywhere. */
export function SearchBox(): ReactNode {
  const { search: text, post: postText } = useText();
  const { post, posts } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const words = useProblemText();
  const nameOf = usePostName();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const q = useSettled(typed.trim());

  const { data, error, isFetching } = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) =>
      api.get<Static<typeof SearchPage>>('/search', { q, limit: 12 }, signal),
    enabled: q !== '',
    placeholderData: (old) => old,
    staleTime: 15_000,
  });
  const hits = q ? (data?.items ?? []) : [];

  useEffect(() => {
    const focus = (event: globalThis.KeyboardEvent): void => {
      const inField =
        event.target instanceof HTMLElement &&
        event.target.closest('input,textarea,select,[contenteditable],dialog,[role=dialog]');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || inField) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  const openHit = async (hit: Hit): Promise<void> => {
    setOpen(false);
    setTyped('');
    input.current?.blur();
    const go = () => navigate({ to: `${pathOf[hit.category]}/$id`, params: { id: hit.id } });
    if (hit.post === post) return void go();
    try {
      await switchPost(client, hit.post, go);
      const other = posts.find(({ id }) => id === hit.post);
      if (other) say(postText.switched(nameOf(other)));
    } catch (problem) {
      say(words(problem));
    }
  };

  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (hits.length > 0) setAt((at + step + hits.length) % hits.length);
      setOpen(true);
    } else if (event.key === 'Enter') {
      const hit = hits[at];
      if (open && hit) void openHit(hit);
    } else if (event.key === 'Escape') {
      setOpen(false);
    }
  };

  const shown = open && typed.trim() !== '';
  return (
    <search
      className="search"
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setOpen(false)}
    >
      <input
        ref={input}
        type="text"
        role="combobox"
        autoComplete="off"
        aria-label={text.label}
        aria-expanded={shown}
        aria-controls="search-hits"
        aria-autocomplete="list"
        aria-activedescendant={shown && hits[at] ? `hit-${hits[at].id}` : undefined}
        placeholder={text.placeholder}
        value={typed}
        onFocus={() => setOpen(true)}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
          setOpen(true);
        }}
        onKeyDown={onKey}
      />
      <span className="search-key" aria-hidden="true">
        /
      </span>
      <div className="search-panel" hidden={!shown}>
        <div id="search-hits" role="listbox" aria-label={text.hits} tabIndex={-1}>
          {shown &&
            hits.map((hit, index) => (
              <SearchHitLine
                key={hit.id}
                hit={hit}
                query={q}
                selected={index === at}
                otherPost={
                  hit.post === post ? null : (posts.find(({ id }) => id === hit.post) ?? null)
                }
                choose={() => void openHit(hit)}
                point={() => setAt(index)}
              />
            ))}
        </div>
        {shown && hits.length === 0 && (
          <p role="status">
            {error ? words(error) : isFetching || q !== typed.trim() ? text.searching : text.none}
          </p>
        )}
      </div>
    </search>
  );
}

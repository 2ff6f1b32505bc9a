import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../language.tsx';
import { useProblemText } from '../parts/Feedback.tsx';
import { say } from '../parts/Toast.tsx';
import { switchPost, useSession } from '../session.tsx';
import { usePostName } from './postName.ts';

/** The post one acts under; a menu where one holds several. */
export function PostSwitcher({ block = false }: { block?: boolean }): ReactNode {
  const text = useText();
  const { posts, acting } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const words = useProblemText();
  const nameOf = usePostName();

  if (!acting) return <span className="post">{text.post.none}</span>;
  if (posts.length < 2) {
    return (
      <span className="post" title={text.post.acting}>
        {nameOf(acting)}
      </span>
    );
  }
  const to = async (id: string): Promise<void> => {
    if (id === acting.id) return;
    try {
      await switchPost(client, id, () => navigate({ to: '/' }));
      const post = posts.find((one) => one.id === id);
      if (post) say(text.post.switched(nameOf(post)));
    } catch (error) {
      say(words(error));
    }
  };
  if (block) {
    return (
      <fieldset>
        <legend>{text.post.acting}</legend>
        {posts.map((post) => (
          <label key={post.id} className="post-choice">
            <input
              type="radio"
              name="post"
              checked={post.id === acting.id}
              onChange={() => void to(post.id)}
            />
            {nameOf(post)}
          </label>
        ))}
      </fieldset>
    );
  }
  return (
    <Dropdown
      trigger={['click']}
      popupRender={(menu) => <nav aria-label={text.post.acting}>{menu}</nav>}
      menu={{
        selectable: true,
        selectedKeys: [acting.id],
        items: posts.map((post) => ({ key: post.id, label: nameOf(post) })),
        onClick: ({ key }) => void to(key),
      }}
    >
      <Button className="post-button" aria-label={`${text.post.acting}: ${nameOf(acting)}`}>
        <span>{nameOf(acting)}</span>
        <span aria-hidden="true">▾</span>
      </Button>
    </Dropdown>
  );
}

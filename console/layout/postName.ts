import type { Post } from '../../features/identity/contract.ts';
import { useText } from '../language.tsx';

/** A post in words: its role and its area. */
export function usePostName(): (post: Post) => string {
  const { roles } = useText();
  return (post) => `${roles[post.role]} · ${post.area.name}`;
}

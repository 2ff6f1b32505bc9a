import { useEffect, useRef } from 'react';

/** For what opens over a page: when it closes, focus goes back to where it came from. */
export function useReturnFocus(): void {
  const from = useRef(document.activeElement);
  useEffect(() => {
    const opener = from.current;
    return () => {
      // After the dialog has left the page, and only where nothing else has taken the focus.
      setTimeout(() => {
        if (document.activeElement === document.body && opener instanceof HTMLElement)
          opener.focus({ preventScroll: true });
      });
    };
  }, []);
}

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';

const stored = 'minqing.large';

interface Display {
  /** Large type, for tired eyes. */
  large: boolean;
  setLarge(large: boolean): void;
}

const DisplayContext = createContext<Display>({ large: false, setLarge: () => {} });

/** Keeps the size of type; the style sheet reads it from the root element. */
export function DisplayProvider({ children }: { children: ReactNode }): ReactNode {
  const [large, setLarge] = useState(localStorage.getItem(stored) === '1');
  useEffect(() => {
    localStorage.setItem(stored, large ? '1' : '0');
    document.documentElement.dataset.large = String(large);
  }, [large]);
  return <DisplayContext value={{ large, setLarge }}>{children}</DisplayContext>;
}

export const useDisplay = (): Display => useContext(DisplayContext);

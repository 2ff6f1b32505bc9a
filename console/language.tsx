import type { Locale } from 'antd/es/locale';
import zhLocale from 'antd/locale/zh_CN';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type Text, zh } from './text/zh.ts';

export type Language = 'zh' | 'en';

const stored = 'minqing.language';
let current: Language = localStorage.getItem(stored) === 'en' ? 'en' : 'zh';

/** The language in use, for code outside components. */
export const currentLanguage = (): Language => current;

interface Spoken {
  language: Language;
  text: Text;
  locale: Locale;
  setLanguage(language: Language): void;
}

const LanguageContext = createContext<Spoken | null>(null);

/** English is fetched when it is asked for; Chinese is always there. */
async function english(): Promise<{ text: Text; locale: Locale }> {
  const [{ en }, locale] = await Promise.all([import('./text/en.ts'), import('antd/locale/en_US')]);
  return { text: en, locale: locale.default };
}

/** Gives every component its texts. */
export function LanguageProvider({ children }: { children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState<Language>(current);
  const [loaded, setLoaded] = useState<{ text: Text; locale: Locale } | null>(null);

  useEffect(() => {
    current = language;
    localStorage.setItem(stored, language);
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    if (language === 'en') void english().then(setLoaded);
  }, [language]);

  const value = useMemo<Spoken | null>(() => {
    if (language === 'zh') return { language, text: zh, locale: zhLocale, setLanguage };
    return loaded && { language, ...loaded, setLanguage };
  }, [language, loaded]);

  return value && <LanguageContext value={value}>{children}</LanguageContext>;
}

/** The language, its texts, and the way to change it. */
export function useLanguage(): Spoken {
  const spoken = useContext(LanguageContext);
  if (!spoken) throw new Error('useLanguage outside LanguageProvider');
  return spoken;
}

/** The catalogue of texts in the language in use. */
export const useText = (): Text => useLanguage().text;

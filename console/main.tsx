import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ConfigProvider } from 'antd';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api.ts';
import { DisplayProvider, useDisplay } from './display.tsx';
import { LanguageProvider, useLanguage } from './language.tsx';
import { silentIcons } from './parts/icons.tsx';
import { Toast } from './parts/Toast.tsx';
import { makeRouter } from './router.tsx';
import { forgetWhatWasLeft } from './session.tsx';
import { antTheme } from './theme.ts';
import './theme.css';
import './parts/parts.css';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // Only a server out of reach is asked again; a refusal stands.
      retry: (times, error) =>
        times < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
    },
  },
});
const router = makeRouter(client);
forgetWhatWasLeft();

function Console(): ReactNode {
  const { locale } = useLanguage();
  const { large } = useDisplay();
  return (
    <ConfigProvider
      {...silentIcons}
      locale={locale}
      theme={antTheme(large)}
      button={{ autoInsertSpace: false }}
    >
      <RouterProvider router={router} />
      <Toast />
    </ConfigProvider>
  );
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <DisplayProvider>
          <LanguageProvider>
            <Console />
          </LanguageProvider>
        </DisplayProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}

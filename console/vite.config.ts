import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.MINQING_SERVER ?? 'http://127.0.0.1:8080';

/** Builds the officials' console into dist/console; in development, /api goes to the server. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  cacheDir: path.join(import.meta.dirname, '../.cache/vite'),
  plugins: [react()],
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: { '/api': { target: server, changeOrigin: false } },
    fs: { allow: [path.join(import.meta.dirname, '..')] },
  },
  build: {
    outDir: path.join(import.meta.dirname, '../dist/console'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
  },
});

import { ApiError, failureOf, type Problem } from './api.ts';
import { currentLanguage } from './language.tsx';

/**
 * Sends a form with a file. By XMLHttpRequest, since `fetch` does not tell how far a body has got.
 * @param told is called with the share that was sent, 0 to 1
 * @throws ApiError, also when the line is cut; DOMException AbortError when it was given up
 */
export function uploadForm<T>(
  path: string,
  form: FormData,
  options: { key: string; told: (share: number) => void; signal: AbortSignal },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open('POST', `/api/v1${path}`);
    call.setRequestHeader('accept', 'application/json, application/problem+json');
    call.setRequestHeader('accept-language', currentLanguage() === 'zh' ? 'zh-CN' : 'en');
    call.setRequestHeader('idempotency-key', options.key);
    call.upload.onprogress = ({ loaded, total }) => options.told(total ? loaded / total : 0);
    call.onload = () => {
      const answer = parsed(call.responseText);
      if (call.status >= 200 && call.status < 300) resolve(answer as T);
      else reject(failureOf(call.status, answer as Partial<Problem> | null));
    };
    call.onerror = () => reject(new ApiError({ type: 'unreachable', title: '', status: 0 }));
    call.onabort = () => reject(new DOMException('given up', 'AbortError'));
    options.signal.addEventListener('abort', () => call.abort());
    call.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

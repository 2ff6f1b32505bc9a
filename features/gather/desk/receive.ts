import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../../server/errors.ts';
import { type Files, FileTooLarge } from '../../../server/files/files.ts';
import { newId } from '../../../server/ids.ts';
import { linger, told } from '../../archive/documents/receive.ts';
import { mostFileBytes } from '../contract.ts';
import { isGzip, isZip } from './head.ts';

/** A file in the store that nothing names yet. */
export interface Received {
  id: string;
  key: string;
  name: string;
  sha256: Buffer;
  size: number;
  /** Line ends; null where it is packed. */
  lines: number | null;
}

/** What a form holds beside its file. */
const formMost = 65_536;
const longestName = 200;

/**
 * Reads the one file of a form straight into the store, sealed as it comes; nothing stays when it fails.
 * @throws Problem unsupported-type, too-large, invalid, no-space, bad-request when it was cut off
 */
export async function receiveFile(
  request: FastifyRequest,
  reply: FastifyReply,
  files: Files,
): Promise<Received> {
  if (!request.isMultipart()) throw new Problem('unsupported-type');
  try {
    if (Number(request.headers['content-length'] ?? 0) > mostFileBytes + formMost) throw tooLarge();
    const limits = { files: 1, fields: 5, fieldSize: 1000, fileSize: Number.POSITIVE_INFINITY };
    const part = await request.file({ limits });
    if (!part) throw missing();
    const id = newId();
    const counter = new LineCounter();
    const stored = await files.put(`gather/${id}/file`, counter.pass(part.file), mostFileBytes);
    const { key, size, sha256 } = stored;
    if (size === 0) {
      await files.remove([key]);
      throw empty();
    }
    const name = nameOf(part.filename);
    return { id, key, name, sha256, size, lines: counter.lines };
  } catch (error) {
    linger(request, reply);
    throw error instanceof FileTooLarge ? tooLarge() : told(error);
  }
}

/** The name without a folder and without characters that are not shown. */
const nameOf = (given: string): string =>
  (given.split(/[\\/]/).at(-1) ?? '').replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, longestName) || '—';

/** Counts the lines of a text that passes; those of a packed one are not in sight. */
class LineCounter {
  #lines = 0;
  #isPacked: boolean | undefined;

  get lines(): number | null {
    return this.#isPacked ? null : this.#lines;
  }

  async *pass(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const part of parts) {
      this.#isPacked ??= isZip(part) || isGzip(part);
      if (!this.#isPacked)
        for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) this.#lines++;
      yield part;
    }
  }
}

const fileProblem = (code: string, zh: string, en: string): Problem =>
  new Problem('invalid', {
    errors: [{ field: 'file', code, message: { zh: `文件：${zh}`, en: `file: ${en}` } }],
  });
const missing = (): Problem =>
  fileProblem('required', '请选择要上传的文件', 'choose the file to upload');
const empty = (): Problem =>
  fileProblem('empty', '文件是空的，请重新导出', 'the file is empty; export it anew');

function tooLarge(): Problem {
  return new Problem('too-large', {
    detail: {
      zh: '文件超过 2 GB，请用 gzip 压缩或分成几份后再上传',
      en: 'The file has more than 2 GB; pack it with gzip, or split it',
    },
  });
}

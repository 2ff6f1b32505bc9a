import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../../server/errors.ts';
import { type Files, FileTooLarge, type StoredFile } from '../../../server/files/files.ts';
import { newId } from '../../../server/ids.ts';
import { firstBytes, type MediaType, seenAs } from '../../../server/renditions/kinds.ts';
import { renditionsOf } from '../../../server/renditions/pages.ts';
import { refusedFile } from '../../../server/renditions/refused.ts';
import { mostMegabytes } from '../dictionary/documents.ts';
import type { DocumentKind } from '../dictionary.ts';
import { DocumentForm } from './contract.ts';
import { discard, keyOf } from './store.ts';

/** What came in: kept, sealed, with its pages drawn, but not yet a document. */
export interface Received {
  form: DocumentForm;
  kind: DocumentKind;
  type: MediaType;
  original: StoredFile;
  pages: [number, number][];
  /** Its files in the store. */
  files: string;
}

const megabyte = 1_048_576;
/** What a form holds beside its file. */
const formMost = 65_536;
/** How long the rest of a refused file is still listened to, after the answer. */
const lingering = 10_000;

/**
 * Reads an upload as it comes: the form, then the file straight into the store. Nothing stays when it fails.
 * @param kindOf the kind of the form's key; throws when it may not be uploaded
 * @throws Problem too-large, unsupported-type, invalid, no-space, bad-request when it was cut off
 */
export async function receive(
  request: FastifyRequest,
  reply: FastifyReply,
  files: Files,
  kindOf: (key: string) => DocumentKind,
): Promise<Received> {
  requireForm(request, reply);
  const id = newId();
  let drawn = 0;
  try {
    const { form, kind, type, original } = await readForm(request, files, kindOf, id);
    const { pages, thumbnail } = await renditionsOf(await files.read(original.key), type);
    for (const [at, { jpeg }] of pages.entries()) {
      await files.put(keyOf(id, at + 1), jpeg);
      drawn = at + 1;
    }
    await files.put(keyOf(id, 'thumbnail'), thumbnail);
    const sizes = pages.map(({ width, height }): [number, number] => [width, height]);
    return { form, kind, type, original, pages: sizes, files: id };
  } catch (error) {
    await discard(files, id, drawn);
    linger(request, reply);
    throw told(error);
  }
}

/** Refuses before a byte of the body is read. */
function requireForm(request: FastifyRequest, reply: FastifyReply): void {
  if (!request.isMultipart()) throw new Problem('unsupported-type');
  const length = Number(request.headers['content-length'] ?? 0);
  if (length <= mostMegabytes * megabyte + formMost) return;
  linger(request, reply);
  throw tooLarge(mostMegabytes);
}

async function readForm(
  request: FastifyRequest,
  files: Files,
  kindOf: (key: string) => DocumentKind,
  id: string,
): Promise<Pick<Received, 'form' | 'kind' | 'type' | 'original'>> {
  const fields: Record<string, unknown> = {};
  const limits = { fields: 10, files: 1, fieldSize: 1000, fileSize: Number.POSITIVE_INFINITY };
  for await (const part of request.parts({ limits })) {
    if (part.type === 'field') {
      fields[part.fieldname] = part.value;
      continue;
    }
    const form = checked(request, fields);
    const kind = kindOf(form.kind);
    let type: MediaType | undefined;
    const file = begunWith(part.file, (start) => {
      type = typeOf(start, kind);
    });
    try {
      const original = await files.put(keyOf(id, 'original'), file, kind.mostMb * megabyte);
      if (!type) throw refusedFile('empty');
      return { form, kind, type, original };
    } catch (error) {
      throw error instanceof FileTooLarge ? tooLarge(kind.mostMb) : error;
    }
  }
  checked(request, fields);
  throw missingFile();
}

/** @throws Problem invalid by the words of the API's validation */
function checked(request: FastifyRequest, fields: Record<string, unknown>): DocumentForm {
  const validate = request.compileValidationSchema(DocumentForm, 'body');
  const form = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
  if (validate(form)) return form as DocumentForm;
  throw Object.assign(new Error('form'), { validation: validate.errors, statusCode: 400 });
}

/** Passes a stream on, and its first bytes to `look` before any of it. */
async function* begunWith(
  stream: AsyncIterable<Buffer>,
  look: (start: Buffer) => void,
): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const part of stream) {
    if (start === undefined) {
      yield part;
      continue;
    }
    start = Buffer.concat([start, part]);
    if (start.length < firstBytes) continue;
    look(start);
    yield start;
    start = undefined;
  }
  if (start === undefined) return;
  if (start.length === 0) throw refusedFile('empty');
  look(start);
  yield start;
}

/** @throws Problem invalid when the content is not of a kind that is taken here */
function typeOf(start: Buffer, kind: DocumentKind): MediaType {
  const seen = seenAs(start);
  if (seen === 'unknown' || seen === 'heic') throw refusedFile(seen);
  const needed = seen === 'application/pdf' ? 'pdf' : 'image';
  if (kind.accept.includes(needed)) return seen;
  throw refusedFile(needed === 'pdf' ? 'photo_only' : 'pdf_only');
}

function tooLarge(megabytes: number): Problem {
  return new Problem('too-large', {
    detail: {
      zh: `文件超过 ${megabytes} MB，请压缩或降低扫描分辨率后再上传`,
      en: `The file has more than ${megabytes} MB; compress it or scan it at a lower resolution`,
    },
  });
}

function missingFile(): Problem {
  return new Problem('invalid', {
    errors: [
      {
        field: 'file',
        code: 'required',
        message: { zh: '文件：请选择要上传的文件', en: 'file: choose the file to upload' },
      },
    ],
  });
}

/**
 * Lets the sender hear why: what still comes is read and thrown away for a while, since a connection that is
 * closed upon somebody who is sending takes the answer with it. Whoever sends on after that is cut off.
 */
export function linger(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  if (raw.complete || raw.destroyed) return;
  raw.unpipe();
  raw.resume();
  reply.raw.once('finish', () => {
    const timer = setTimeout(() => raw.complete || raw.destroy(), lingering).unref();
    raw.once('close', () => clearTimeout(timer));
  });
}

const cutOff = new Set([
  'FST_PREMATURE_CLOSE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ECONNRESET',
  'ABORT_ERR',
]);
const misshapen = /^FST_|^ERR_|Unexpected end|Malformed|Multipart/;

/** What the reader of forms throws, in the catalogue's words. */
export function told(error: unknown): unknown {
  if (error instanceof Problem || (error as { validation?: unknown }).validation) return error;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (!cutOff.has(code) && !misshapen.test(code) && !misshapen.test(message)) return error;
  return new Problem('bad-request', {
    detail: {
      zh: '上传中断或不完整，没有保存，请重新上传',
      en: 'The upload was cut off or is not whole; nothing was kept, send it again',
    },
  });
}

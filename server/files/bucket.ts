import { S3mini } from 's3mini';
import { Problem } from '../errors.ts';
import { FileMissing, type Store } from './store.ts';

/** A bucket of an S3-compatible store, addressed by path. */
export interface Bucket {
  /** Such as http://127.0.0.1:9000 */
  endpoint: string;
  name: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

/** Parts of a long upload: the least that S3 takes is 5 MiB. */
const partSize = 8 * 1_048_576;

/** Files in a bucket; an upload that is cut short is given up, and leaves no object. */
export function openBucket({ endpoint, name, region, accessKey, secretKey }: Bucket): Store {
  const s3 = new S3mini({
    endpoint: `${endpoint.replace(/\/+$/, '')}/${name}`,
    region,
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
  });

  /** One object in parts. S3 makes it appear when it is whole, and not before. */
  async function writeParts(key: string, first: Buffer, rest: AsyncIterator<Buffer>) {
    const upload = await reached(s3.getMultipartUploadId(key));
    try {
      const parts = [await reached(s3.uploadPart(key, upload, first, 1))];
      for (let next = await part(rest); next.length > 0; next = await part(rest))
        parts.push(await reached(s3.uploadPart(key, upload, next, parts.length + 1)));
      await reached(s3.completeMultipartUpload(key, upload, parts));
    } catch (error) {
      await s3.abortMultipartUpload(key, upload).catch(() => {});
      throw error;
    }
  }

  return {
    async write(key, content) {
      const parts = content[Symbol.asyncIterator]();
      try {
        const first = await part(parts);
        if (first.length < partSize) await reached(s3.putObject(key, first));
        else await writeParts(key, first, parts);
      } finally {
        await parts.return?.();
      }
    },
    async read(key) {
      const answer = await reached(s3.getObjectResponse(key));
      if (!answer?.body) throw new FileMissing(key);
      return answer.body;
    },
    async remove(key) {
      await reached(s3.deleteObject(key));
    },
    async *list(space) {
      for (let from: string | undefined; ; ) {
        const page = await reached(s3.listObjectsPaged('/', `${space}/`, 1000, from));
        for (const { Key, LastModified } of page?.objects ?? [])
          yield { key: Key, at: new Date(LastModified) };
        from = page?.nextContinuationToken;
        if (!from) return;
      }
    },
  };
}

/** As many bytes as a part holds, or what is left. */
async function part(content: AsyncIterator<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let size = 0; size < partSize; ) {
    const { value, done } = await content.next();
    if (done) break;
    pieces.push(value);
    size += value.length;
  }
  return Buffer.concat(pieces);
}

/** The store's own refusals say nothing to whoever uploads: it is not there just now. */
async function reached<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    console.error(`files: the store refused or was not reached: ${(error as Error).message}`);
    throw new Problem('unavailable', {
      detail: {
        zh: '文件存储暂时连不上，文件没有保存，请稍后再试',
        en: 'The store of files is not reached just now; nothing was kept, try again later',
      },
      retryAfter: 30,
    });
  }
}

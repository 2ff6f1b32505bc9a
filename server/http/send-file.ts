import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Hands a file out under a Chinese name. */
export function sendFile(
  reply: FastifyReply,
  type: string,
  name: string,
  content: Buffer | Readable,
): FastifyReply {
  const plain = `minqing${name.slice(name.lastIndexOf('.'))}`;
  return reply
    .type(type)
    .header(
      'content-disposition',
      `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    )
    .send(content);
}

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type FieldError, languageOf, Problem, problemDocument, problems } from '../errors.ts';

/** Makes every error an RFC 9457 document in the caller's language, and logs what was not foreseen. */
export function answerWithProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = asProblem(error);
    if (problem.key === 'internal') request.log.error({ err: withoutData(error) }, 'unforeseen');
    return sendProblem(problem, request, reply);
  });
}

/** Sends a problem document. */
export function sendProblem(
  problem: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const language = languageOf(request.headers['accept-language']);
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
  return reply
    .code(problems[problem.key].status)
    .header('content-language', language === 'zh' ? 'zh-CN' : 'en')
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemDocument(problem, language));
}

/** An error for the log. Parameters of a failed statement may be residents' data: they stay out of it. */
export function withoutData(error: Error): object {
  const { name, message, stack, code } = error as Error & { code?: string };
  return code?.length === 5
    ? { name, code, stack: stack?.split('\n').slice(1).join('\n') }
    : { name, message, stack };
}

/** The problem that an error comes to: itself, what the database's refusal means, or `internal`. */
export function asProblem(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error;
  if (error.validation) return invalidFields(error);
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem('too-large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('unsupported-type');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Problem('bad-request', {
        detail: { zh: '请求正文不是有效的 JSON', en: 'The body is not valid JSON' },
      });
    // PostgreSQL: row security refused the row; a unique key is taken; text with a NUL; connection lost.
    case '42501':
      return new Problem('forbidden');
    case '23505':
      return new Problem('conflict', {
        detail: { zh: '这条记录已经存在', en: 'That record exists already' },
      });
    case '22021':
    case '22P05':
      return new Problem('bad-request', {
        detail: {
          zh: '文字中含有无法保存的字符',
          en: 'The text holds a character that cannot be stored',
        },
      });
    case '08006':
    case '57P01':
    case 'ECONNREFUSED':
      return new Problem('unavailable', { retryAfter: 5 });
    default:
      if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500)
        return new Problem('bad-request');
      return new Problem('internal');
  }
}

interface AjvError {
  instancePath: string;
  keyword: string;
  params: Record<string, unknown>;
  message?: string;
}

function invalidFields(error: FastifyError): Problem {
  const seen = new Map<string, FieldError>();
  for (const fault of error.validation as unknown as AjvError[]) {
    const field = fieldOf(fault);
    // A union reports every branch; the first word on a field is enough.
    if (!seen.has(field))
      seen.set(field, { field, code: fault.keyword, message: wordsFor(fault, field) });
  }
  return new Problem('invalid', { errors: [...seen.values()] });
}

function fieldOf({ instancePath, keyword, params }: AjvError): string {
  const path = instancePath.slice(1).replaceAll('/', '.');
  const inner =
    keyword === 'required'
      ? String(params.missingProperty)
      : keyword === 'additionalProperties'
        ? String(params.additionalProperty)
        : '';
  return [path, inner].filter(Boolean).join('.') || 'body';
}

function wordsFor({ keyword, params }: AjvError, field: string): FieldError['message'] {
  const limit = String(params.limit ?? '');
  switch (keyword) {
    case 'required':
      return { zh: `${field}：必填，请补上`, en: `${field}: is required` };
    case 'minLength':
      return { zh: `${field}：至少 ${limit} 个字符`, en: `${field}: at least ${limit} characters` };
    case 'maxLength':
      return { zh: `${field}：最多 ${limit} 个字符`, en: `${field}: at most ${limit} characters` };
    case 'minimum':
      return { zh: `${field}：不能小于 ${limit}`, en: `${field}: not less than ${limit}` };
    case 'maximum':
      return { zh: `${field}：不能大于 ${limit}`, en: `${field}: not more than ${limit}` };
    case 'format':
      return formatWords(field, String(params.format));
    case 'type':
      return {
        zh: `${field}：类型应为 ${String(params.type)}`,
        en: `${field}: should be ${String(params.type)}`,
      };
    case 'additionalProperties':
      return { zh: `${field}：没有这个字段`, en: `${field}: there is no such field` };
    default:
      return {
        zh: `${field}：格式不正确，请按接口说明填写`,
        en: `${field}: does not match the API’s description`,
      };
  }
}

function formatWords(field: string, format: string): FieldError['message'] {
  const shape: Record<string, FieldError['message']> = {
    date: {
      zh: '应为存在的日期，如 2026-05-01',
      en: 'should be an existing day such as 2026-05-01',
    },
    uuid: { zh: '应为记录编号（UUID）', en: 'should be a record’s id (UUID)' },
  };
  const words = shape[format] ?? { zh: '格式不正确', en: `should be a ${format}` };
  return { zh: `${field}：${words.zh}`, en: `${field}: ${words.en}` };
}

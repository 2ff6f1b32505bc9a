/** A text in both languages of the product, Chinese first. */
export interface Text {
  zh: string;
  en: string;
}

/** What is wrong with one field: names it and says how to mend it. */
export interface FieldError {
  field: string;
  code: string;
  message: Text;
}

/** The catalogue of problems: stable keys, their HTTP status and title. */
export const problems = {
  'bad-request': { status: 400, zh: '请求无法读取', en: 'The request cannot be read' },
  invalid: { status: 400, zh: '填写有误', en: 'Some fields are not right' },
  'bad-cursor': {
    status: 400,
    zh: '翻页标记无效，请从第一页重新开始',
    en: 'The page cursor is not valid; start again from the first page',
  },
  'cursor-gone': {
    status: 410,
    zh: '这个位置之后的变更已不再保留，请重新取全量数据',
    en: 'Changes behind this cursor are not kept any more; take the whole of the data anew',
  },
  'signature-refused': {
    status: 401,
    zh: '请求的签名无效',
    en: 'The signature of the request is not good',
  },
  'not-signed-in': { status: 401, zh: '请先登录', en: 'Please sign in' },
  'wrong-credentials': {
    status: 401,
    zh: '用户名或密码不正确',
    en: 'The user name or the password is not right',
  },
  'wrong-code': {
    status: 401,
    zh: '验证码不正确或已用过',
    en: 'The code is not right, or was used before',
  },
  'sso-refused': {
    status: 403,
    zh: '统一身份认证没有通过，请重新登录',
    en: 'Single sign-on was refused; sign in again',
  },
  'sso-unknown': {
    status: 403,
    zh: '统一身份认证已通过，但本系统没有您的可用账号，请联系安全管理员',
    en: 'Single sign-on knows you, but there is no account in use here; ask the security administrator',
  },
  'sso-bound': {
    status: 403,
    zh: '这个账号已绑定统一身份认证里的另一个人，请联系安全管理员核实',
    en: 'This account is bound to somebody else at the provider of single sign-on; ask the security administrator',
  },
  'sso-unavailable': {
    status: 503,
    zh: '连不上统一身份认证，请稍后再试，或用密码登录',
    en: 'Single sign-on is not reached; try again later, or sign in by password',
  },
  'second-factor-needed': {
    status: 403,
    zh: '请先输入动态验证码，完成登录',
    en: 'Give the code of your authenticator first to finish signing in',
  },
  'password-change-needed': {
    status: 403,
    zh: '请先修改初始密码，完成登录',
    en: 'Change the first password to finish signing in',
  },
  'enrolment-needed': {
    status: 403,
    zh: '管理员须先绑定动态验证码，完成登录',
    en: 'Administrators set up a second factor to finish signing in',
  },
  'no-post': {
    status: 403,
    zh: '您目前没有在任岗位，请联系安全管理员',
    en: 'You hold no post in force; ask the security administrator',
  },
  forbidden: {
    status: 403,
    zh: '当前岗位不能进行这项操作',
    en: 'The acting post does not allow this',
  },
  'outside-scope': {
    status: 403,
    zh: '该区域不在当前岗位的范围内',
    en: 'That area is outside the acting post',
  },
  'purpose-required': {
    status: 403,
    zh: '查看档案需要说明目的',
    en: 'Opening a file needs a stated purpose',
  },
  'foreign-origin': {
    status: 403,
    zh: '请求来自其他网站，已拒绝',
    en: 'The request came from another site and was refused',
  },
  'not-found': {
    status: 404,
    zh: '没有找到，或不在您的范围内',
    en: 'Not found, or not within your scope',
  },
  'method-not-allowed': { status: 405, zh: '不支持这种请求方法', en: 'Method not allowed' },
  conflict: { status: 409, zh: '与现有数据冲突', en: 'Conflicts with what is there' },
  'lost-update': {
    status: 412,
    zh: '其他人已修改过这份档案，请核对后再保存',
    en: 'Someone else changed this file meanwhile; compare and save again',
  },
  'too-large': { status: 413, zh: '提交的内容过大', en: 'The request is too large' },
  'unsupported-type': {
    status: 415,
    zh: '提交的格式不对：一般以 JSON 提交，文件以表单提交',
    en: 'Send the request as application/json, a file as multipart/form-data',
  },
  'key-reused': {
    status: 422,
    zh: '同一个 Idempotency-Key 已用于另一请求',
    en: 'This Idempotency-Key was used for another request',
  },
  'version-needed': {
    status: 428,
    zh: '修改时需带上读取到的版本（If-Match）',
    en: 'An edit needs the version that was read (If-Match)',
  },
  'locked-out': {
    status: 429,
    zh: '登录失败次数过多，请稍后再试',
    en: 'Too many refused sign-ins; try again later',
  },
  'worker-lost': {
    status: 500,
    zh: '执行任务的进程曾经中断',
    en: 'The process that ran the job was lost',
  },
  'too-many': {
    status: 429,
    zh: '从您的网络登录失败的次数过多，请稍后再试',
    en: 'Too many refused sign-ins from your network; try again later',
  },
  internal: {
    status: 500,
    zh: '系统出现问题，已记录，请稍后再试',
    en: 'Something went wrong here; it was recorded',
  },
  'file-damaged': {
    status: 500,
    zh: '文件已损坏或丢失，请联系系统管理员从备份恢复',
    en: 'The file is damaged or gone; ask the system administrator to restore it from a backup',
  },
  'no-space': {
    status: 507,
    zh: '服务器存储空间已满，文件没有保存，请联系系统管理员',
    en: 'The server’s disk is full and nothing was kept; tell the system administrator',
  },
  unavailable: { status: 503, zh: '系统暂不可用', en: 'Not available just now' },
} as const satisfies Record<string, { status: number } & Text>;

export type ProblemKey = keyof typeof problems;

/** An error with a place in the catalogue; the HTTP floor turns it into an RFC 9457 document. */
export class Problem extends Error {
  readonly key: ProblemKey;
  readonly detail: Text | undefined;
  readonly errors: FieldError[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(
    key: ProblemKey,
    more: { detail?: Text; errors?: FieldError[]; retryAfter?: number } = {},
  ) {
    super(`${key}: ${more.detail?.en ?? more.errors?.[0]?.message.en ?? problems[key].en}`);
    this.name = 'Problem';
    this.key = key;
    this.detail = more.detail;
    this.errors = more.errors;
    this.retryAfter = more.retryAfter;
  }
}

export type Language = 'zh' | 'en';

/** The language of the answer: English only when it is asked for before Chinese. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '').toLowerCase();
  const en = wanted.search(/\ben\b/);
  const zh = wanted.search(/\bzh\b/);
  return en >= 0 && (zh < 0 || en < zh) ? 'en' : 'zh';
}

/** An RFC 9457 problem document in one language. */
export function problemDocument(problem: Problem, language: Language): Record<string, unknown> {
  const entry = problems[problem.key];
  return {
    type: `/problems/${problem.key}`,
    title: entry[language],
    status: entry.status,
    ...(problem.detail ? { detail: problem.detail[language] } : {}),
    ...(problem.errors
      ? {
          errors: problem.errors.map(({ field, code, message }) => ({
            field,
            code,
            message: message[language],
          })),
        }
      : {}),
  };
}

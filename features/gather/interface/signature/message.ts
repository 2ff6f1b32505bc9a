import { createHash } from 'node:crypto';

/** What of a request is signed. */
export interface Message {
  method: string;
  /** As it is sent: `/api/v1/changes`, without a query. */
  path: string;
  /** With its question mark; `?` alone where there is none (RFC 9421, 2.2.7). */
  query: string;
  /** Host and port as the Host field names them. */
  authority: string;
  /** A field by its name in small letters. */
  field(name: string): string | undefined;
}

/** Parts of a request that a signature covers, with its parameters: what RFC 9421 calls the signature's input. */
export interface SignatureInput {
  components: readonly string[];
  /** In their order; texts and whole numbers. */
  parameters: readonly (readonly [name: string, value: string | number])[];
}

/** A request's message from its target as it stands in the request line. */
export function messageOf(
  method: string,
  target: string,
  authority: string,
  field: (name: string) => string | undefined,
): Message {
  const at = target.indexOf('?');
  return {
    method: method.toUpperCase(),
    path: at < 0 ? target : target.slice(0, at),
    query: at < 0 ? '?' : target.slice(at),
    authority: authority.toLowerCase(),
    field,
  };
}

/** The parameters of a signature as they stand in Signature-Input, behind the label. */
export function writtenInput({ components, parameters }: SignatureInput): string {
  const covered = components.map((name) => `"${name}"`).join(' ');
  const more = parameters.map(([name, value]) =>
    typeof value === 'number' ? `;${name}=${value}` : `;${name}="${value}"`,
  );
  return `(${covered})${more.join('')}`;
}

/**
 * The signature base of RFC 9421, section 2.5: a line for each covered component, then the parameters.
 * @returns undefined when a covered component is not in the message, or is none that is known here
 */
export function signatureBase(message: Message, input: SignatureInput): string | undefined {
  const lines: string[] = [];
  for (const name of input.components) {
    const value = componentOf(message, name);
    if (value === undefined) return undefined;
    lines.push(`"${name}": ${value}`);
  }
  lines.push(`"@signature-params": ${writtenInput(input)}`);
  return lines.join('\n');
}

function componentOf(message: Message, name: string): string | undefined {
  if (!name.startsWith('@')) return message.field(name)?.trim();
  const derived: Record<string, string> = {
    '@method': message.method,
    '@path': message.path,
    '@query': message.query,
    '@authority': message.authority,
  };
  return derived[name];
}

/** The Content-Digest of a body (RFC 9530), by SHA-256. */
export function contentDigest(body: Buffer | string): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** Whether a Content-Digest holds the SHA-256 of the body; digests of other kinds beside it are not looked at. */
export function isDigestOf(header: string, body: Buffer): boolean {
  const own = header.split(',').map((part) => part.trim());
  return own.some((part) => part === contentDigest(body));
}

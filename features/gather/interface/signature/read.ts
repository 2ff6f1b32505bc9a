import type { SignatureInput } from './message.ts';

/** A signature as a request carries it. */
export interface GivenSignature {
  input: SignatureInput;
  signature: Buffer;
}

const name = '[a-z*][a-z0-9_.*-]*';
const text = '"[ !#-\\[\\]-~]*"';
const inputShape = new RegExp(
  `^(${name})=\\((${text}(?: ${text})*)?\\)((?:;${name}=(?:${text}|\\d{1,15}))*)$`,
);
const signatureShape = new RegExp(`^(${name})=:([A-Za-z0-9+/]+={0,2}):$`);
const parameterShape = new RegExp(`;(${name})=(?:"([^"]*)"|(\\d+))`, 'g');

/**
 * Reads the fields of a request's one signature. Of the structured fields of RFC 8941 only what such a signature needs is
 * taken: components without parameters of their own, texts without escapes, whole numbers.
 * @returns undefined when they cannot be read, or are more than one
 */
export function readSignature(
  inputField: string | undefined,
  signatureField: string | undefined,
): GivenSignature | undefined {
  const input = inputShape.exec(inputField?.trim() ?? '');
  const signature = signatureShape.exec(signatureField?.trim() ?? '');
  if (!input || !signature || input[1] !== signature[1]) return undefined;
  const components = (input[2] ?? '').split(' ').filter(Boolean);
  const parameters = [...(input[3] ?? '').matchAll(parameterShape)].map(
    ([, key = '', quoted, digits]) => [key, quoted ?? Number(digits)] as const,
  );
  return {
    input: { components: components.map((one) => one.slice(1, -1)), parameters },
    signature: Buffer.from(signature[2] ?? '', 'base64'),
  };
}

/** A text among the parameters of a signature. */
export function textParameter({ parameters }: SignatureInput, key: string): string | undefined {
  const found = parameters.find(([one]) => one === key)?.[1];
  return typeof found === 'string' ? found : undefined;
}

/** A whole number among the parameters of a signature. */
export function numberParameter({ parameters }: SignatureInput, key: string): number | undefined {
  const found = parameters.find(([one]) => one === key)?.[1];
  return typeof found === 'number' ? found : undefined;
}

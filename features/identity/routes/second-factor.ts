import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { hashToken, newToken } from '../../../server/crypto.ts';
import { refusals } from '../../../server/http/described.ts';
import {
  Confirmed,
  NewSecret,
  PassCode,
  Proof,
  RecoveryCodes,
  SecondFactor,
  SessionView,
} from '../contract.ts';
import { stepping } from '../gatekeeper.ts';
import {
  beginFactor,
  confirmFactor,
  factorOf,
  proveAgain,
  removeFactor,
  renewCodes,
  takeCode,
} from '../second-factor.ts';
import type { Services } from '../services.ts';
import { moveOn, view } from '../sign-in.ts';

const tags = ['session'];
const path = '/session/second-factor';
const codeRefusals = refusals('wrong-code', 'locked-out', 'too-many');
const proofRefusals = refusals('wrong-credentials', 'wrong-code', 'locked-out', 'too-many');

/** The second step of signing in, and one's own second factor. */
export function secondFactorRoutes(app: FastifyInstance, services: Services): void {
  const { sessions, attempts } = services;

  app.post(
    `${path}/pass`,
    {
      schema: {
        operationId: 'passSecondFactor',
        summary: 'The second step of signing in: a code, or a recovery code; sets a new cookie',
        tags,
        body: PassCode,
        response: { 200: SessionView, ...codeRefusals },
      },
    },
    (request, reply) =>
      stepping(sessions, request, ['second_factor'], async (session) => {
        const { code } = request.body as Static<typeof PassCode>;
        const token = newToken();
        await attempts.guard(request.ip, () => takeCode(services, session, code, hashToken(token)));
        return view(await moveOn(services, reply, session, token));
      }),
  );

  app.get(
    path,
    {
      schema: {
        operationId: 'getSecondFactor',
        summary: 'Whether one’s second factor is set, and must be',
        tags,
        response: { 200: SecondFactor },
      },
    },
    (request) =>
      stepping(sessions, request, ['enrol', 'open'], async (session) => {
        const factor = await factorOf(services, session);
        return {
          set: factor.secret !== null,
          since: factor.since,
          required: factor.required,
          exempt: factor.demo,
          codesLeft: factor.codes_left,
        };
      }),
  );

  app.post(
    path,
    {
      schema: {
        operationId: 'beginSecondFactor',
        summary: 'Make a new secret; in force once its first code is confirmed',
        tags,
        body: Proof,
        response: { 201: NewSecret, ...proofRefusals },
      },
    },
    (request, reply) =>
      stepping(sessions, request, ['enrol', 'open'], async (session) => {
        const factor = await factorOf(services, session);
        if (!factor.demo)
          await attempts.guard(request.ip, () =>
            proveAgain(services, session, factor, request.body as Static<typeof Proof>),
          );
        return reply.code(201).send(await beginFactor(services, session));
      }),
  );

  app.put(
    path,
    {
      schema: {
        operationId: 'confirmSecondFactor',
        summary: 'Confirm the new secret by its first code; ends one’s other sessions',
        tags,
        body: PassCode,
        response: { 200: Confirmed, ...refusals('wrong-code', 'conflict', 'too-many') },
      },
    },
    (request, reply) =>
      stepping(sessions, request, ['enrol', 'open'], async (session) => {
        const { code } = request.body as Static<typeof PassCode>;
        const factor = await factorOf(services, session);
        const { token, codes } = await attempts.guard(request.ip, () =>
          confirmFactor(services, session, factor, code),
        );
        const after = await moveOn(services, reply, session, token);
        return { session: view(after), recoveryCodes: codes };
      }),
  );

  app.delete(
    path,
    {
      schema: {
        operationId: 'removeSecondFactor',
        summary: 'Do without a second factor from now on; not for administrators',
        tags,
        body: Proof,
        response: { 204: Type.Null(), ...proofRefusals },
      },
    },
    (request, reply) =>
      stepping(sessions, request, ['open'], async (session) => {
        const factor = await factorOf(services, session);
        await attempts.guard(request.ip, () =>
          proveAgain(services, session, factor, request.body as Static<typeof Proof>),
        );
        await removeFactor(services, session);
        return reply.code(204).send();
      }),
  );

  app.post(
    `${path}/recovery-codes`,
    {
      schema: {
        operationId: 'renewRecoveryCodes',
        summary: 'Ten new recovery codes in place of the old ones',
        tags,
        body: Proof,
        response: { 201: RecoveryCodes, ...proofRefusals },
      },
    },
    (request, reply) =>
      stepping(sessions, request, ['open'], async (session) => {
        const factor = await factorOf(services, session);
        await attempts.guard(request.ip, () =>
          proveAgain(services, session, factor, request.body as Static<typeof Proof>),
        );
        return reply.code(201).send({ recoveryCodes: await renewCodes(services, session) });
      }),
  );
}

import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { type CurrentSession, describeSession } from './current-session.ts'

/** Who is signed in, in which project, with what rights. */
export const currentSession = defineVerb({
  name: 'identity.sessions.current',
  kind: 'query',
  rule: { scope: 'user' },
  input: z.object({}),
  run: ({ ctx }): Promise<CurrentSession> => describeSession(ctx),
})

import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { findReadableProject, type ProjectRow, projectRow } from './row.ts'

/** One project: the one acted in, or any that the actor may read. @throws NephosError not_found */
export const showProject = defineVerb({
  name: 'identity.projects.show',
  kind: 'query',
  rule: { scope: 'user' },
  input: z.object({ id: identityId }),
  run: async ({ ctx, input }): Promise<ProjectRow> => projectRow(await findReadableProject(ctx, input.id)),
})

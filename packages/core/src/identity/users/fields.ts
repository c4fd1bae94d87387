import { isUniqueViolation, type Tx } from '@nephos/db'
import { conflict, invalid } from '../../kernel/index.ts'

/** @throws NephosError invalid_input when there is no such project in the domain */
export async function checkDefaultProject(
  db: Tx,
  domainId: string,
  projectId: string | null | undefined,
): Promise<void> {
  if (!projectId) return
  if ((await db.project.count({ where: { id: projectId, domainId } })) === 0)
    throw invalid(
      'defaultProjectId',
      `No project ${projectId} was found in the user's domain.`,
      'Choose another project.',
    )
}

/** What a refused name of a user or project is told as; anything else is thrown as it is. */
export function nameTaken(noun: string, error: unknown): never {
  if (!isUniqueViolation(error)) throw error
  throw conflict(`A ${noun} with this name exists in the domain.`, {
    field: 'name',
    remedy: 'Choose another name.',
    cause: error,
  })
}

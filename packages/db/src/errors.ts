import { Prisma } from './gen/postgresql/client.ts'

const hasCode = (error: unknown, code: string) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === code

/** True when a unique key refused the write (P2002). */
export const isUniqueViolation = (error: unknown): boolean => hasCode(error, 'P2002')
/** True when a foreign key refused the write (P2003). */
export const isForeignKeyViolation = (error: unknown): boolean => hasCode(error, 'P2003')
/** True when the row to change does not exist (P2025). */
export const isRecordNotFound = (error: unknown): boolean => hasCode(error, 'P2025')
/** True when the transaction lost a race and may simply be run again (P2034). */
export const isWriteConflict = (error: unknown): boolean => hasCode(error, 'P2034')

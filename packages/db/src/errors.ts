import { Prisma } from './gen/postgresql/client.ts'

/** What the driver's adapter calls it; all that a statement of our own (P2010) says of its failure. */
const kindOf = ({ meta }: Prisma.PrismaClientKnownRequestError) =>
  (meta as { driverAdapterError?: { cause?: { kind?: string } } } | undefined)?.driverAdapterError?.cause
    ?.kind

const hasCode = (error: unknown, code: string, kind?: string) =>
  error instanceof Prisma.PrismaClientKnownRequestError &&
  (error.code === code || (error.code === 'P2010' && kind !== undefined && kindOf(error) === kind))

/** True when a unique key refused the write (P2002). */
export const isUniqueViolation = (error: unknown): boolean =>
  hasCode(error, 'P2002', 'UniqueConstraintViolation')
/** True when a foreign key refused the write (P2003). */
export const isForeignKeyViolation = (error: unknown): boolean =>
  hasCode(error, 'P2003', 'ForeignKeyConstraintViolation')
/** True when the row to change does not exist (P2025). */
export const isRecordNotFound = (error: unknown): boolean => hasCode(error, 'P2025')
/** True when the transaction lost a race and may simply be run again (P2034). */
export const isWriteConflict = (error: unknown): boolean =>
  hasCode(error, 'P2034', 'TransactionWriteConflict')

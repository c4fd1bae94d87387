import { PrismaPg } from '@prisma/adapter-pg'
import { type Prisma, PrismaClient } from './gen/postgresql/client.ts'
import { statementNames } from './statement-names.ts'

/** The database client every layer above shares. */
export type Db = PrismaClient
/** The client inside an interactive transaction. */
export type Tx = Prisma.TransactionClient

/** Options of {@link openDb}. */
export interface DbOptions {
  /** Most connections this process opens. */
  max?: number
  /** Told of every statement before it is sent. */
  onStatement?: (sql: string) => void
}

/**
 * Opens the database at `url`. Connections are made on first use.
 * @throws Error when the URL names a database that is not supported.
 */
export function openDb(url: string, { max = 10, onStatement }: DbOptions = {}): Db {
  if (!/^postgres(ql)?:/.test(url)) throw new Error('DATABASE_URL must start with postgresql://')
  const nameOf = statementNames()
  const statementNameGenerator = (query: { sql: string }) => {
    onStatement?.(query.sql)
    return nameOf(query)
  }
  const adapter = new PrismaPg({ connectionString: url, max }, { statementNameGenerator })
  return new PrismaClient({ adapter })
}

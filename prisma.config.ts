import { defineConfig } from 'prisma/config'

export default defineConfig({
  schema: 'prisma/postgresql',
  migrations: { path: 'prisma/postgresql/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://unset' },
})

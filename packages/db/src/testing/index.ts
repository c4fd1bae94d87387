export { createTestDatabase, prepareTemplate, type TestDatabase, testServerVariable } from './database.ts'
export { startTestPostgres, type TestPostgres } from './postgres.ts'

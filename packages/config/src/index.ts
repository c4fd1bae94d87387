export { type NephosConfig, settings } from './schema.ts'

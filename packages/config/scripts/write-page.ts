// Writes docs/configuration.md from the schema.
import { writeFileSync } from 'node:fs'
import { configurationPage } from '../src/page.ts'

writeFileSync(new URL('../../../docs/configuration.md', import.meta.url), configurationPage())

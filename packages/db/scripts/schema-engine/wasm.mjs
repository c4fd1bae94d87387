// Loads Prisma's schema engine as WebAssembly. Its package has no entry point for Node, so the module is bound by hand.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'

const packageDir = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))

/**
 * A schema engine for these data models over that database.
 * @param {[path: string, text: string][]} datamodels
 * @param {import('@prisma/driver-adapter-utils').SqlMigrationAwareDriverAdapterFactory} factory
 */
export async function createEngine(datamodels, factory) {
  const { instance } = await WebAssembly.instantiate(
    readFileSync(join(packageDir, 'schema_engine_bg.wasm')),
    { './schema_engine_bg.js': bindings },
  )
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return bindings.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(factory),
  )
}

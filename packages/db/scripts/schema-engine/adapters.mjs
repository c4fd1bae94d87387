// Which driver adapter serves which database. One entry a provider; each makes a migration-aware adapter factory.
import { postgresFactory } from './postgres.mjs'

const factories = { postgresql: postgresFactory }

/**
 * The provider that the data model names, or else the one that the URL is of.
 * @param {string[]} models texts of the .prisma files
 * @param {string | undefined} url
 */
export function providerOf(models, url = '') {
  for (const text of models) {
    const declared = /datasource\s+\w+\s*\{[^}]*provider\s*=\s*"(\w+)"/.exec(text)
    if (declared) return declared[1]
  }
  return /^postgres(ql)?:/.test(url) ? 'postgresql' : url.split(':')[0]
}

/**
 * @param {string} provider
 * @param {{ url?: string, shadowDatabaseUrl?: string }} datasource
 */
export function adapterFactory(provider, datasource) {
  const make = factories[provider]
  if (!make)
    throw new Error(
      `Provider "${provider}" is not supported; use one of: ${Object.keys(factories).join(', ')}.`,
    )
  return make(datasource)
}

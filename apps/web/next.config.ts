import type { NextConfig } from 'next'

const repository = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')

/** Only what is decided at build time. Ports, URLs and the like are read when the server starts. */
const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: repository,
  turbopack: { root: repository },
  transpilePackages: ['@nephos/api', '@nephos/config', '@nephos/core', '@nephos/db', '@nephos/jobs'],
  serverExternalPackages: [
    '@prisma/client',
    '@prisma/adapter-pg',
    'pg',
    '@node-rs/argon2',
    'pino',
    'prom-client',
    '@nats-io/jetstream',
    '@nats-io/nats-core',
    '@nats-io/transport-node',
    'ws',
  ],
  // Pages are loaded when somebody opens them: the process stays small until then.
  experimental: { preloadEntriesOnStart: false },
  poweredByHeader: false,
  reactStrictMode: true,
  // Compressing a stream would hold events back until a buffer is full.
  compress: false,
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'X-Frame-Options', value: 'DENY' },
        { key: 'Referrer-Policy', value: 'same-origin' },
      ],
    },
  ],
}

export default config

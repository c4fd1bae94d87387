import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/main.ts', 'src/setup.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  deps: { alwaysBundle: [/^@nephos\//] },
})

import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/main.ts', 'src/probe.ts', 'src/teardown.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outDir: 'dist',
  outExtensions: () => ({ js: '.mjs' }),
  noExternal: [/^@nephos\//],
  sourcemap: true,
  dts: false,
})

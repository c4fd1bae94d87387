import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/main.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outDir: 'dist',
  outExtensions: () => ({ js: '.mjs' }),
  deps: { alwaysBundle: [/^@nephos\//] },
  sourcemap: true,
  dts: false,
})

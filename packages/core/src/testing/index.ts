export * from './cloud.ts'
export * from './identity.ts'
export * from './resources.ts'

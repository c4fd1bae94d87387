export * from './cloud.ts'
export * from './identity.ts'
export * from './resources.ts'
export * from './volumes.ts'

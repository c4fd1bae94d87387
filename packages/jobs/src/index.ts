export * from './catalogue/events.ts'
export * from './catalogue/jobs.ts'
export * from './catalogue/requests.ts'
export * from './saga/define.ts'

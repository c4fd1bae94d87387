export { nameOfPort } from './names.ts'

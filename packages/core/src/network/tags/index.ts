export { addTag } from './add.ts'
export { listTags } from './list.ts'
export { removeTag } from './remove.ts'
export { setTags } from './set.ts'

export { addRouterInterface } from './add-interface.ts'
export { createRouter } from './create.ts'
export { deleteRouter } from './delete.ts'
export { listRouters } from './list.ts'
export { removeRouterInterface } from './remove-interface.ts'
export {
  type RouterAddress,
  type RouterGateway,
  type RouterInterface,
  type RouterRow,
  readRouterRow,
} from './row.ts'
export { showRouter } from './show.ts'
export { updateRouter } from './update.ts'

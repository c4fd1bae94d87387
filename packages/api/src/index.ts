export { httpStatus, type PublicError, publicError, unexpected } from './errors.ts'
export { checkSameOrigin, type OriginCheck } from './origin.ts'
export { isHttps, newRequestId, requestIdOf } from './request.ts'

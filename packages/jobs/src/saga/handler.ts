import type { JobHandler } from '../consume/handler.ts'
import type { Saga } from './define.ts'
import { runSaga } from './run.ts'

/** Makes a saga the handler of a job whose payload names the operation. */
export const sagaJobHandler = <S>(saga: Saga<S>): JobHandler<{ operationId: string }> => ({
  run: ({ tools, payload, signal, last }) => runSaga(tools, saga, payload.operationId, { signal, last }),
  giveUp: ({ tools, payload, signal }, failure, undo) =>
    runSaga(tools, saga, payload.operationId, { signal, last: true, giveUp: { failure, undo } }),
})

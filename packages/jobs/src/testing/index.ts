export { startTestNats, type TestNats } from './nats.ts'
export { InjectedFailure, type SagaFixture, type SagaTest, testSaga, testTools } from './saga.ts'
export { type EnqueueOptions, startTestWorld, type TestOutboxRow, type TestWorld, until } from './world.ts'

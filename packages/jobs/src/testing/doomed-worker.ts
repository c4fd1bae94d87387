import { openDb } from '@nephos/db'
import { pino } from 'pino'
import { openBus } from '../bus/open.ts'
import { sagaJobHandler } from '../saga/handler.ts'

// A worker process for a test to kill: its saga hangs in the second step.
const { TEST_DATABASE_URL = '', TEST_NATS_URL = '', TEST_HOST = '' } = process.env
const queue = openBus({
  url: TEST_NATS_URL,
  name: 'doomed',
  host: TEST_HOST,
  db: openDb(TEST_DATABASE_URL),
  log: pino({ level: 'silent' }),
})
queue.consume({
  role: 'compute',
  host: TEST_HOST,
  handlers: {
    'instance.create': sagaJobHandler({
      name: 'test',
      load: async () => ({}),
      steps: [
        { name: 'first', run: async () => 'first of the doomed' },
        { name: 'second', run: () => new Promise(() => {}) },
        { name: 'third', run: async () => 'never' },
      ],
    }),
  },
})

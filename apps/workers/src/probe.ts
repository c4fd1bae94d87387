import { probeMain } from './compute/drivers/probe-main.ts'

process.exitCode = await probeMain(process.argv.slice(2))

import { Command } from 'commander'
import { version } from '../package.json' with { type: 'json' }
import { reportFailure } from './terminal/report.ts'

const program = new Command('nephos')
  .description('A private cloud in one command: instances, networks and images, with a dashboard.')
  .version(version)
  .enablePositionalOptions()
  .showSuggestionAfterError()
  .showHelpAfterError('(./nephos --help lists everything)')
  .addHelpText(
    'after',
    `
First steps:
  ./nephos up              bring the cloud up, see its address, Ctrl-C to stop it
  ./nephos up --detach     the same in the background
  ./nephos doctor          what this machine can do, and what would unlock more
  ./nephos down            stop it; instances go on, the next up finds them again

State lies in .nephos beside this file, or in NEPHOS_HOME. Settings: docs/configuration.md.
`,
  )

// Each command loads its own code: `--help` and `status` need not wait for the rest.
program
  .command('up')
  .description(
    'bring the cloud up: installs and builds what is missing, starts everything, prints where it is',
  )
  .option('-d, --detach', 'return once everything is healthy, and go on in the background')
  .option('--hosts <count>', 'run that many hosts on this machine, joined by a network of their own: a lab')
  .addHelpText(
    'after',
    `
As root on Debian it installs what it needs and runs real machines on real networks. Without root, or without
QEMU, it still comes up, with simulated instances, and says so. A second up on a running cloud only says so.

  NEPHOS_WEB_PORT=8080 ./nephos up                    another port
  ./nephos up --hosts 3                               three hosts on this machine
  NEPHOS_HOME=/srv/b NEPHOS_WEB_PORT=0 NEPHOS_API_PORT=0 ./nephos up -d     a second cloud
`,
  )
  .action(async (options: { detach?: boolean; hosts?: string }) =>
    (await import('./commands/up.ts')).up(options),
  )

program
  .command('down')
  .description('stop every process of the cloud; instances go on')
  .option('-a, --all', 'end the instances too (their disks stay) and remove their networks from this machine')
  .action(async (options: { all?: boolean }) => (await import('./commands/down.ts')).down(options))

program
  .command('status')
  .description('show what runs; exit code 3 when nothing does')
  .option('--json', 'for programs')
  .action(async (options: { json?: boolean }) => (await import('./commands/status.ts')).status(options))

program
  .command('logs')
  .description(
    'show the end of the logs: of all processes, or of one (api, web, control, compute, network, …)',
  )
  .argument('[process]', 'name of the process, as status shows it')
  .option('-f, --follow', 'go on with what is added')
  .option('-n, --lines <count>', 'how many lines of each', '50')
  .action(async (name: string | undefined, options: { follow?: boolean; lines?: string }) =>
    (await import('./commands/logs.ts')).logs(name, options),
  )

program
  .command('restart')
  .description('restart one process of the running cloud')
  .argument('<process>', 'name of the process, as status shows it')
  .action(async (name: string) => (await import('./commands/restart.ts')).restart(name))

program
  .command('doctor')
  .description('look at this machine: what works, and what would unlock more')
  .option('--json', 'for programs')
  .action(async (options: { json?: boolean }) => (await import('./commands/doctor.ts')).doctor(options))

program
  .command('reset')
  .description('stop the cloud and delete all of its state: instances, images, users, everything')
  .option('-y, --yes', 'do not ask')
  .action(async (options: { yes?: boolean }) => (await import('./commands/reset.ts')).reset(options))

program
  .command('openrc')
  .description('print shell exports for OpenStack clients: eval "$(./nephos openrc)"')
  .argument('[project]', 'project to act in', 'admin')
  .action(async (project: string) => (await import('./commands/openrc.ts')).openrc(project))

program
  .command('test')
  .description('set up and run every check and test; the last line is `N passed, N failed`')
  .option('--only <suites>', 'some of: checks,unit,integration,e2e')
  .action(async (options: { only?: string }) => (await import('./commands/test.ts')).test(options))

program
  .command('bench')
  .description('measure this machine; arguments go to the benchmark (--help shows them)')
  .argument('[arguments...]')
  .allowUnknownOption()
  .helpOption(false)
  .passThroughOptions()
  .action(async (args: string[]) => (await import('./commands/bench.ts')).bench(args))

const host = program
  .command('host')
  .description('hosts on other machines: invite one, join a cloud, leave it')
  .addHelpText(
    'after',
    `
  ./nephos host token --name rack2      on the machine of the cloud: prints a token
  ./nephos host join nephos-join-…      on the other machine: makes it a host
docs/operations.md says what has to be set before.
`,
  )

host
  .command('token')
  .description('invite a host: print a token that can be used once')
  .option('--name <name>', 'name of the host; the next free one when absent')
  .option('--minutes <count>', 'how long the token is good', '60')
  .action(async (options: { name?: string; minutes?: string }) =>
    (await import('./commands/host.ts')).token(options),
  )

host
  .command('join')
  .description('make this machine a host of the cloud that gave the token, and start it')
  .argument('<token>', 'as `./nephos host token` printed it')
  .option('--underlay-ip <address>', 'address by which other hosts reach this machine; found out when absent')
  .action(async (token: string, options: { underlayIp?: string }) =>
    (await import('./commands/host.ts')).join(token, options),
  )

host
  .command('leave')
  .description('end what this machine does for its cloud, and forget it')
  .option('--force', 'destroy the instances that are still here, with their disks')
  .action(async (options: { force?: boolean }) => (await import('./commands/host.ts')).leave(options))

host
  .command('forget')
  .description('take the credentials of a host away that left or is lost')
  .argument('<name>', 'name of the host')
  .action(async (name: string) => (await import('./commands/host.ts')).forget(name))

// What `up --detach` starts.
program
  .command('supervise', { hidden: true })
  .action(async () => (await import('./commands/up.ts')).superviseDetached())

// Whoever reads us may stop reading: `./nephos logs | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
})

program.parseAsync().catch((error: unknown) => {
  reportFailure(error)
  process.exitCode = 1
})

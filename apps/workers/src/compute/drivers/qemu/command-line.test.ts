import { describe, expect, it } from 'vitest'
import { type CommandLineInput, commandLine } from './command-line.ts'

const input: CommandLineInput = {
  instanceId: '0190a3f4-1111-7222-8333-444455556666',
  vcpus: 2,
  ramMib: 256,
  baseFormat: 'qcow2',
  accelerator: 'tcg',
  nics: [
    {
      portId: '0190a3f4-aaaa-7222-8333-444455556666',
      mac: 'fa:16:3e:00:00:01',
      tap: 'tap0190a3f4',
      mtu: 1450,
    },
  ],
}
const after = (args: string[], option: string) => args.filter((_, at) => args[at - 1] === option)
const device = (args: string[], name: string) => after(args, '-device').find((d) => d.startsWith(name))

describe('commandLine', () => {
  it('starts a sandboxed pc machine without defaults', () => {
    const args = commandLine(input)
    expect(args).toContain('-nodefaults')
    expect(args).toContain('-no-user-config')
    expect(after(args, '-sandbox')).toEqual([
      'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    ])
    expect(after(args, '-machine')[0]).toMatch(/^pc,/)
    expect(after(args, '-uuid')).toEqual([input.instanceId])
    expect(after(args, '-m')).toEqual(['256M'])
    expect(after(args, '-smp')).toEqual(['2,sockets=1,cores=2,threads=1'])
  })

  it('bounds the translation buffer under TCG and takes the host CPU under KVM', () => {
    expect(commandLine(input).join(' ')).toContain('-accel tcg,thread=multi,tb-size=64 -cpu max')
    expect(commandLine({ ...input, accelerator: 'kvm' }).join(' ')).toContain('-accel kvm -cpu host')
  })

  it('looks like OpenStack to cloud-init', () => {
    const [smbios] = after(commandLine(input), '-smbios')
    expect(smbios).toContain('manufacturer=OpenStack Foundation,product=OpenStack Nova')
    expect(smbios).toContain(`serial=${input.instanceId},uuid=${input.instanceId}`)
  })

  it('opens the base read-only and never follows what a header says of its backing file', () => {
    const [json] = after(commandLine(input), '-blockdev')
    expect(JSON.parse(json!)).toMatchObject({
      driver: 'qcow2',
      'node-name': 'root',
      file: { filename: 'root.qcow2' },
      backing: {
        driver: 'qcow2',
        'read-only': true,
        backing: null,
        file: { filename: 'base', 'read-only': true },
      },
    })
    const [raw] = after(commandLine({ ...input, baseFormat: 'raw' }), '-blockdev')
    expect(JSON.parse(raw!).backing).toMatchObject({ driver: 'raw', 'read-only': true })
    expect(JSON.parse(raw!).backing).not.toHaveProperty('backing')
  })

  it('connects each interface to its tap, with its MAC and MTU', () => {
    const args = commandLine({
      ...input,
      nics: [...input.nics, { portId: 'b', mac: 'fa:16:3e:00:00:02', tap: 'tapb', mtu: 1500 }],
    })
    expect(after(args, '-netdev')).toEqual([
      'tap,id=net-0190a3f4-aaaa-7222-8333-444455556666,ifname=tap0190a3f4,script=no,downscript=no,vhost=off',
      'tap,id=net-b,ifname=tapb,script=no,downscript=no,vhost=off',
    ])
    expect(device(args, 'virtio-net-pci,id=nic-b')).toContain(
      'mac=fa:16:3e:00:00:02,bus=pci.0,addr=0x11,host_mtu=1500,romfile=',
    )
  })

  it('keeps the serial log while nobody listens, and gives sockets for serial, monitor and screen', () => {
    const text = commandLine(input).join(' ')
    expect(text).toContain('path=serial.sock,server=on,wait=off,logfile=console.log,logappend=on')
    expect(text).toContain('-chardev socket,id=qmp,path=qmp.sock,server=on,wait=off')
    expect(text).toContain('-vnc unix:vnc.sock,share=force-shared')
  })

  it('never names a file outside of the machine’s directory', () => {
    for (const arg of commandLine(input)) expect(arg.replace('/dev/urandom', '')).not.toMatch(/[=":]\//)
  })

  it.each([
    ['nics.tap', { nics: [{ ...input.nics[0]!, tap: 'tap0,script=/tmp/x' }] }],
    ['nics.mac', { nics: [{ ...input.nics[0]!, mac: 'fa:16:3e:00:00:01,addr=5' }] }],
    ['nics.portId', { nics: [{ ...input.nics[0]!, portId: 'a,b' }] }],
    ['nics.mtu', { nics: [{ ...input.nics[0]!, mtu: 1.5 }] }],
    ['instanceId', { instanceId: 'x,process=y' }],
    ['vcpus', { vcpus: 0 }],
    ['ramMib', { ramMib: -1 }],
  ])('refuses a %s that says more than itself', (field, change) => {
    expect(() => commandLine({ ...input, ...change })).toThrowError(expect.objectContaining({ field }))
  })
})

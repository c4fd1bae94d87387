/**
 * Measures what one floating IP more costs on a router with few and with many of them, and prints one JSON object
 * `{ few, many, fewMs, manyMs }`: medians, in milliseconds. Nothing where this machine makes no real networks. Run by the benchmark.
 */

import { canMakeNetworks, makeTestHost } from './linux-host.ts'
import { plainNetwork, router, routerPort } from './router-specs.ts'

const counts = { few: 1, many: 200 }
const changes = 25

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!

async function measure(count: number): Promise<number> {
  const host = await makeTestHost()
  const driver = host.driver()
  try {
    await driver.open()
    const [inner, outer] = [plainNetwork(5301), plainNetwork(5302)]
    for (const network of [inner, outer]) await driver.ensureNetwork(network)
    const floatingIps = Array.from({ length: count }, (_, index) => ({
      address: `172.24.4.${20 + index}`,
      fixedIp: `10.1.0.${20 + index}`,
    }))
    const spec = router({
      interfaces: [routerPort(inner, '10.1.0.1/24')],
      gateway: { ...routerPort(outer, '172.24.4.10/24'), nexthop: '172.24.4.1', snat: true },
      floatingIps,
    })
    await driver.ensureRouter(spec)
    const more = { ...spec, floatingIps: [...floatingIps, { address: '172.24.4.9', fixedIp: '10.1.0.9' }] }
    const times: number[] = []
    for (let index = 0; index < changes; index++) {
      const start = performance.now()
      await driver.ensureRouter(more)
      times.push(performance.now() - start)
      await driver.ensureRouter(spec)
    }
    return median(times)
  } finally {
    await driver.close()
    await host.close()
  }
}

if (canMakeNetworks()) {
  const fewMs = await measure(counts.few)
  const manyMs = await measure(counts.many)
  console.log(JSON.stringify({ ...counts, fewMs, manyMs }))
} else console.log('null')

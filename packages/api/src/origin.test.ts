import { describe, expect, it } from 'vitest'
import { checkSameOrigin } from './origin.ts'

const check =
  (headers: Record<string, string>, method = 'POST', publicUrl?: string) =>
  () =>
    checkSameOrigin({ method, headers: new Headers({ host: 'cloud.example:3000', ...headers }), publicUrl })
const refusal = expect.objectContaining({ code: 'forbidden' })

describe('checkSameOrigin', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'get'])('lets %s through from anywhere', (method) => {
    expect(check({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, method)).not.toThrow()
  })

  it('believes the browser where it says from where it sends', () => {
    expect(check({ 'sec-fetch-site': 'same-origin' })).not.toThrow()
    for (const site of ['cross-site', 'same-site', 'none', ''])
      expect(check({ 'sec-fetch-site': site, origin: 'http://cloud.example:3000' })).toThrow(refusal)
  })

  it('compares the origin with the host otherwise', () => {
    expect(check({ origin: 'http://cloud.example:3000' })).not.toThrow()
    for (const origin of [
      'http://cloud.example',
      'http://cloud.example:3001',
      'http://evil.example:3000',
      'http://cloud.example:3000.evil.example',
      'null',
      '',
    ])
      expect(check({ origin })).toThrow(refusal)
    expect(check({})).toThrow(refusal)
  })

  it('knows the public address behind a proxy', () => {
    const origin = 'https://nephos.example'
    expect(check({ origin }, 'POST', 'https://nephos.example/')).not.toThrow()
    expect(check({ origin }, 'POST', 'https://other.example/')).toThrow(refusal)
  })
})

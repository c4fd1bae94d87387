import { expect, it } from 'vitest'
import { isHttps, newRequestId, requestIdOf } from './request.ts'
import { readSessionCookie, setSessionCookie } from './session-cookie.ts'

it('accepts a request id of the right form only', () => {
  const id = newRequestId()
  expect(requestIdOf(new Headers({ 'x-request-id': id }))).toBe(id)
  expect(requestIdOf(new Headers({ 'x-openstack-request-id': id, 'x-request-id': newRequestId() }))).toBe(id)
  for (const wrong of ['', 'req-1', id.slice(4), `${id}x`, id.toUpperCase(), 'req-<script>'])
    expect(requestIdOf(new Headers({ 'x-request-id': wrong }))).toMatch(/^req-[0-9a-f-]{36}$/)
})

it('sets a session cookie that no script can read, and clears it', () => {
  const headers = new Headers()
  setSessionCookie(headers, 'abc', true)
  setSessionCookie(headers, null, false)
  expect(headers.getSetCookie()).toEqual([
    'nephos_session=abc; Path=/; HttpOnly; SameSite=Lax; Secure',
    'nephos_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
  ])
})

it('finds the session among other cookies', () => {
  expect(readSessionCookie('theme=dark; nephos_session=a=b; x=1')).toBe('a=b')
  for (const none of [null, undefined, '', 'theme=dark', 'nephos_session=', 'xnephos_session=a'])
    expect(readSessionCookie(none)).toBeUndefined()
})

it('knows https by the public address first', () => {
  expect(isHttps('http://127.0.0.1:3000/x', 'https://nephos.example')).toBe(true)
  expect(isHttps('https://localhost/x')).toBe(true)
  expect(isHttps('http://localhost/x')).toBe(false)
})

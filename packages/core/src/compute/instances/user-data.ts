import { invalid } from '../../kernel/index.ts'

/** Most bytes of user data, decoded. */
export const maxUserDataBytes = 65_535

const base64 =
  /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$|^(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/

/**
 * User data as bytes. Scripts and cloud-config have blanks or signs that base64 has not, so `auto` can tell them
 * apart; text that happens to be well-formed base64 is taken as base64.
 * @throws NephosError invalid_input
 */
export function userDataBytes(text: string, encoding: 'auto' | 'base64' | 'text'): Buffer | null {
  if (text === '') return null
  const packed = text.replaceAll(/\s/g, '')
  const isBase64 = base64.test(packed)
  if (encoding === 'base64' && !isBase64)
    throw invalid('userData', 'The user data is not valid base64.', 'Send it as text, or encode it again.')
  const bytes =
    encoding === 'base64' || (encoding === 'auto' && isBase64)
      ? Buffer.from(packed, 'base64')
      : Buffer.from(text)
  if (bytes.length > maxUserDataBytes)
    throw invalid(
      'userData',
      `The user data has ${bytes.length} bytes; at most ${maxUserDataBytes} are allowed.`,
      'Let a short script fetch the rest.',
    )
  return bytes
}

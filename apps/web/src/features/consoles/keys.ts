/** One key of a keyboard: its X11 keysym and its place (`KeyboardEvent.code`). */
export interface Key {
  keysym: number
  code: string
}

const key = (keysym: number, code: string): Key => ({ keysym, code })
const ctrl = key(0xffe3, 'ControlLeft')
const alt = key(0xffe9, 'AltLeft')
const shift = key(0xffe1, 'ShiftLeft')
const enter = key(0xff0d, 'Enter')

/** Keys that a browser or a desktop keeps to itself, to be sent all the same. Pressed in order, released in reverse. */
export const specialKeys: readonly { label: string; keys: readonly Key[] }[] = [
  { label: 'Ctrl+Alt+Delete', keys: [ctrl, alt, key(0xffff, 'Delete')] },
  { label: 'Ctrl+Alt+Backspace', keys: [ctrl, alt, key(0xff08, 'Backspace')] },
  ...Array.from({ length: 7 }, (_, index) => ({
    label: `Ctrl+Alt+F${index + 1}`,
    keys: [ctrl, alt, key(0xffbe + index, `F${index + 1}`)],
  })),
  { label: 'Alt+Tab', keys: [alt, key(0xff09, 'Tab')] },
  { label: 'Alt+F4', keys: [alt, key(0xffc1, 'F4')] },
  { label: 'Super', keys: [key(0xffeb, 'MetaLeft')] },
  { label: 'Escape', keys: [key(0xff1b, 'Escape')] },
  { label: 'Tab', keys: [key(0xff09, 'Tab')] },
  { label: 'Print Screen', keys: [key(0xff61, 'PrintScreen')] },
  {
    label: 'Alt+SysRq+B (restarts a hung Linux)',
    keys: [alt, key(0xff15, 'PrintScreen'), key(0x62, 'KeyB')],
  },
]

/** Places of characters on the US keyboard, which is the one that the virtual machine has: plain, and with Shift. */
const rows: readonly [code: string, characters: string][] = [
  ...'abcdefghijklmnopqrstuvwxyz'
    .split('')
    .map((letter): [string, string] => [`Key${letter.toUpperCase()}`, letter + letter.toUpperCase()]),
  ...'1234567890'
    .split('')
    .map((digit, index): [string, string] => [`Digit${digit}`, digit + '!@#$%^&*()'[index]]),
  ['Minus', '-_'],
  ['Equal', '=+'],
  ['BracketLeft', '[{'],
  ['BracketRight', ']}'],
  ['Backslash', '\\|'],
  ['Semicolon', ';:'],
  ['Quote', `'"`],
  ['Backquote', '`~'],
  ['Comma', ',<'],
  ['Period', '.>'],
  ['Slash', '/?'],
  ['Space', ' '],
]
const places = new Map(
  rows.flatMap(([code, characters]) =>
    [...characters].map((character, index) => [character, { code, shifted: index === 1 }] as const),
  ),
)

/**
 * The keys that type a character: pressed in order, released in reverse. Characters that the US keyboard has not are
 * sent by their keysym; whether the guest understands them depends on its own keyboard.
 */
export function keysOf(character: string): readonly Key[] {
  if (character === '\n' || character === '\r') return [enter]
  if (character === '\t') return [key(0xff09, 'Tab')]
  const codePoint = character.codePointAt(0) ?? 0
  const place = places.get(character)
  // X11: Latin-1 is its own keysym, everything else is Unicode with a mark.
  if (!place) return [key(codePoint < 0x100 ? codePoint : 0x0100_0000 + codePoint, 'Unidentified')]
  const typed = key(codePoint, place.code)
  return place.shifted ? [shift, typed] : [typed]
}

/** The characters of a text to type: line ends are one Enter, other control characters are left out. */
export const typeable = (text: string): string[] =>
  [...text.replace(/\r\n?/g, '\n')].filter((character) => character >= ' ' || '\n\t'.includes(character))

/** The key that leaves a console for the rest of the page: everything else belongs to the machine. */
export const leaveKey = 'Ctrl+Alt+G'

/** True for {@link leaveKey}. */
export const isLeaveKey = ({ ctrlKey, altKey, code }: Pick<KeyboardEvent, 'ctrlKey' | 'altKey' | 'code'>) =>
  ctrlKey && altKey && code === 'KeyG'

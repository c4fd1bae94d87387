/** Nova's operators of extra specs (`nova/scheduler/filters/extra_specs_ops.py`): numbers first, then texts. */
const operators: Record<string, (have: string, wanted: string) => boolean> = {
  '=': (have, wanted) => Number(have) >= Number(wanted),
  '==': (have, wanted) => Number(have) === Number(wanted),
  '!=': (have, wanted) => Number(have) !== Number(wanted),
  '>=': (have, wanted) => Number(have) >= Number(wanted),
  '<=': (have, wanted) => Number(have) <= Number(wanted),
  's==': (have, wanted) => have === wanted,
  's!=': (have, wanted) => have !== wanted,
  's<': (have, wanted) => have < wanted,
  's<=': (have, wanted) => have <= wanted,
  's>': (have, wanted) => have > wanted,
  's>=': (have, wanted) => have >= wanted,
  '<in>': (have, wanted) => have.includes(wanted),
}

/**
 * Makes the test that an extra spec is: `>= 2`, `s== kvm`, `<in> avx`, `<all-in> aes avx`, `<or> a <or> b`, or a plain
 * text that must be equal. `=` means at least, as Nova has it.
 */
export function specMatcher(spec: string): (have: string) => boolean {
  const words = spec.trim().split(/\s+/)
  const [first = '', ...rest] = words
  if (first === '<or>') {
    const choices = rest.filter((word) => word !== '<or>')
    return (have) => choices.includes(have)
  }
  if (first === '<all-in>') return (have) => rest.every((word) => have.includes(word))
  const operator = Object.hasOwn(operators, first) ? operators[first] : undefined
  if (!operator || rest.length === 0) return (have) => have === spec.trim()
  const wanted = rest.join(' ')
  return (have) => operator(have, wanted)
}

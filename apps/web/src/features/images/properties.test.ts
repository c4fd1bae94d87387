import { expect, test } from 'vitest'
import { propertiesText, readProperties } from './properties.ts'

test('what is shown reads back as it was', () => {
  const properties = { os_distro: 'debian', 'hw:boot': 'a=b', empty: '' }
  expect(readProperties(propertiesText(properties))).toEqual({ properties, problem: null })
  expect(readProperties('\n  \n')).toEqual({ properties: {}, problem: null })
})

test.each([
  ['os_distro', 'Line 1 is not name=value.'],
  ['a=1\n=2', 'Line 2 is not name=value.'],
  ['a=1\n\na=2', 'Line 3 repeats the property a.'],
  ['a=1\nhw_disk_bus=ide', 'Line 2: hw_disk_bus must be virtio or scsi.'],
])('%j is told with its line', (text, problem) => {
  expect(readProperties(text).problem).toBe(problem)
})

import { z } from 'zod'

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** Name of a port within its network: one label of RFC 1123, in lower case; empty: that of its instance. */
export const dnsNameField = z
  .string()
  .trim()
  .toLowerCase()
  .refine((name) => name === '' || label.test(name), {
    message: 'A name has letters, digits and dashes, at most 63, and neither begins nor ends with a dash.',
  })

/** Domain of a network: labels with dots between them, in lower case; empty: the cloud's. */
export const dnsDomainField = z
  .string()
  .trim()
  .toLowerCase()
  .transform((domain) => domain.replace(/(?<=.)\.$/, ''))
  .refine(
    (domain) =>
      domain === '' || (domain.length <= 190 && domain.split('.').every((part) => label.test(part))),
    {
      message:
        'A domain has names with dots between them, cloud.example for instance, at most 190 characters.',
    },
  )

/** What a port is called on its network: its own name, or its instance's; empty: nothing. */
export const nameOfPort = (port: { dnsName: string; instance: { hostname: string } | null }): string =>
  (port.dnsName || port.instance?.hostname || '').toLowerCase()

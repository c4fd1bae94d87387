'use client'
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'

/** Everything that opens over a page. Each is a place: its URL can be shared and the browser's back closes it. */
export const panelNames = [
  'image-edit',
  'network-edit',
  'network-delete',
  'subnet-new',
  'port-new',
  'host-disable',
  'host-maintenance',
  'host-capacity',
  'host-drain',
  'server-group-new',
  'aggregate-new',
  'aggregate-edit',
  'aggregate-host',
  'aggregate-metadata',
  'flavor-new',
  'flavor-edit',
  'flavor-spec',
  'flavor-access',
  'project-new',
  'project-edit',
  'project-delete',
  'project-quotas',
  'project-grant',
  'user-new',
  'user-edit',
  'user-password',
  'user-grant',
  'token-new',
] as const
export type PanelName = (typeof panelNames)[number]

/** The open panel, and how to open and close one, from any page, menu or the palette. `of`: id of what it is about. */
export function usePanel() {
  const [{ panel, of }, set] = useQueryStates({
    panel: parseAsStringLiteral(panelNames),
    of: parseAsString,
  })
  return {
    panel,
    of,
    open: (name: PanelName, id?: string) => void set({ panel: name, of: id ?? null }, { history: 'push' }),
    close: () => void set({ panel: null, of: null }, { history: 'replace' }),
  }
}

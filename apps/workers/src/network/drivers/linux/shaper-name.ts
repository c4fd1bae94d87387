/** Name of the device through which a tap's traffic from the guest is led, to be shaped there. */
export const shaperName = (tap: string): string => `ifb${tap.slice(3)}`

/** True for a device that {@link shaperName} named. */
export const isShaper = (name: string): boolean => /^ifb[0-9a-f]{11}$/.test(name)

/** The tap whose shaper this is. */
export const shapedTap = (shaper: string): string => `tap${shaper.slice(3)}`

/** A static route of a router or of guests. */
export interface RouteText {
  destination: string
  nexthop: string
}

/** Routes as they are typed: one `range next-hop` a line. */
export const writeRoutes = (routes: readonly RouteText[]): string =>
  routes.map(({ destination, nexthop }) => `${destination} ${nexthop}`).join('\n')

/** Reads routes as they are typed; "by" and "via" between the two are fine. `problem` names the first line that is none. */
export function readRoutes(text: string): { routes: RouteText[]; problem: string | null } {
  const routes: RouteText[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.split(/[\s,;]+/).filter((word) => word !== '' && word !== 'by' && word !== 'via')
    if (words.length === 0) continue
    const [destination, nexthop, ...more] = words
    if (!destination || !nexthop || more.length > 0)
      return {
        routes,
        problem: `Line ${index + 1} is not "range next hop", such as 192.168.0.0/16 10.0.0.9.`,
      }
    routes.push({ destination, nexthop })
  }
  return { routes, problem: null }
}

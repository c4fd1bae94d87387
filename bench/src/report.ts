/** One line of the table; `good` says whether the goal is met. */
export interface Row {
  what: string
  goal: string
  value: string
  good: boolean
}

/** Makes a row of a figure that must stay below (or, with `atLeast`, reach) its goal. */
export function row(
  what: string,
  value: number,
  goal: { below: number } | { atLeast: number },
  unit: string,
  more = '',
): Row {
  const below = 'below' in goal
  return {
    what,
    goal: below ? `< ${goal.below} ${unit}` : `≥ ${goal.atLeast} ${unit}`,
    value: `${value.toFixed(1)} ${unit}${more}`,
    good: below ? value < goal.below : value >= goal.atLeast,
  }
}

/** The table, as Markdown. */
export const table = (rows: readonly Row[]): string =>
  [
    '| what | goal | measured | |',
    '|---|---|---|---|',
    ...rows.map(
      ({ what, goal, value, good }) => `| ${what} | ${goal} | ${value} | ${good ? 'met' : 'MISSED'} |`,
    ),
  ].join('\n')

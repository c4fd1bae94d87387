/**
 * Thrown inside a transaction that met another one and can only be run again as a whole: {@link mutate} does that. It
 * never reaches a caller unless every attempt lost.
 */
export class LostRace extends Error {
  constructor(cause: unknown) {
    super('another transaction was faster', { cause })
    this.name = 'LostRace'
  }
}

import type { MachineEvent } from '../driver.ts'

/** Delivers machine events; a listener that throws neither stops the others nor the driver. */
export class MachineEvents {
  readonly #listeners: ((event: MachineEvent) => void)[] = []
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  add(listener: (event: MachineEvent) => void): void {
    this.#listeners.push(listener)
  }

  emit(event: MachineEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}

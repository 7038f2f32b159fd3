/** One person's chart: who they are, and whether they are in treatment or archived.
 *
 *  Opening a chart is itself recorded, so it opens once and is then only read again when the practice says that
 *  something about patients changed: the record says who looked, and a refresh is nobody's look. Archiving is shown at once and taken back if the store refuses it. It knows
 *  nothing of moods, which keep their own state. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type Patient, type Standing } from '../../bindings'

export class Chart {
  static readonly topics = ['patients']

  readonly id: string
  patient = $state.raw<Patient | null>(null)
  fault = $state.raw<FaultError | null>(null)
  #asked = 0
  #opened = false

  constructor(id: string) {
    this.id = id
  }

  /** The first time it opens; afterwards it reads again. */
  async load(): Promise<void> {
    const turn = ++this.#asked
    const ask = this.#opened ? commands.patientsRead : commands.patientsOpen
    // Set before the answer: two changes in a row must not be recorded as two looks.
    this.#opened = true
    try {
      const patient = await call(ask(this.id))
      if (turn !== this.#asked) return
      this.patient = patient
      this.fault = null
    } catch (thrown) {
      if (ask === commands.patientsOpen) this.#opened = false
      if (turn === this.#asked) this.fault = asFault(thrown)
    }
  }

  archive(): Promise<void> {
    return this.#move('archived', () => commands.patientsArchive(this.id))
  }

  restore(): Promise<void> {
    return this.#move('active', () => commands.patientsRestore(this.id))
  }

  async #move(standing: Standing, ask: () => ReturnType<typeof commands.patientsArchive>): Promise<void> {
    const before = this.patient
    if (before === null) return
    this.patient = { ...before, standing }
    this.#asked += 1
    try {
      this.patient = await call(ask())
    } catch (thrown) {
      this.patient = before
      throw thrown
    }
  }
}

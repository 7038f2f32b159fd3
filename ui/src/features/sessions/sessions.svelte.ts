/** Sessions as lists: those of one person, or the latest of everybody. Newest first; what was known stays on the
 *  screen while it is read again, and when that fails. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type PatientId, type Session } from '../../bindings'

type Ask = () => ReturnType<typeof commands.sessionsLately>

export class Sessions {
  static readonly topics = ['sessions', 'recordings']

  list = $state.raw<Session[] | null>(null)
  fault = $state.raw<FaultError | null>(null)
  readonly #ask: Ask
  #asked = 0

  private constructor(ask: Ask) {
    this.#ask = ask
  }

  static of(patient: PatientId): Sessions {
    return new Sessions(() => commands.sessionsOfPatient(patient))
  }

  static lately(limit: number): Sessions {
    return new Sessions(() => commands.sessionsLately(limit))
  }

  async load(): Promise<void> {
    const turn = ++this.#asked
    try {
      const list = await call(this.#ask())
      if (turn !== this.#asked) return
      this.list = list
      this.fault = null
    } catch (thrown) {
      if (turn === this.#asked) this.fault = asFault(thrown)
    }
  }
}

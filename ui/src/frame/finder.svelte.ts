/** The people behind the palette: who is found by what is typed there.
 *
 *  Only those who answer the letters standing in the field are ever offered. While the next answer is on its way,
 *  whoever still matches stays and everyone else goes, and an answer to other letters is dropped. It keeps nothing
 *  that was typed. */
import { call } from '../backend/call'
import { commands, type PatientFound } from '../bindings'
import { matches } from '../design/matching'

const MOST = 6

export class Finder {
  #found = $state.raw<PatientFound[]>([])
  readonly exact = $derived(this.#found.filter((row) => row.exact))
  readonly guesses = $derived(this.#found.filter((row) => !row.exact))

  #turn = 0
  #asking: Promise<void> | null = null

  /** What is typed now. Nothing typed finds nobody, whatever is still on its way. */
  ask(query: string): void {
    const turn = ++this.#turn
    this.#found =
      query === '' ? [] : this.exact.filter(({ patient }) => matches(patient.name, query))
    this.#asking = query === '' ? null : this.#find(query, turn)
  }

  /** Waits until what is offered answers what is typed; says at once, with null, that it does. */
  settled(): Promise<void> | null {
    return this.#asking
  }

  async #find(query: string, turn: number): Promise<void> {
    let found: PatientFound[] = []
    try {
      found = (await call(commands.patientsFind(query, 'active'))).slice(0, MOST)
    } catch {
      // Locked meanwhile, or the store failed: the commands still work, and the list says its own fault.
    }
    if (turn !== this.#turn) return
    this.#found = found
    this.#asking = null
  }
}

/** The list of people: what was typed, who was found, and which row the keyboard stands on.
 *
 *  It asks again on every pause in typing and drops answers to questions nobody is asking any more, so a slow
 *  answer never overwrites a newer one. What is already listed stays until its successor arrives. It knows no
 *  element and no word: screens read it and call it. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type PatientFound, type Standing } from '../../bindings'

/** One pause between two keys. Shorter asks for every letter; longer is felt. */
export const PAUSE = 60

/** A search brings no more than anybody reads; an empty one brings everyone. */
export const MOST = 50

export class Patients {
  /** What a change must be about for this list to be out of date: rows carry the latest mood. */
  static readonly topics = ['patients', 'moods']

  query = $state('')
  standing = $state<Standing>('active')
  /** `null` until the first answer: nothing is known yet, which is not the same as nobody. */
  found = $state.raw<PatientFound[] | null>(null)
  /** The question `found` answers, which may be one letter behind `query`. */
  answered = $state.raw<{ query: string; standing: Standing }>({ query: '', standing: 'active' })
  /** The row the arrow keys stand on; -1 is none. */
  at = $state(-1)
  fault = $state.raw<FaultError | null>(null)

  readonly exact = $derived((this.found ?? []).filter((row) => row.exact))
  readonly guesses = $derived((this.found ?? []).filter((row) => !row.exact))
  /** The rows in the order they are shown, so that the arrow keys and the eye agree. */
  readonly rows = $derived([...this.exact, ...this.guesses])
  /** Whether there may be more than are shown. */
  readonly cut = $derived(this.answered.query !== '' && this.exact.length >= MOST)
  readonly chosen = $derived(this.rows[this.at] ?? null)

  #asked = 0
  #asking: Promise<void> = Promise.resolve()
  #pause: ReturnType<typeof setTimeout> | undefined

  /** Every letter typed. */
  type(query: string): void {
    this.query = query
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => void this.find(), PAUSE)
  }

  show(standing: Standing): void {
    this.standing = standing
    void this.find()
  }

  /** Asks now. Also what a change somewhere else in the practice calls. */
  find(): Promise<void> {
    clearTimeout(this.#pause)
    this.#asking = this.#find()
    return this.#asking
  }

  /** Whom Enter means. What is listed may still be the answer to fewer letters, so the answer to these is waited
   *  for; nobody, if they were changed meanwhile or nobody is chosen. */
  async meant(): Promise<PatientFound | null> {
    const query = this.query.trim()
    const { standing } = this
    const answers = () =>
      this.found !== null && this.answered.query === query && this.answered.standing === standing
    if (!answers()) void this.find()
    // A change elsewhere may ask again meanwhile, and then that answer is the one to wait for.
    let awaited: Promise<void> | null = null
    while (awaited !== this.#asking) {
      awaited = this.#asking
      await awaited
    }
    return answers() && this.query.trim() === query && this.standing === standing ? this.chosen : null
  }

  async #find(): Promise<void> {
    const turn = ++this.#asked
    const question = { query: this.query.trim(), standing: this.standing }
    try {
      const found = await call(commands.patientsFind(question.query, question.standing))
      if (turn !== this.#asked) return
      const changed = question.query !== this.answered.query || question.standing !== this.answered.standing
      const stoodOn = this.chosen?.patient.id
      this.found = found
      this.answered = question
      this.fault = null
      // The first who matches is the one Enter opens while searching, and never a guess; otherwise the same person
      // stays chosen.
      if (changed) this.at = question.query !== '' && this.exact.length > 0 ? 0 : -1
      else this.at = this.rows.findIndex((row) => row.patient.id === stoodOn)
    } catch (thrown) {
      if (turn === this.#asked) this.fault = asFault(thrown)
    }
  }

  /** Up and down stop at the ends: wrapping round a list of people loses one's place. */
  step(by: number): void {
    const last = this.rows.length - 1
    this.at = Math.min(last, Math.max(0, this.at + by))
  }

  toEnd(end: 'first' | 'last'): void {
    this.at = end === 'first' ? Math.min(0, this.rows.length - 1) : this.rows.length - 1
  }

  /** Nothing later may arrive once the list is gone from the screen. */
  leave(): void {
    clearTimeout(this.#pause)
    this.#asked += 1
  }
}

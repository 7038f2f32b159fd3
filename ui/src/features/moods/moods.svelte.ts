/** The moods of one person: logging one with a single press, adding a word, taking it back.
 *
 *  A press shows at once and is taken off again if the store refuses it, so the hand never waits for the disk.
 *  Until then it is laid over what is stored and never mixed into it. Nothing is deleted: taking back a mood
 *  withdraws it, and every act hands back the act that undoes it. It knows no element and draws no conclusion from
 *  a score. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type Mood } from '../../bindings'
import { levelOf } from './levels'

export type Undo = () => Promise<void>
type Answer = ReturnType<typeof commands.moodsLog>

/** How long a second press corrects the first. After that it is a new mood: the four at the start of an hour and
 *  the seven at its end were both felt. */
export const CORRECTABLE = 5 * 60 * 1000

export class Moods {
  static readonly topics = ['moods']

  readonly patient: string
  /** The score being saved, shown as chosen before the store has answered. */
  pressed = $state<number | null>(null)
  /** The mood logged a moment ago on this screen: the one to add a word to, or to correct. */
  justLogged = $state.raw<Mood | null>(null)
  fault = $state.raw<FaultError | null>(null)

  #stored = $state.raw<Mood[] | null>(null)
  /** What is on its way to the store, by id: the mood as it will be, or `null` where it will be gone. */
  #ahead = $state.raw<ReadonlyMap<string, Mood | null>>(new Map())

  /** Newest first, as felt; `null` until the first answer. */
  readonly list = $derived(laidOver(this.#stored, this.#ahead))
  /** The number the ten buttons show as chosen. */
  readonly chosen = $derived(this.pressed ?? this.justLogged?.score ?? null)

  #asked = 0
  #provisional = 0
  #forgetting: ReturnType<typeof setTimeout> | undefined

  constructor(patient: string) {
    this.patient = patient
  }

  async load(): Promise<void> {
    const turn = ++this.#asked
    try {
      const list = await call(commands.moodsList(this.patient))
      if (turn !== this.#asked) return
      this.#stored = list
      this.fault = null
    } catch (thrown) {
      if (turn === this.#asked) this.fault = asFault(thrown)
    }
  }

  /** One press: saves a mood felt now, or at `feltAt`. A second press while the first still shows corrects it and
   *  keeps its words. Throws what the store refused; what is on screen is then what is stored. */
  async press(score: number, feltAt: Date | null = null): Promise<Undo> {
    const corrected = feltAt === null ? this.justLogged : null
    this.pressed = score
    try {
      const logged = await this.#log(
        score,
        corrected?.words ?? null,
        corrected?.feltAt ?? feltAt?.toISOString() ?? null,
      )
      this.#show(logged)
      if (corrected === null) return () => this.#takeBack(logged)
      await this.#takeBack(corrected)
      return async () => {
        await this.#takeBack(logged)
        await this.restore(corrected)
        this.#show(corrected)
      }
    } finally {
      if (this.pressed === score) this.pressed = null
    }
  }

  /** Changes the words beside a mood; blank words are none. The number stays what it was when it was felt. */
  async amend(mood: Mood, written: string): Promise<void> {
    const words = written.trim() === '' ? null : written.trim()
    const amended = await this.#change({ ...mood, words }, mood.id, () => commands.moodsAmend(mood.id, words))
    if (this.justLogged?.id === mood.id) this.justLogged = amended
  }

  async withdraw(mood: Mood): Promise<Undo> {
    await this.#takeBack(mood)
    return () => this.restore(mood)
  }

  async restore(mood: Mood): Promise<void> {
    await this.#change({ ...mood, withdrawn: false }, mood.id, () => commands.moodsRestore(mood.id))
  }

  /** Nothing later may arrive once the moods are gone from the screen. */
  leave(): void {
    clearTimeout(this.#forgetting)
    this.#asked += 1
  }

  #log(score: number, words: string | null, feltAt: string | null): Promise<Mood> {
    const now = new Date().toISOString()
    const provisional: Mood = {
      id: `provisional-${++this.#provisional}`,
      patient: this.patient,
      score,
      level: levelOf(score),
      words,
      feltAt: feltAt ?? now,
      loggedAt: now,
      author: '',
      byPatient: false,
      withdrawn: false,
    }
    const ask = () => commands.moodsLog({ patient: this.patient, score, words, feltAt })
    return this.#change(provisional, provisional.id, ask)
  }

  async #takeBack(mood: Mood): Promise<void> {
    await this.#change(null, mood.id, () => commands.moodsWithdraw(mood.id))
    if (this.justLogged?.id === mood.id) this.justLogged = null
  }

  #show(mood: Mood): void {
    clearTimeout(this.#forgetting)
    this.justLogged = mood
    this.#forgetting = setTimeout(() => (this.justLogged = null), CORRECTABLE)
  }

  /** Shows what will be, asks for it, and lets the store's answer stand in its place. */
  async #change(ahead: Mood | null, id: string, ask: () => Answer): Promise<Mood> {
    this.#ahead = new Map(this.#ahead).set(id, ahead)
    try {
      const stored = await call(ask())
      // A list asked for earlier does not know this change. The practice says what changed, so a newer one comes.
      this.#asked += 1
      const others = (this.#stored ?? []).filter((each) => each.id !== stored.id)
      this.#stored = stored.withdrawn ? others : [...others, stored]
      return stored
    } finally {
      const rest = new Map(this.#ahead)
      rest.delete(id)
      this.#ahead = rest
    }
  }
}

function laidOver(stored: Mood[] | null, ahead: ReadonlyMap<string, Mood | null>): Mood[] | null {
  if (stored === null && ahead.size === 0) return null
  const settled = (stored ?? []).filter((mood) => !ahead.has(mood.id))
  const coming = [...ahead.values()].filter((mood) => mood !== null)
  return [...settled, ...coming].sort((a, b) => Date.parse(b.feltAt) - Date.parse(a.feltAt))
}

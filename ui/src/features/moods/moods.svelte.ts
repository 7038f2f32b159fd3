/** The moods of one person: logging one with a single press, adding a word, taking it back.
 *
 *  A press shows at once and is taken off again if the store refuses it, so the hand never waits for the disk.
 *  Until then it is laid over what is stored and never mixed into it. Nothing is deleted: taking back a mood
 *  withdraws it, and every act hands back the act that undoes it. It knows no element and draws no conclusion from
 *  a score. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type Mood, type NewMood } from '../../bindings'
import { levelOf } from './levels'

export type Undo = () => Promise<void>
/** What one press came to; `corrected` is the mood it took the place of. */
export type Pressed = { logged: Mood; corrected: Mood | null; undo: Undo }
type Answer = ReturnType<typeof commands.moodsLog>

/** How long a second press corrects the first. After that it is a new mood: the four at the start of an hour and
 *  the seven at its end were both felt. */
export const CORRECTABLE = 5 * 60 * 1000
/** The same number again this soon is a hand that pressed twice, and not a second answer. */
export const ECHO = 700

export class Moods {
  static readonly topics = ['moods']

  readonly patient: string
  /** The score being saved, shown as chosen before the store has answered. */
  pressed = $state<number | null>(null)
  /** The mood logged a moment ago on this screen: the one to add a word to and, if it was felt now, to correct. */
  justLogged = $state.raw<Mood | null>(null)
  fault = $state.raw<FaultError | null>(null)

  #stored = $state.raw<Mood[] | null>(null)
  /** What is on its way to the store, by id: the mood as it will be, or `null` where it will be gone. */
  #ahead = $state.raw<ReadonlyMap<string, Mood | null>>(new Map())

  /** Newest first, as felt; `null` until the first answer. */
  readonly list = $derived(laidOver(this.#stored, this.#ahead))
  /** The number the ten buttons show as chosen. */
  readonly chosen = $derived(this.pressed ?? this.justLogged?.score ?? null)

  #presses = 0
  #before: Promise<unknown> | null = null
  #last: { score: number; at: number; pressing: Promise<Pressed> } | null = null
  #asked = 0
  /** How many lists are on their way. */
  #awaited = 0
  /** A list came while a change was on its way, and was not shown: it may or may not have known of it. */
  #owed = false
  #provisional = 0
  #forgetting: ReturnType<typeof setTimeout> | undefined
  #held = false
  /** Until when a press corrects `justLogged`. A mood placed at another time never is: the next one is felt now. */
  #correctableUntil = 0

  constructor(patient: string) {
    this.patient = patient
  }

  async load(): Promise<void> {
    const turn = ++this.#asked
    this.#awaited += 1
    this.#owed = false
    try {
      const list = await call(commands.moodsList(this.patient))
      if (turn !== this.#asked) return
      if (this.#ahead.size > 0) {
        this.#owed = true
        return
      }
      this.#stored = list
      this.fault = null
    } catch (thrown) {
      if (turn === this.#asked) this.fault = asFault(thrown)
    } finally {
      this.#awaited -= 1
    }
  }

  /** One press: saves a mood felt now, or at `feltAt`. A second press soon after one for now corrects it and keeps
   *  its words. Throws what the store refused; what is on screen is then what is stored. The echo of a press is
   *  answered with that press. */
  press(score: number, feltAt: Date | null = null): Promise<Pressed> {
    const at = Date.now()
    if (this.#last?.score === score && feltAt === null && at - this.#last.at < ECHO) return this.#last.pressing
    this.pressed = score
    const pressing = this.#inTurn(++this.#presses, this.#before, () => this.#log(score, feltAt))
    this.#last = { score, at, pressing }
    this.#before = pressing.catch(() => (this.#last = null))
    return pressing
  }

  /** Changes the words beside a mood; blank words are none. The number stays what it was when it was felt. */
  async amend(mood: Mood, written: string): Promise<void> {
    const words = written.trim() === '' ? null : written.trim()
    const amended = await this.#change({ ...mood, words }, mood.id, () => commands.moodsAmend(mood.id, words))
    if (this.justLogged?.id === mood.id) this.justLogged = amended
  }

  /** While somebody writes beside the mood it is not forgotten, however long that takes; whether a press still
   *  corrects it is another matter. Lets go with what it answers. */
  hold(): () => void {
    this.#held = true
    clearTimeout(this.#forgetting)
    return () => {
      this.#held = false
      this.#forgetLater()
    }
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

  /** One press after the other: what is to be corrected must be stored first. */
  async #inTurn(turn: number, before: Promise<unknown> | null, log: () => Promise<Pressed>): Promise<Pressed> {
    if (before !== null) await before
    try {
      return await log()
    } finally {
      if (turn === this.#presses) this.pressed = null
    }
  }

  async #log(score: number, feltAt: Date | null): Promise<Pressed> {
    const corrected = feltAt === null && Date.now() < this.#correctableUntil ? this.justLogged : null
    const logged = await this.#store({
      patient: this.patient,
      score,
      words: corrected?.words ?? null,
      feltAt: corrected?.feltAt ?? feltAt?.toISOString() ?? null,
    })
    this.#show(logged, feltAt === null)
    if (corrected === null) return { logged, corrected, undo: () => this.#takeBack(logged) }
    await this.#takeBack(corrected)
    const undo = async () => {
      await this.#takeBack(logged)
      await this.restore(corrected)
      this.#show(corrected, true)
    }
    return { logged, corrected, undo }
  }

  #store(mood: NewMood): Promise<Mood> {
    const now = new Date().toISOString()
    const provisional: Mood = {
      ...mood,
      id: `provisional-${++this.#provisional}`,
      level: levelOf(mood.score),
      feltAt: mood.feltAt ?? now,
      loggedAt: now,
      author: '',
      byPatient: false,
      withdrawn: false,
    }
    return this.#change(provisional, provisional.id, () => commands.moodsLog(mood))
  }

  async #takeBack(mood: Mood): Promise<void> {
    await this.#change(null, mood.id, () => commands.moodsWithdraw(mood.id))
    if (this.justLogged?.id !== mood.id) return
    this.justLogged = null
    this.#last = null // the same number again is then a new answer
  }

  #show(mood: Mood, correctable: boolean): void {
    this.justLogged = mood
    this.#correctableUntil = correctable ? Date.now() + CORRECTABLE : 0
    this.#forgetLater()
  }

  #forgetLater(): void {
    clearTimeout(this.#forgetting)
    if (!this.#held) this.#forgetting = setTimeout(() => (this.justLogged = null), CORRECTABLE)
  }

  /** Shows what will be, asks for it, and lets the store's answer stand in its place. */
  async #change(ahead: Mood | null, id: string, ask: () => Answer): Promise<Mood> {
    this.#ahead = new Map(this.#ahead).set(id, ahead)
    try {
      const stored = await call(ask())
      const others = (this.#stored ?? []).filter((each) => each.id !== stored.id)
      this.#stored = stored.withdrawn ? others : [...others, stored]
      return stored
    } finally {
      const rest = new Map(this.#ahead)
      rest.delete(id)
      this.#ahead = rest
      if (this.#owed || this.#awaited > 0) void this.load()
    }
  }
}

function laidOver(stored: Mood[] | null, ahead: ReadonlyMap<string, Mood | null>): Mood[] | null {
  if (stored === null && ahead.size === 0) return null
  const settled = (stored ?? []).filter((mood) => !ahead.has(mood.id))
  const coming = [...ahead.values()].filter((mood) => mood !== null)
  return [...settled, ...coming].sort((a, b) => Date.parse(b.feltAt) - Date.parse(a.feltAt))
}

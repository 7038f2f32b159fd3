/** What a clinician meets first: whose moods came in since yesterday, and who has been silent for a while.
 *
 *  Both are facts with a date, and what was written is shown as it was written. It ranks nobody, marks no score as good or bad and never reads silence as anything:
 *  a detector that says nothing closes nothing. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type Mood, type PatientFound } from '../../bindings'

const DAY = 24 * 60 * 60 * 1000
/** Silence shorter than this is not worth a line. */
export const QUIET = 14 * DAY

export class Today {
  static readonly topics = ['patients', 'moods']

  people = $state.raw<PatientFound[] | null>(null)
  fault = $state.raw<FaultError | null>(null)
  /** The moods of those who logged since yesterday, newest first, by patient: what they wrote, and the month before. */
  moods = $state.raw<ReadonlyMap<string, Mood[]>>(new Map())
  /** Moved on by the page, so that a window left open over midnight tells the right day. */
  now = $state.raw(new Date())
  #asked = 0

  /** Felt since yesterday morning, latest first. */
  readonly recent = $derived(since(this.people ?? [], yesterday(this.now)))
  /** Has logged before, and not for two weeks; longest silence first. */
  readonly quiet = $derived(silent(this.people ?? [], this.now))

  async load(): Promise<void> {
    const turn = ++this.#asked
    this.now = new Date()
    try {
      const people = await call(commands.patientsFind('', 'active'))
      if (turn !== this.#asked) return
      this.people = people
      this.fault = null
      const moods = await this.#moodsOfRecent()
      if (turn === this.#asked) this.moods = moods
    } catch (thrown) {
      if (turn === this.#asked) this.fault = asFault(thrown)
    }
  }

  async #moodsOfRecent(): Promise<ReadonlyMap<string, Mood[]>> {
    const read = this.recent
      .slice(0, MOST)
      .map(async ({ patient }): Promise<[string, Mood[]]> => [
        patient.id,
        await call(commands.moodsList(patient.id)),
      ])
    return new Map(await Promise.all(read))
  }
}

/** How many people the page has room for, and therefore whose moods are read. */
export const MOST = 8

type WithMood = PatientFound & { latestMood: number; latestMoodAt: string }

function withMood(found: PatientFound): found is WithMood {
  return found.latestMood !== null && found.latestMoodAt !== null
}

function since(people: PatientFound[], moment: Date): WithMood[] {
  return people
    .filter(withMood)
    .filter((found) => Date.parse(found.latestMoodAt) >= moment.getTime())
    .sort((a, b) => Date.parse(b.latestMoodAt) - Date.parse(a.latestMoodAt))
}

function silent(people: PatientFound[], now: Date): WithMood[] {
  return people
    .filter(withMood)
    .filter((found) => now.getTime() - Date.parse(found.latestMoodAt) >= QUIET)
    .sort((a, b) => Date.parse(a.latestMoodAt) - Date.parse(b.latestMoodAt))
}

/** Midnight before yesterday began, by the calendar and not by counting hours: clocks change. */
function yesterday(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
}

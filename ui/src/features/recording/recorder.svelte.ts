/** The recorder as this window knows it. Rust records, whatever becomes of the window; here is only what it says of
 *  itself, read at the start, after every unlock and again with every change.
 *
 *  It never counts time by itself and never guesses: what it shows is what is on the disk. What is to be said aloud is
 *  one piece of news at a time, because a clock that is spoken every second drowns everything else. */
import { asFault, call, type FaultError } from '../../backend/call'
import { Turns } from '../../backend/turns'
import { commands, events, type RecorderLevel, type RecorderState } from '../../bindings'

export type News = 'started' | 'paused' | 'resumed' | 'searching' | 'stopped' | 'bookmarked'
/** Why a recording ended without anybody pressing Stop in an open window. */
export type Parting = NonNullable<RecorderState['ended']>
type Answer = ReturnType<typeof commands.recordingState>

export const AT_REST: RecorderState = {
  revision: 0,
  phase: 'idle',
  session: null,
  patient: null,
  here: false,
  startedAt: null,
  elapsedMs: 0,
  plannedMinutes: null,
  pausedFor: null,
  probe: null,
  device: null,
  bookmarks: 0,
  warnings: [],
  prompts: [],
  diskMinutes: null,
  writing: false,
  ended: null,
}

export class Recorder {
  state = $state.raw<RecorderState>(AT_REST)
  level = $state.raw<RecorderLevel | null>(null)
  /** What the last press, or the last look, was refused for. */
  fault = $state.raw<FaultError | null>(null)
  news = $state<News | null>(null)
  /** Stays until it is read, because nobody may have been looking. */
  parting = $state<Parting | null>(null)
  /** Whose session it is; known only while their practice is open. */
  name = $state.raw<{ session: string; name: string } | null>(null)
  /** A press is on its way. */
  busy = $state(false)

  readonly live = $derived(isLive(this.state))
  readonly elapsedMs = $derived(
    this.live ? Math.max(this.state.elapsedMs, this.level?.elapsedMs ?? 0) : this.state.elapsedMs,
  )
  #known = false
  #heard = 0
  /** A bookmark that is kept by the very press on Stop must be there before it is stopped. */
  readonly #presses = new Turns()

  /** Listens until the returned function is called. */
  watch(): () => void {
    const changed = events.recorderChanged.listen(({ payload }) => this.take(payload.state))
    const moved = events.recorderLevel.listen(({ payload }) => (this.level = payload))
    void this.refresh()
    return () => void Promise.all([changed, moved]).then((stops) => stops.forEach((stop) => stop()))
  }

  async refresh(): Promise<void> {
    const heard = this.#heard
    try {
      const state = await call(commands.recordingState())
      if (heard === this.#heard) this.take(state)
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
  }

  /** What Rust says of itself now. */
  take(state: RecorderState): void {
    const before = this.state
    // An answer that was overtaken by news.
    if (state.revision < before.revision) return
    this.#heard += 1
    if (before.session !== state.session || isLive(before) !== isLive(state)) this.level = null
    this.state = state
    if (this.#known) this.#tell(before, state)
    this.#known = true
  }

  pause(): Promise<boolean> {
    return this.#press(() => commands.recordingPause())
  }

  resume(): Promise<boolean> {
    return this.#press(() => commands.recordingResume())
  }

  /** Stops and keeps. Answers the session it was, if it belongs to whoever is here. */
  async stop(): Promise<string | null> {
    const { session, here } = this.state
    return (await this.#press(() => commands.recordingStop())) && here ? session : null
  }

  /** `at` is where it was asked for, while the word was being typed; without it, here. */
  bookmark(word: string, at: number | null = null): Promise<boolean> {
    const written = word.trim()
    return this.#press(() => commands.recordingBookmark(written === '' ? null : written, at === null ? null : Math.round(at)))
  }

  extend(minutes: number): Promise<boolean> {
    return this.#press(() => commands.recordingExtend(minutes))
  }

  stillHere(): Promise<boolean> {
    return this.#press(() => commands.recordingStillHere())
  }

  /** Learns whose session it is, once. */
  async learnName(): Promise<void> {
    const { session, here } = this.state
    if (session === null || !here || this.name?.session === session) return
    try {
      const { patientName } = await call(commands.sessionsRead(session))
      this.name = { session, name: patientName }
    } catch {
      // Without a name the light still says everything that must be known.
    }
  }

  /** Locked: no name may be left in the window. */
  forgetName(): void {
    this.name = null
  }

  /** Read, by whoever was meant to read it. */
  noted(): void {
    this.parting = null
    this.fault = null
  }

  #press(ask: () => Answer): Promise<boolean> {
    return this.#presses.next(() => this.#send(ask))
  }

  async #send(ask: () => Answer): Promise<boolean> {
    const heard = this.#heard
    this.busy = true
    this.fault = null
    try {
      const state = await call(ask())
      // Every change is announced too, and an announcement that came meanwhile is newer than this answer.
      if (heard === this.#heard) this.take(state)
      return true
    } catch (thrown) {
      this.fault = asFault(thrown)
      return false
    } finally {
      this.busy = false
    }
  }

  #tell(before: RecorderState, after: RecorderState): void {
    const news = newsOf(before, after)
    if (news !== null) this.news = news
    if (news === 'started') this.parting = null
    if (news === 'stopped') this.parting = after.ended
  }
}

export function isLive({ phase }: RecorderState): boolean {
  return phase !== 'idle' && phase !== 'listening'
}

export function newsOf(before: RecorderState, after: RecorderState): News | null {
  if (!isLive(before)) return isLive(after) ? 'started' : null
  if (!isLive(after)) return 'stopped'
  if (before.phase === after.phase) return after.bookmarks > before.bookmarks ? 'bookmarked' : null
  if (after.phase === 'paused') return 'paused'
  // After a pause the microphone is opened anew, which is no loss of it.
  if (after.phase === 'searching') return before.phase === 'paused' ? null : 'searching'
  return after.phase === 'recording' ? 'resumed' : null
}

export const recorder = new Recorder()

/** Playing one recording. Rust opens the seal, plays, and says where it is; no sound ever passes through the window.
 *
 *  What is asked for shows at once, is sent in the order it was pressed, and waits where nothing can be heard yet; what
 *  was said of the time before does not undo it. While something is being recorded nothing is played, because the
 *  microphone would hear it. */
import { asFault, call, type FaultError } from '../../backend/call'
import { Turns } from '../../backend/turns'
import { commands, events, type PlayerState, type Waveform } from '../../bindings'
import { recorder } from '../recording/recorder.svelte'

export const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2] as const
type Answer = ReturnType<typeof commands.playerPlay>
type Wishes = { atMs?: number; speed?: number; skipSilence?: boolean }

const AT_REST: PlayerState = {
  revision: 0,
  recording: null,
  playing: false,
  atMs: 0,
  durationMs: 0,
  speed: 1,
  skipSilence: false,
  fault: null,
}

/** Rust has one player, whichever panels give it orders and whichever recordings are shown one after the other: all stand
 *  in this one line, so that none overtakes another and whoever leaves does not close it on whoever came. */
export const orders = new Turns()
let holder: Player | null = null

export class Player {
  readonly recording: string
  waveform = $state.raw<Waveform | null>(null)
  /** Why it could not be opened at all. */
  fault = $state.raw<FaultError | null>(null)
  /** Why the last press did nothing. */
  refused = $state.raw<FaultError | null>(null)
  /** What Rust said last. */
  #said = $state.raw<PlayerState | null>(null)
  /** What was asked for and has not come about. */
  #wished = $state.raw<Wishes>({})
  /** Of the wishes for the same, the last. */
  readonly #newest: { [What in keyof Wishes]: Wishes } = {}

  readonly state = $derived<PlayerState | null>(this.#said && { ...this.#said, ...this.#wished })
  readonly atMs = $derived(this.#wished.atMs ?? this.#said?.atMs ?? 0)
  readonly durationMs = $derived(this.#said?.durationMs ?? this.waveform?.durationMs ?? 0)
  readonly playing = $derived(this.#said?.playing ?? false)
  readonly muted = $derived(recorder.live)
  /** Whether it can be heard: not yet, or not without a loudspeaker, which may be connected later. */
  #sound: 'closed' | 'missing' | 'open' = 'closed'
  #left = false

  constructor(recording: string) {
    this.recording = recording
  }

  /** Listens until the returned function is called, which also lets go of the loudspeaker. */
  watch(): () => void {
    const moved = events.playerMoved.listen(({ payload }) => {
      // Until it is open, this is of somebody who had it open before.
      if (this.#sound !== 'closed') this.#hear(payload.state)
    })
    return () => {
      this.#left = true
      void moved.then((stop) => stop())
      void orders.next(() => this.#close())
    }
  }

  open(points: number): Promise<void> {
    return orders.next(async () => {
      if (this.#left) return
      this.fault = null
      try {
        this.waveform = await call(commands.recordingsWaveform(this.recording, points))
        await this.#openSound()
      } catch (thrown) {
        this.fault = asFault(thrown)
      }
    })
  }

  toggle(): Promise<void> {
    return orders.next(async () => {
      if (this.playing) return this.#order(() => commands.playerPause())
      if (this.muted) return
      try {
        // A loudspeaker may have been connected since.
        if (this.#sound === 'missing') await this.#openSound()
      } catch (thrown) {
        this.refused = asFault(thrown)
      }
      await this.#order(() => commands.playerPlay())
    })
  }

  /** Where it ends is not known before it is open, and Rust ends there too. */
  seek(ms: number): Promise<void> {
    const at = Math.max(0, Math.round(ms))
    return this.#wish({ atMs: this.durationMs > 0 ? Math.min(this.durationMs, at) : at })
  }

  by(ms: number): Promise<void> {
    return this.seek(this.atMs + ms)
  }

  speed(speed: number): Promise<void> {
    return this.#wish({ speed })
  }

  skipSilence(skipSilence: boolean): Promise<void> {
    return this.#wish({ skipSilence })
  }

  /** Without a loudspeaker the recording is still there to be seen and to find one's way in. */
  async #openSound(): Promise<void> {
    if (this.#left) return
    this.refused = null
    holder = this
    try {
      const opened = await call(commands.playerOpen(this.recording))
      this.#sound = 'open'
      this.#hear(opened)
      await this.#fulfil()
    } catch (thrown) {
      const fault = asFault(thrown)
      if (fault.code !== 'loudspeaker_missing') throw fault
      this.#sound = 'missing'
      this.refused = fault
      this.#said ??= { ...AT_REST, recording: this.recording, durationMs: this.waveform?.durationMs ?? 0 }
    }
  }

  async #close(): Promise<void> {
    if (holder !== this) return
    holder = null
    await call(commands.playerClose()).catch(() => undefined) // locked meanwhile: Rust has closed it
  }

  #wish(wish: Wishes): Promise<void> {
    this.#wished = { ...this.#wished, ...wish }
    for (const what of Object.keys(wish) as (keyof Wishes)[]) this.#newest[what] = wish
    // In its own turn: what another panel asks for in between is not to come about after it.
    return orders.next(() => this.#fulfil((what) => this.#newest[what] === wish))
  }

  async #fulfil(due: (what: keyof Wishes) => boolean = () => true): Promise<void> {
    if (due('atMs')) await this.#grant('atMs', (ms) => commands.playerSeek(ms))
    if (due('speed')) await this.#grant('speed', (speed) => commands.playerSpeed(speed))
    if (due('skipSilence')) await this.#grant('skipSilence', (on) => commands.playerSkipSilence(on))
  }

  /** Of several wishes for the same, the last is granted and the others are over with it. */
  async #grant<What extends keyof Wishes>(
    what: What,
    ask: (wish: NonNullable<Wishes[What]>) => Answer,
  ): Promise<void> {
    const wish = this.#wished[what]
    if (wish === undefined || this.#sound !== 'open') return
    await this.#order(() => ask(wish))
    if (this.#wished[what] !== wish) return
    const { [what]: _, ...others } = this.#wished
    this.#wished = others
  }

  async #order(ask: () => Answer): Promise<void> {
    if (this.#left || this.#sound !== 'open') return
    this.refused = null
    try {
      this.#hear(await call(ask()))
    } catch (thrown) {
      this.refused = asFault(thrown)
    }
  }

  #hear(state: PlayerState): void {
    if (state.recording !== this.recording) return
    // An answer and news come on ways of their own: whichever was overtaken is old.
    if (this.#said !== null && state.revision < this.#said.revision) return
    this.#said = state
  }
}

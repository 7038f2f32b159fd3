/** Playing one recording. Rust opens the seal, plays, and says where it is; no sound ever passes through the window.
 *
 *  A jump shows at once, and what was said of the place before it is not listened to until the jump has arrived. While
 *  something is being recorded nothing is played, because the microphone would hear it. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, events, type PlayerState, type Waveform } from '../../bindings'
import { recorder } from '../recording/recorder.svelte'

export const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2] as const
type Answer = ReturnType<typeof commands.playerPlay>

const AT_REST: PlayerState = {
  recording: null,
  playing: false,
  atMs: 0,
  durationMs: 0,
  speed: 1,
  skipSilence: false,
  fault: null,
}

export class Player {
  readonly recording: string
  state = $state.raw<PlayerState | null>(null)
  waveform = $state.raw<Waveform | null>(null)
  /** Why it could not be opened at all. */
  fault = $state.raw<FaultError | null>(null)
  /** Why the last press did nothing. */
  refused = $state.raw<FaultError | null>(null)

  readonly atMs = $derived(this.state?.atMs ?? 0)
  readonly durationMs = $derived(this.state?.durationMs ?? this.waveform?.durationMs ?? 0)
  readonly playing = $derived(this.state?.playing ?? false)
  readonly muted = $derived(recorder.live)
  #jumps = 0
  #left = false
  /** It is drawn and cannot be heard. */
  #silent = false

  constructor(recording: string) {
    this.recording = recording
  }

  /** Listens until the returned function is called, which also lets go of the loudspeaker. */
  watch(): () => void {
    const moved = events.playerMoved.listen(({ payload }) => this.#hear(payload.state))
    return () => {
      this.#left = true
      void moved.then((stop) => stop())
      void call(commands.playerClose()).catch(() => undefined) // locked meanwhile: Rust has closed it
    }
  }

  async open(points: number): Promise<void> {
    this.fault = null
    try {
      this.waveform = await call(commands.recordingsWaveform(this.recording, points))
      await this.#openSound()
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
  }

  async toggle(): Promise<void> {
    if (this.playing) return this.#press(() => commands.playerPause())
    if (this.muted) return
    // A loudspeaker may have been connected since.
    try {
      if (this.#silent) await this.#openSound()
    } catch (thrown) {
      this.refused = asFault(thrown)
    }
    if (!this.#silent) await this.#press(() => commands.playerPlay())
  }

  async seek(ms: number): Promise<void> {
    if (this.state === null) return
    const at = Math.round(Math.min(this.durationMs, Math.max(0, ms)))
    this.#wish({ atMs: at })
    if (this.#silent) return
    const jump = ++this.#jumps
    try {
      const state = await call(commands.playerSeek(at))
      if (jump === this.#jumps) this.state = state
    } catch (thrown) {
      this.refused = asFault(thrown)
    } finally {
      if (jump === this.#jumps) this.#jumps = 0
    }
  }

  by(ms: number): Promise<void> {
    return this.seek(this.atMs + ms)
  }

  async speed(speed: number): Promise<void> {
    if (this.#silent) this.#wish({ speed })
    else await this.#press(() => commands.playerSpeed(speed))
  }

  async skipSilence(skipSilence: boolean): Promise<void> {
    if (this.#silent) this.#wish({ skipSilence })
    else await this.#press(() => commands.playerSkipSilence(skipSilence))
  }

  /** Without a loudspeaker the recording is still there to be seen and to find one's way in. */
  async #openSound(): Promise<void> {
    this.refused = null
    try {
      const wished = this.state
      const opened = await call(commands.playerOpen(this.recording))
      this.#silent = false
      if (this.#left) return
      this.state = opened
      if (wished !== null) await this.#fulfil(wished)
    } catch (thrown) {
      const fault = asFault(thrown)
      if (fault.code !== 'loudspeaker_missing') throw fault
      this.#silent = true
      this.refused = fault
      this.state ??= { ...AT_REST, recording: this.recording, durationMs: this.waveform?.durationMs ?? 0 }
    }
  }

  /** What was set while nothing could be heard. */
  async #fulfil({ atMs, speed, skipSilence }: PlayerState): Promise<void> {
    await this.seek(atMs)
    if (speed !== null) await this.speed(speed)
    await this.skipSilence(skipSilence)
  }

  #wish(change: Partial<PlayerState>): void {
    if (this.state !== null) this.state = { ...this.state, ...change }
  }

  async #press(ask: () => Answer): Promise<void> {
    this.refused = null
    try {
      this.#hear(await call(ask()))
    } catch (thrown) {
      this.refused = asFault(thrown)
    }
  }

  #hear(state: PlayerState): void {
    if (state.recording !== this.recording || this.#jumps > 0) return
    this.state = state
  }
}

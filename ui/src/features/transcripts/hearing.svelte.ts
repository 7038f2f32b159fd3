/** Hearing what one reads: a word pressed is a place to play from, and what is being played is a word to show.
 *
 *  The player is one, in Rust, and the panel beside has opened it; here is only where it is, and the wish to hear
 *  something else. While something is being recorded nothing is played, because the microphone would hear it. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, events } from '../../bindings'
import { recorder } from '../recording/recorder.svelte'

/** A word is understood from a breath before it. */
const BREATH_MS = 150

export class Hearing {
  readonly recording: string
  /** Null until something of this recording has been played. */
  atMs = $state<number | null>(null)
  playing = $state(false)
  fault = $state.raw<FaultError | null>(null)
  readonly muted = $derived(recorder.live)
  #jumps = 0

  constructor(recording: string) {
    this.recording = recording
  }

  /** Listens until the returned function is called. */
  watch(): () => void {
    const moved = events.playerMoved.listen(({ payload: { state } }) => {
      if (state.recording !== this.recording || this.#jumps > 0) return
      this.atMs = state.atMs
      this.playing = state.playing
    })
    return () => void moved.then((stop) => stop())
  }

  async from(ms: number): Promise<void> {
    if (this.muted) return
    this.fault = null
    // Shown at once: the ear follows the hand.
    this.atMs = ms
    const jump = ++this.#jumps
    try {
      await call(commands.playerSeek(Math.round(Math.max(0, ms - BREATH_MS))))
      if (jump !== this.#jumps) return
      const state = await call(commands.playerPlay())
      this.playing = state.playing
    } catch (thrown) {
      this.fault = asFault(thrown)
    } finally {
      if (jump === this.#jumps) this.#jumps = 0
    }
  }

  async toggle(): Promise<void> {
    this.fault = null
    if (!this.playing && this.muted) return
    try {
      const state = await call(this.playing ? commands.playerPause() : commands.playerPlay())
      this.playing = state.playing
      this.atMs = state.atMs
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
  }
}

/** Hearing what one reads: a word pressed is a place to play from, and what is being played is a word to show.
 *
 *  The player is one, in Rust, and the panel beside has opened it; here is only where it is, and the wish to hear
 *  something else, which stands in the same line as what is pressed there. While something is being recorded nothing is played, because the microphone would hear it. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, events, type PlayerState } from '../../bindings'
import { orders } from '../player/player.svelte'
import { recorder } from '../recording/recorder.svelte'

type Answer = ReturnType<typeof commands.playerPlay>

/** A word is understood from a breath before it. */
const BREATH_MS = 150

export class Hearing {
  readonly recording: string
  playing = $state(false)
  /** Why the last press was not heard. */
  fault = $state.raw<FaultError | null>(null)
  readonly muted = $derived(recorder.live)
  #saidMs = $state<number | null>(null)
  /** The word that was pressed, until it is reached: the breath before it belongs to no other word. */
  #wishedMs = $state<number | null>(null)
  /** Null until something of this recording has been played. */
  readonly atMs = $derived(this.#wishedMs ?? this.#saidMs)
  #revision = 0

  constructor(recording: string) {
    this.recording = recording
  }

  /** Listens until the returned function is called. */
  watch(): () => void {
    const moved = events.playerMoved.listen(({ payload }) => this.#hear(payload.state))
    return () => void moved.then((stop) => stop())
  }

  /** Plays from there. */
  from(ms: number): Promise<void> {
    if (this.muted) return Promise.resolve()
    // Shown at once: the ear follows the hand.
    this.#wishedMs = ms
    return orders.next(async () => {
      if (this.#wishedMs !== ms) return // pressed elsewhere meanwhile
      const reached = await this.#order(() => commands.playerSeek(Math.round(Math.max(0, ms - BREATH_MS))))
      if (reached && !this.playing) await this.#order(() => commands.playerPlay())
      if (!reached) this.#wishedMs = null
    })
  }

  toggle(): Promise<void> {
    return orders.next(async () => {
      if (this.playing) await this.#order(() => commands.playerPause())
      else if (!this.muted) await this.#order(() => commands.playerPlay())
    })
  }

  async #order(ask: () => Answer): Promise<boolean> {
    this.fault = null
    try {
      this.#hear(await call(ask()))
      return true
    } catch (thrown) {
      this.fault = asFault(thrown)
      return false
    }
  }

  #hear(state: PlayerState): void {
    // An answer and news come on ways of their own: whichever was overtaken is old.
    if (state.recording !== this.recording || state.revision < this.#revision) return
    this.#revision = state.revision
    this.playing = state.playing
    const wished = this.#wishedMs
    // Still on the way there, or within the breath before it.
    if (wished !== null && state.playing && state.atMs < wished && state.atMs >= wished - 2 * BREATH_MS) return
    if (wished !== null && !state.playing) return
    this.#wishedMs = null
    // A recording that lies at its beginning has not been heard.
    if (state.playing || state.atMs > 0) this.#saidMs = state.atMs
  }
}

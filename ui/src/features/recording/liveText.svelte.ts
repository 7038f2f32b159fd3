/** The words of a session while it is recorded. They are written down in any case; here it is only whether they are
 *  shown, which is off until somebody asks, and what the latest of them are.
 *
 *  Nothing is remembered: when the panel closes, what it showed is gone from the window. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, events, type LiveText as Words } from '../../bindings'

export class LiveText {
  shown = $state(false)
  now = $state.raw<Words | null>(null)
  /** It is written by the practice model, and said so wherever its words are. */
  practice = $state(false)
  fault = $state.raw<FaultError | null>(null)

  /** How far the words are behind what is heard, in milliseconds. */
  readonly behindMs = $derived(this.now === null ? 0 : Math.max(0, this.now.heardMs - this.now.writtenMs))
  #asked = 0

  /** Listens until the returned function is called. */
  watch(): () => void {
    const moved = events.liveTextMoved.listen(({ payload }) => {
      if (this.shown) this.now = payload.text
    })
    return () => void moved.then((stop) => stop())
  }

  async show(on: boolean): Promise<void> {
    const turn = ++this.#asked
    this.shown = on
    this.fault = null
    if (!on) this.now = null
    try {
      if (on) {
        const { models, chosen } = await call(commands.speechModels())
        this.practice = models.some(({ id, practice }) => practice && id === chosen)
      }
      if (turn === this.#asked) await call(commands.liveText(on))
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
  }

  toggle(): Promise<void> {
    return this.show(!this.shown)
  }

  /** The recording is over, or nobody may see it now. */
  clear(): void {
    this.#asked += 1
    // Whether Rust hears it makes no difference to what is shown: the next showing says it again.
    if (this.shown) void call(commands.liveText(false)).catch(() => undefined)
    this.shown = false
    this.now = null
    this.fault = null
  }
}

export const liveText = new LiveText()

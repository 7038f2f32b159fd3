/** The preferences of this computer: theme, language, when to lock, whether single keys are
 *  commands. Not clinical, so they are readable before
 *  anything is unlocked. Changed at once on the screen, and put back if they could not be kept. */
import { call } from '../../backend/call'
import { Turns } from '../../backend/turns'
import { commands, type Language, type Settings } from '../../bindings'
import { showTheme } from '../../design/theme'
import { speak } from '../../words/words'

class Preferences {
  now = $state.raw<Required<Settings>>({
    theme: 'system',
    language: 'en',
    lockAfterMinutes: 5,
    singleKeys: true,
    keptQuality: 'voice',
    afterSigning: 'keep',
    channels: [],
    speechModel: null,
    liveText: false,
    transcribeWhileRecording: true,
  })
  readonly #turns = new Turns()
  /** Asked for in the address (`?lang=pseudo`), for looking at a screen in another language. */
  #asked: Language | null = new URLSearchParams(location.search).get('lang') === 'pseudo' ? 'pseudo' : null

  /** What is spoken; the window is drawn again when it changes. */
  readonly language = $derived(this.#asked ?? this.now.language)

  async load(): Promise<void> {
    this.#show(await call(commands.settingsRead()))
  }

  async change(change: Partial<Settings>): Promise<void> {
    const before = this.now
    this.#show({ ...before, ...change })
    try {
      // Some of it is chosen elsewhere, such as the speech model: what is kept is what stands then, with this change.
      const kept = await this.#turns.next(async () => {
        const stands = await call(commands.settingsRead())
        return call(commands.settingsChange({ ...stands, ...change }))
      })
      this.#show(kept)
    } catch (thrown) {
      this.#show(before)
      throw thrown
    }
  }

  #show(settings: Settings): void {
    const now = { ...this.now, ...settings }
    speak(this.#asked ?? now.language)
    showTheme(now.theme)
    this.now = now
  }
}

export const preferences = new Preferences()

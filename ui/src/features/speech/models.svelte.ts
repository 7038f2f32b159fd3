/** The speech models on this computer and those that could be. Rust knows what suits the machine and what a download is
 *  doing; here is what it says, read at the start and again with every piece of news. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, events, type Choice, type SpeechModel, type SpeechModels } from '../../bindings'

type Answer = ReturnType<typeof commands.speechModels>

/** Models that write nothing down themselves: they tell voices apart. */
export const TELLS_VOICES_APART = 'sortformer'
/** What one would choose a model for. */
export const PURPOSES: Choice[] = ['fast', 'careful', 'many_languages']

export class Models {
  now = $state.raw<SpeechModels | null>(null)
  fault = $state.raw<FaultError | null>(null)
  /** The model a press is on its way for. */
  busy = $state<string | null>(null)
  /** What the last press was refused for, and at which model. */
  refused = $state.raw<{ id: string; fault: FaultError } | null>(null)

  readonly chosen = $derived(this.now?.models.find(({ id }) => id === this.now?.chosen) ?? null)
  readonly practice = $derived(this.now?.models.find(({ practice }) => practice) ?? null)
  /** Those that tell voices apart are only ever brought in, so there is nothing to show before. */
  readonly voices = $derived(this.now?.models.filter((each) => each.family === TELLS_VOICES_APART && isHere(each)) ?? [])
  /** Those that write down real sessions. */
  readonly real = $derived(this.now?.models.filter((each) => !each.practice && each.family !== TELLS_VOICES_APART) ?? [])
  /** The one to take when one does not want to choose. */
  readonly advised = $derived(this.real.find(({ advised }) => advised) ?? null)
  /** Nothing is here yet and nothing on its way: somebody's first look. */
  readonly first = $derived(this.now !== null && this.real.every(({ state }) => state.kind === 'absent'))
  #heard = 0

  /** Listens until the returned function is called. */
  watch(): () => void {
    const changed = events.speechModelsChanged.listen(({ payload }) => {
      this.#heard += 1
      this.now = payload.models
    })
    return () => void changed.then((stop) => stop())
  }

  async load(): Promise<void> {
    const heard = this.#heard
    try {
      const now = await call(commands.speechModels())
      // News that came meanwhile is newer than this answer.
      if (heard === this.#heard) this.now = now
      this.fault = null
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
  }

  /** Begins, or goes on where it was. */
  download(id: string): Promise<boolean> {
    return this.#press(id, () => commands.speechModelDownload(id))
  }

  /** Stops; what came is kept. */
  pause(id: string): Promise<boolean> {
    return this.#press(id, () => commands.speechModelCancel(id))
  }

  delete(id: string): Promise<boolean> {
    return this.#press(id, () => commands.speechModelDelete(id))
  }

  choose(id: string | null): Promise<boolean> {
    return this.#press(id ?? '', () => commands.speechModelChoose(id))
  }

  /** From a file; answers whether there was one. */
  async bringIn(): Promise<boolean> {
    const path = await call(commands.speechModelChooseFile())
    if (path === null) return false
    const heard = this.#heard
    const now = await call(commands.speechModelBringIn(path))
    if (heard === this.#heard) this.now = now
    return true
  }

  async #press(id: string, ask: () => Answer): Promise<boolean> {
    const heard = this.#heard
    this.busy = id
    this.refused = null
    try {
      const now = await call(ask())
      if (heard === this.#heard) this.now = now
      return true
    } catch (thrown) {
      this.refused = { id, fault: asFault(thrown) }
      return false
    } finally {
      this.busy = null
    }
  }
}

export function isHere({ state }: SpeechModel): boolean {
  return state.kind === 'installed'
}

/** Words wrong in a hundred, in whole words as one would say it; at least one. */
export function wrongInHundred(wer: number): number {
  return Math.max(1, Math.round(wer))
}

/** Of the models for one purpose, those to show by themselves: what is here or on its way, what is advised, and the one
 *  that gets the fewest words wrong of those that fit well. */
export function worthShowing(models: readonly SpeechModel[], chosen: string | null): SpeechModel[] {
  const wrong = ({ wer }: SpeechModel) => wer ?? Number.POSITIVE_INFINITY
  const best = models.filter(({ fits }) => fits === 'well').sort((a, b) => wrong(a) - wrong(b))[0] ?? models[0]
  return models.filter((each) => each.state.kind !== 'absent' || each.advised || each.id === chosen || each === best)
}

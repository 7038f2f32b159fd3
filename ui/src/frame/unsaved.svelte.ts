/** Text a person has typed and not yet saved, kept sealed in the store as they type: it survives a lock, a
 *  crash and a dead battery.
 *
 *  It is kept under a place ("patients.new", "moods.<id>"), read back when that place is opened again, and
 *  dropped once it has been saved properly. It refuses to be a second store: nothing reads a place but the
 *  form that wrote it. */
import { untrack } from 'svelte'
import { call } from '../backend/call'
import { commands } from '../bindings'

/** Long enough not to write at every letter, short enough that nobody retypes more than a word. */
export const SETTLES_MS = 400

export type Unsaved = {
  /** Forgets the place, because what was typed there is now saved or given up. `left` is what goes on being kept. */
  drop: (left?: string) => Promise<void>
}

const open = new Set<Place>()

/** Keeps what `text` answers under `place` for as long as the component lives. `restore` is called once, if
 *  something was kept there before. Call it while a component starts. An empty text keeps nothing. */
export function keepUnsaved(place: string, text: () => string, restore: (text: string) => void): Unsaved {
  const kept = new Place(place)

  $effect(() => {
    open.add(kept)
    void kept.read().then((found) => {
      if (found !== null && found !== untrack(text)) restore(found)
    })
    return () => {
      open.delete(kept)
      void kept.flush()
    }
  })

  $effect(() => kept.see(text()))

  return { drop: (left = '') => kept.drop(left) }
}

/** Writes down whatever has not been yet. The lock waits for this; so do leaving and closing the window. */
export async function flushUnsaved(): Promise<void> {
  await Promise.allSettled([...open].map((place) => place.flush()))
}

class Place {
  readonly #place: string
  #typed = false
  #clock: ReturnType<typeof setTimeout> | undefined
  #waiting: string | null = null
  #dropped = false
  /** The text last seen or restored: what the store already holds, or what the form began with. */
  #known: string | null = null

  constructor(place: string) {
    this.#place = place
  }

  /** What was kept here, unless somebody has begun to type meanwhile: their letters are the newer ones. */
  async read(): Promise<string | null> {
    try {
      const found = await call(commands.unsavedRead(this.#place))
      if (this.#typed || found === null) return null
      this.#known = found
      return found
    } catch {
      return null // whatever is wrong with the store, saving the form will say it
    }
  }

  see(text: string): void {
    const first = this.#known === null
    if (this.#known === text) return
    this.#known = text
    if (first) return // what the form began with is nobody's typing
    this.#typed = true
    this.#dropped = false
    this.#waiting = text
    clearTimeout(this.#clock)
    this.#clock = setTimeout(() => void this.flush(), SETTLES_MS)
  }

  async flush(): Promise<void> {
    clearTimeout(this.#clock)
    const text = this.#waiting
    if (text === null || this.#dropped) return
    this.#waiting = null
    try {
      await call(text === '' ? commands.unsavedDrop(this.#place) : commands.unsavedKeep(this.#place, text))
    } catch {
      // Locked or full: the text still stands in the form, and the next letter or flush tries again.
      this.#waiting ??= text
    }
  }

  async drop(left: string): Promise<void> {
    clearTimeout(this.#clock)
    this.#waiting = null
    this.#dropped = true
    await call(left === '' ? commands.unsavedDrop(this.#place) : commands.unsavedKeep(this.#place, left))
  }
}

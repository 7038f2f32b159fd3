/** Whether somebody is here. Rust locks when nobody has been for a while; here every press tells it, at most
 *  once in five seconds, and the warning before a lock is counted down. */
import { call } from '../backend/call'
import { commands, events } from '../bindings'
import { flushUnsaved } from './unsaved.svelte'

export const TOLD_EVERY_MS = 5_000
/** Near enough to the lock to be said a second time. */
const LAST_CALL = 10
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

class Presence {
  /** Seconds until the lock, once Rust has warned; null otherwise. */
  near = $state<number | null>(null)
  /** The number as it is spoken: once when the warning begins and once near its end. */
  said = $state<number | null>(null)
  #told = Number.NEGATIVE_INFINITY
  #ticking: ReturnType<typeof setInterval> | undefined

  /** Listens until the returned function is called. */
  watch(): () => void {
    this.#told = Number.NEGATIVE_INFINITY
    const sign = () => this.here()
    for (const each of SIGNS) addEventListener(each, sign, { passive: true, capture: true })
    const warned = events.lockNear.listen(({ payload }) => this.#warn(payload.seconds))
    return () => {
      for (const each of SIGNS) removeEventListener(each, sign, { capture: true })
      this.#calm()
      void warned.then((stop) => stop())
    }
  }

  /** Somebody is here. Before a lock it is told at once, whenever it was told last. */
  here(now: number = performance.now()): void {
    if (this.near === null && now - this.#told < TOLD_EVERY_MS) return
    this.#told = now
    this.#calm()
    // A touch that fails means it has locked already, and the window is told so by its own event.
    void call(commands.deskTouch()).catch(() => undefined)
  }

  #warn(seconds: number): void {
    void flushUnsaved()
    clearInterval(this.#ticking)
    const ends = Date.now() + seconds * 1000
    this.near = this.said = seconds
    this.#ticking = setInterval(() => {
      this.near = Math.max(0, Math.ceil((ends - Date.now()) / 1000))
      if (this.near <= LAST_CALL && (this.said ?? 0) > LAST_CALL) this.said = this.near
    }, 500)
  }

  #calm(): void {
    clearInterval(this.#ticking)
    this.near = this.said = null
  }
}

export const presence = new Presence()

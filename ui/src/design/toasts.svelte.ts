/** What just happened, said once at the foot of the window, with a way back.
 *
 *  Undo is offered instead of asking beforehand. A toast waits at least eight seconds and longer under the
 *  pointer or the focus, because tired people read slowly. It refuses to carry errors (those stay where
 *  they happened) and never names a person: someone may be looking over the shoulder. */
import { asFault, type FaultError } from '../backend/call'

export type Tone = 'neutral' | 'good' | 'warm'
type Said = { text: string; undo?: () => Promise<void>; tone?: Tone }
export type Toast = Required<Pick<Said, 'text' | 'tone'>> & {
  id: number
  undo: (() => Promise<void>) | null
  fault: FaultError | null
}

export const STAYS_MS = 8_000

class Toasts {
  shown = $state<Toast[]>([])
  #next = 1
  #clocks = new Map<number, ReturnType<typeof setTimeout>>()

  /** Says it, and answers the number it can be dismissed by once it is out of date. */
  say({ text, undo, tone = 'neutral' }: Said): number {
    const toast: Toast = { id: this.#next++, text, tone, undo: undo ?? null, fault: null }
    // Three are as many as anyone reads; the oldest goes.
    for (const old of this.shown.slice(0, -2)) this.dismiss(old.id)
    this.shown.push(toast)
    this.#start(toast.id)
    return toast.id
  }

  dismiss(id: number): void {
    this.#stop(id)
    this.shown = this.shown.filter((toast) => toast.id !== id)
  }

  /** Nothing said in one person's practice may stand on the lock screen. */
  clear(): void {
    for (const { id } of this.shown) this.#stop(id)
    this.shown = []
  }

  /** Held while the pointer or the focus is on them. */
  pause(): void {
    for (const { id } of this.shown) this.#stop(id)
  }

  resume(): void {
    for (const { id } of this.shown) this.#start(id)
  }

  /** Takes back the latest thing that can be. Says whether there was one. */
  async undoLatest(): Promise<boolean> {
    const latest = this.shown.filter((toast) => toast.undo !== null).at(-1)
    if (latest === undefined) return false
    await this.undo(latest.id)
    return true
  }

  async undo(id: number): Promise<void> {
    const toast = this.shown.find((each) => each.id === id)
    const undo = toast?.undo
    if (toast === undefined || undo === null || undo === undefined) return
    toast.undo = null // a second press while the first is under way does nothing
    this.#stop(id)
    try {
      await undo()
      this.dismiss(id)
    } catch (thrown) {
      toast.fault = asFault(thrown)
    }
  }

  #start(id: number): void {
    this.#stop(id)
    this.#clocks.set(
      id,
      setTimeout(() => this.dismiss(id), STAYS_MS),
    )
  }

  #stop(id: number): void {
    clearTimeout(this.#clocks.get(id))
    this.#clocks.delete(id)
  }
}

export const toasts = new Toasts()

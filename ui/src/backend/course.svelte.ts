/** How far something long has come, as Rust tells it: a backup, a restore, a sound file read or written. */
import { onMount } from 'svelte'

export type Course = { readonly done: number; readonly total: number | null; reset: () => void }
type Told = { listen: (heard: (event: { payload: { done: number; total: number } }) => void) => Promise<() => void> }

/** Follows the progress for as long as the component lives. */
export function courseOf(event: Told): Course {
  let done = $state(0)
  let total = $state<number | null>(null)

  onMount(() => {
    const listening = event.listen(({ payload }) => {
      done = payload.done
      total = payload.total
    })
    return () => void listening.then((stop) => stop())
  })

  return {
    get done() {
      return done
    },
    get total() {
      return total
    },
    reset() {
      done = 0
      total = null
    },
  }
}

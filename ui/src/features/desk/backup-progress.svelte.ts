/** How far a backup or a restore has come, as Rust tells it. */
import { onMount } from 'svelte'
import { events } from '../../bindings'

export type Course = { readonly done: number; readonly total: number | null; reset: () => void }

/** Follows the progress for as long as the component lives. */
export function backupProgress(): Course {
  let done = $state(0)
  let total = $state<number | null>(null)

  onMount(() => {
    const listening = events.backupProgress.listen(({ payload }) => {
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

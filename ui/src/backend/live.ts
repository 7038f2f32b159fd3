/** How a screen stays true: Rust says which topics changed, and whoever shows one of them reads again.
 *
 *  The same event follows a change made here and one that arrived from elsewhere, so no screen ever has to
 *  guess what to refresh. */
import { onMount } from 'svelte'
import { events } from '../bindings'

/** Reads now, and again whenever one of `topics` ("patients", "moods") changes. Call it while a component
 *  starts; it ends with the component. */
export function follow(topics: readonly string[], read: () => unknown): void {
  onMount(() => {
    void read()
    const listening = events.practiceChanged.listen(({ payload }) => {
      if (payload.topics.some((topic) => topic === 'everything' || topics.includes(topic))) void read()
    })
    return () => void listening.then((stop) => stop())
  })
}

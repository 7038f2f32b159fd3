/** The charts opened since this practice was unlocked, newest first: ids only, in memory only.
 *
 *  It is a way back for one sitting, not a record; the record of who looked at what is the audit log. Nothing of
 *  one sitting reaches the next person at this computer. */
import { desk } from '../desk/desk.svelte'

const KEPT = 6

class Opened {
  ids = $state.raw<string[]>([])

  constructor() {
    $effect.root(() => {
      $effect(() => {
        if (desk.open === null) this.ids = []
      })
    })
  }

  note(id: string): void {
    if (this.ids[0] !== id) this.ids = [id, ...this.ids.filter((each) => each !== id)].slice(0, KEPT)
  }
}

export const opened = new Opened()

/** The crisis lines of one country, from the list inside the application.
 *
 *  They are asked for as soon as the button is on screen, so that they are there before it is pressed. Nothing is
 *  fetched, nothing is recorded, and no profile need be open. If even that fails, the words on the page still say
 *  where to turn. */
import { call } from '../../backend/call'
import { commands, type CrisisLines } from '../../bindings'

export class Lines {
  country = $state('')
  found = $state.raw<CrisisLines | null>(null)
  #asked = 0

  async show(country: string): Promise<void> {
    const turn = ++this.#asked
    this.country = country
    try {
      const found = await call(commands.safetyLines(country))
      if (turn === this.#asked) this.found = found
    } catch {
      // A country without a list and a list that cannot be read lead to the same words.
      if (turn === this.#asked) this.found = { country, emergency: [], lines: [] }
    }
  }
}

/** "tel:" and "sms:" take digits and a leading plus, not the spaces people read numbers with. */
export function dialled(number: string): string {
  return number.replace(/[^\d+*#]/g, '')
}

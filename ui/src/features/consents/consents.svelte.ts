/** What one person has agreed to: the text of today, what was signed, and what was taken back.
 *
 *  A consent is never changed. Signing adds one, taking back adds a withdrawal, and both stay readable for good. It
 *  refuses to sign in anybody's name: what is typed goes to the store as it stands, or not at all. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type Consent, type ConsentText } from '../../bindings'

export class Consents {
  static readonly topics = ['consents']

  readonly patient: string
  /** Newest first; `null` until the first answer. */
  list = $state.raw<Consent[] | null>(null)
  text = $state.raw<ConsentText | null>(null)
  fault = $state.raw<FaultError | null>(null)

  /** The one that holds today. */
  readonly live = $derived(this.list?.find((each) => each.live) ?? null)
  readonly past = $derived(this.list?.filter((each) => !each.live) ?? [])
  #asked = 0

  constructor(patient: string) {
    this.patient = patient
  }

  async load(): Promise<void> {
    const turn = ++this.#asked
    try {
      const [list, text] = await Promise.all([
        call(commands.consentsList(this.patient)),
        this.text ?? commands.consentsText('recording'),
      ])
      if (turn !== this.#asked) return
      this.list = list
      this.text = text
      this.fault = null
    } catch (thrown) {
      if (turn === this.#asked) this.fault = asFault(thrown)
    }
  }

  /** Signed by typing a name under the text as it stands on the screen. */
  async give(signedBy: string): Promise<void> {
    if (this.text === null) return
    const { kind, version } = this.text
    this.#put(await call(commands.consentsGive({ patient: this.patient, kind, version, signedBy: signedBy.trim() })))
  }

  async withdraw(consent: Consent): Promise<void> {
    this.#put(await call(commands.consentsWithdraw(consent.id)))
  }

  /** What the store answered stands at once, before the list is read again. */
  #put(consent: Consent): void {
    this.#asked += 1
    this.list = [consent, ...(this.list ?? []).filter((each) => each.id !== consent.id)]
  }
}

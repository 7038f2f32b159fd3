/** The first run: what is asked, in which order, and what has been answered.
 *
 *  At most five things, one at a time, each step with a way back. The store is made at the password step, all
 *  at once; before it nothing is written, after it only the kit is left to keep and to check. */
import { asFault, call, type FaultError } from '../../../backend/call'
import { commands, type Code, type Enrolled, type ProfileKind } from '../../../bindings'

export type Step = 'kind' | 'name' | 'practice' | 'country' | 'password' | 'kit' | 'check'

const STEPS: Record<ProfileKind, Step[]> = {
  practice: ['kind', 'name', 'practice', 'country', 'password', 'kit', 'check'],
  personal: ['kind', 'name', 'country', 'password', 'kit', 'check'],
}

/** Which step a refusal belongs to, so that the person is taken to what has to change. */
const BLAMES: Partial<Record<Code, Step>> = {
  name_missing: 'name',
  name_too_long: 'name',
  text_unprintable: 'name',
  practice_name_missing: 'practice',
  practice_name_too_long: 'practice',
  country_unknown: 'country',
}

export class Enrolment {
  kind = $state<ProfileKind | undefined>(undefined)
  name = $state('')
  practice = $state('')
  country = $state('')
  password = $state('')
  step = $state<Step>('kind')
  busy = $state(false)
  fault = $state.raw<FaultError | null>(null)
  made = $state.raw<Enrolled | null>(null)

  readonly steps = $derived(STEPS[this.kind ?? 'practice'])
  readonly at = $derived(this.steps.indexOf(this.step))
  /** Once the store exists there is nothing to go back to but the kit. */
  readonly canGoBack = $derived(this.step === 'check' || (this.made === null && this.at > 0))
  /** The names a password must not be made of. */
  readonly about = $derived([this.name, this.practice].filter((each) => each.trim() !== ''))

  constructor(country: string | null) {
    this.country = country ?? ''
  }

  next(): void {
    this.fault = null
    this.step = this.steps[this.at + 1] ?? this.step
  }

  back(): void {
    this.fault = null
    if (this.canGoBack) this.step = this.steps[this.at - 1] ?? this.step
  }

  async create(): Promise<void> {
    if (this.kind === undefined) return
    this.busy = true
    try {
      this.made = await call(
        commands.deskEnrol({
          kind: this.kind,
          name: this.name.trim(),
          practiceName: this.kind === 'practice' ? this.practice.trim() : null,
          country: this.country,
          password: this.password,
        }),
      )
      this.password = ''
      this.next()
    } catch (thrown) {
      this.fault = asFault(thrown)
      this.step = BLAMES[this.fault.code] ?? this.step
    } finally {
      this.busy = false
    }
  }
}

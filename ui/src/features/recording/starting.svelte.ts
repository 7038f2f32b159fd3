/** Everything between "Record" and the first second that is kept: the microphone listens already, the consent is
 *  looked up, and what was usual last time is filled in.
 *
 *  Listening keeps nothing. Leaving lets the microphone go, unless the recording has begun. It never starts by itself:
 *  the one press that starts is also the word that everybody in the room agrees today. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type Device, type NewSession, type Place, type Session, type Wanted } from '../../bindings'
import { go } from '../../frame/router.svelte'
import { Consents } from '../consents/consents.svelte'
import { preferences } from '../settings/preferences.svelte'
import { recorder } from './recorder.svelte'

export const USUAL_MINUTES = 50

export class Starting {
  readonly patient: string
  readonly consents: Consents
  name = $state<string | null>(null)
  devices = $state.raw<Device[]>([])
  place = $state<Place>('room')
  /** `null`: no planned end. */
  minutes = $state<number | null>(USUAL_MINUTES)
  /** Names as they are typed, with commas between. */
  others = $state('')
  /** What the other side of a call is heard through, where the computer can say so and nobody chose it yet. */
  readonly callHeardThrough = $derived.by(() =>
    this.place === 'remote' && this.channels.length < 2
      ? (this.devices.find(({ kind }) => kind === 'system_sound') ?? null)
      : null,
  )
  /** Why the microphone cannot be heard. */
  deaf = $state.raw<FaultError | null>(null)
  /** Why it did not start. */
  fault = $state.raw<FaultError | null>(null)
  busy = $state(false)

  readonly channels = $derived<Wanted[]>(
    preferences.now.channels.length > 0 ? preferences.now.channels : [{ kind: 'default' }],
  )
  readonly attendees = $derived(
    this.others
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )
  /** Whether the one press is all that is missing. */
  readonly ready = $derived.by(() => this.consents.live !== null && this.deaf === null && !this.busy)
  #touched = false
  #left = false

  constructor(patient: string) {
    this.patient = patient
    this.consents = new Consents(patient)
  }

  async load(): Promise<void> {
    await Promise.all([this.listen(), this.consents.load(), this.#usual(), this.#whom()])
  }

  /** Opens the microphones that are wanted. Nothing is kept. */
  async listen(): Promise<void> {
    this.deaf = null
    try {
      // The choice is offered even where the one that was chosen cannot be heard.
      const devices = call(commands.recordingDevices()).then((found) => (this.devices = found))
      const [state] = await Promise.all([call(commands.recordingListen(this.channels)), devices])
      recorder.take(state)
      // Closed before the microphone was open.
      if (this.#left) await this.#letGo()
    } catch (thrown) {
      this.deaf = asFault(thrown)
    }
  }

  /** Another microphone, remembered for the next time. */
  async use(channels: Wanted[]): Promise<void> {
    this.fault = null
    try {
      await preferences.change({ channels })
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
    await this.listen()
  }

  /** From now on what is chosen here is the person's, and nothing fills it in. */
  touch(): void {
    this.#touched = true
  }

  /** The second press. Null when it was refused; `fault` says why. */
  start(): Promise<Session | null> {
    return this.#begin((session) => commands.recordingStart({ ...session, confirmed: true }), true)
  }

  /** A session all the same, with nothing recorded of it. */
  without(): Promise<Session | null> {
    return this.#begin((session) => commands.sessionsBeginUnrecorded({ ...session, confirmed: false }), false)
  }

  /** Lets the microphone go. */
  async leave(): Promise<void> {
    if (this.#left) return
    this.#left = true
    await this.#letGo()
  }

  async #begin(
    ask: (session: Omit<NewSession, 'confirmed'>) => ReturnType<typeof commands.recordingStart>,
    keeps: boolean,
  ): Promise<Session | null> {
    if (this.busy) return null
    this.busy = true
    this.fault = null
    try {
      const { patient, minutes: plannedMinutes, place, attendees } = this
      const session = await call(ask({ patient, plannedMinutes, place, attendees }))
      if (keeps) this.#left = true
      return session
    } catch (thrown) {
      this.fault = asFault(thrown)
      // The text may have changed, or consent been taken back meanwhile.
      void this.consents.load()
      return null
    } finally {
      this.busy = false
    }
  }

  /** As it was last time with this person, else with anybody. */
  async #usual(): Promise<void> {
    try {
      const [before] = await call(commands.sessionsOfPatient(this.patient))
      const [last] = before ? [before] : await call(commands.sessionsLately(1))
      if (last === undefined || this.#touched) return
      this.minutes = last.plannedMinutes
      if (before === undefined) return
      this.place = before.place
      this.others = before.attendees.join(', ')
    } catch {
      // What is usual is a convenience: fifty minutes in the room is a good guess without it.
    }
  }

  async #whom(): Promise<void> {
    try {
      this.name = (await call(commands.patientsRead(this.patient))).name
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
  }

  async #letGo(): Promise<void> {
    try {
      recorder.take(await call(commands.recordingLeave()))
    } catch {
      // Locked meanwhile: Rust lets go of the microphone by itself.
    }
  }
}

/** Whether the panel is open, and for whom; `patient` is null while that is still to be chosen. */
class StartPanel {
  asked = $state.raw<{ patient: string | null } | null>(null)

  /** One recorder, one session: while one is under way this leads to it. */
  open(patient: string | null = null): void {
    const { session, here } = recorder.state
    if (!recorder.live) this.asked = { patient }
    else if (session !== null && here) go('/sessions/:id', { id: session })
  }

  /** By key or by name: for whoever's line has the focus, else it asks whom. */
  openHere(): void {
    const line = document.activeElement?.closest<HTMLElement>('[data-patient]')
    this.open(line?.dataset['patient'] ?? null)
  }

  close(): void {
    this.asked = null
  }
}

export const startPanel = new StartPanel()

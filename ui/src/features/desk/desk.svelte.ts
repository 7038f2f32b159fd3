/** Who sits here: nobody yet, someone before the lock, or an open practice.
 *
 *  The whole window hangs on `stage`. Locking empties it at once, before Rust has been asked, so that the
 *  screen is blank while keys are still being forgotten; what was half written is handed over first. It
 *  refuses to hold a password: those go from the field to Rust and nowhere else. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type OpenDesk, type ProfileCard } from '../../bindings'
import { toasts } from '../../design'
import { replace } from '../../frame/router.svelte'
import { flushUnsaved } from '../../frame/unsaved.svelte'
import { setCountry } from '../../words/format'

type Stage = 'loading' | 'enrolling' | 'locked' | 'open' | 'failed'

class Desk {
  stage = $state<Stage>('loading')
  profiles = $state.raw<ProfileCard[]>([])
  /** How many profiles on this computer cannot be read: whoever misses theirs must not be met as if new. */
  unreadable = $state(0)
  /** The open practice; null whenever the window must show nothing of it. */
  open = $state.raw<OpenDesk | null>(null)
  fault = $state.raw<FaultError | null>(null)
  #chosen = $state<string | null>(null)
  /** The first run has made a store, which is open in Rust while its kit is still being written down. */
  #founded = $state(false)
  /** Who sat here last. */
  #sat: string | null = null
  #locking: Promise<void> = Promise.resolve()

  /** The profile the lock screen stands before: the one chosen, else the one that locked last. */
  readonly profile = $derived(
    this.profiles.find((each) => each.id === this.#chosen) ??
      [...this.profiles].sort((a, b) => (b.lockedAt ?? '').localeCompare(a.lockedAt ?? ''))[0] ??
      null,
  )

  /** Whether Rust holds keys: then it watches for idleness, and must hear that somebody is here. */
  readonly unlocked = $derived(this.open !== null || this.#founded)

  async load(): Promise<void> {
    this.#founded = false
    try {
      const state = await call(commands.deskState())
      this.profiles = state.profiles
      this.unreadable = state.unreadable
      this.fault = null
      if (state.open !== null) this.enter(state.open)
      else this.stage = state.profiles.length === 0 ? 'enrolling' : 'locked'
      if (this.profile !== null) setCountry(this.profile.country)
    } catch (thrown) {
      this.fault = asFault(thrown)
      this.stage = 'failed'
    }
  }

  choose(profile: string): void {
    this.#chosen = profile
    this.stage = 'locked'
    if (this.profile !== null) setCountry(this.profile.country)
  }

  /** To the first run, from the lock screen; `leaveEnrolling` is the way back. */
  enrolAnother(): void {
    this.stage = 'enrolling'
  }

  async leaveEnrolling(): Promise<void> {
    this.stage = 'loading'
    await this.load()
  }

  /** The first run has made the store; what is left is the kit. */
  founded(): void {
    this.#founded = true
  }

  /** Unlocked, recovered or just made. */
  enter(open: OpenDesk): void {
    // Where one person was is none of the next one's business.
    if (this.#sat !== null && this.#sat !== open.profile.id) replace('/')
    this.#sat = open.profile.id
    setCountry(open.practice.country)
    this.#chosen = open.profile.id
    this.open = open
    this.#founded = false
    this.stage = 'open'
  }

  /** The open practice has changed its name, its PIN or whether its kit is checked. */
  amend(change: Partial<OpenDesk>): void {
    if (this.open !== null) this.open = { ...this.open, ...change }
  }

  /** By the key or the command: blank, then hand over what is half written, then forget the keys. */
  lock(): Promise<void> {
    const kept = flushUnsaved()
    this.blank()
    this.#locking = this.#forgetKeys(kept)
    return this.#locking
  }

  /** Rust has locked, after idling or on suspend. During the first run there is no card yet to show. */
  async lockedByItself(): Promise<void> {
    if (this.open === null && this.stage !== 'enrolling') return
    this.blank()
    await this.load()
  }

  /** Empties the window, whatever else may happen next. */
  blank(): void {
    const left = this.open?.profile
    this.open = null
    this.#founded = false
    toasts.clear()
    if (left !== undefined) {
      const locked = { ...left, lockedAt: new Date().toISOString() }
      this.profiles = [...this.profiles.filter((each) => each.id !== left.id), locked]
      this.#chosen = left.id
    }
    if (this.profiles.length > 0) this.stage = 'locked'
  }

  /** The cards again, such as after a wrong try: how long to wait is Rust's to say. */
  async refresh(): Promise<void> {
    await this.#locking
    this.profiles = (await call(commands.deskState())).profiles
  }

  /** Opening waits for a lock still under way. */
  async unlocking(unlock: () => Promise<OpenDesk>): Promise<void> {
    await this.#locking
    this.enter(await unlock())
  }

  async #forgetKeys(kept: Promise<void>): Promise<void> {
    await kept
    try {
      await call(commands.deskLock())
      this.profiles = (await call(commands.deskState())).profiles
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
  }
}

export const desk = new Desk()

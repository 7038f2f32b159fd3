/** What is thought of a new password while it is typed. Rust judges; the answer to an older text is dropped. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type Strength } from '../../bindings'

const SETTLES_MS = 150

export class Judgement {
  strength = $state.raw<Strength | null>(null)
  fault = $state.raw<FaultError | null>(null)
  /** Somebody wanted to go on with it as it is. */
  refused = $state(false)
  #clock: ReturnType<typeof setTimeout> | undefined
  #turn = 0

  /** `about` are the person's own names: a password made of them is no secret. */
  see(password: string, about: string[]): void {
    clearTimeout(this.#clock)
    this.refused = false
    const turn = ++this.#turn
    if (password === '') {
      this.strength = null
      return
    }
    this.#clock = setTimeout(() => void this.#judge(password, about, turn), SETTLES_MS)
  }

  /** For the moment of going on: the judgement of exactly this text. */
  async now(password: string, about: string[]): Promise<boolean> {
    clearTimeout(this.#clock)
    await this.#judge(password, about, ++this.#turn)
    const enough = this.strength?.enough ?? false
    this.refused = !enough && this.fault === null
    return enough
  }

  async #judge(password: string, about: string[], turn: number): Promise<void> {
    try {
      const strength = await call(commands.passwordJudge(password, about.filter(Boolean)))
      if (turn !== this.#turn) return
      this.strength = strength
      this.fault = null
    } catch (thrown) {
      if (turn === this.#turn) this.fault = asFault(thrown)
    }
  }
}

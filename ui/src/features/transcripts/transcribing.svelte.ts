/** How far the words of one session are: for each recording the work that is under way or waits, and the transcripts
 *  there are. Rust decides what runs; here is what it says, and the few things a person may ask of it. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, events, type Transcribing as Standing, type Transcript } from '../../bindings'

export class Transcribing {
  static readonly topics = ['transcripts', 'jobs', 'recordings']

  readonly session: string
  list = $state.raw<Standing[] | null>(null)
  fault = $state.raw<FaultError | null>(null)
  #asked = 0

  constructor(session: string) {
    this.session = session
  }

  /** Listens to how far it is until the returned function is called. */
  watch(): () => void {
    const moved = events.transcribingMoved.listen(({ payload }) => this.#move(payload))
    return () => void moved.then((stop) => stop())
  }

  async load(): Promise<void> {
    const turn = ++this.#asked
    try {
      const list = await call(commands.transcriptsOfSession(this.session))
      if (turn !== this.#asked) return
      this.list = list
      this.fault = null
    } catch (thrown) {
      if (turn === this.#asked) this.fault = asFault(thrown)
    }
  }

  of(recording: string): Standing | null {
    return this.list?.find((each) => each.recording === recording) ?? null
  }

  /** Writes it down: the first time, once more, or with another model. */
  async start(recording: string, model: string | null = null, remote = false): Promise<void> {
    await call(commands.transcriptsStart(recording, model, remote))
    await this.load()
  }

  /** Lets stopped work begin anew as it was asked for, whether that was the whole, a part or another engine: a start
   *  would write the whole down once more and push aside what a person put right. */
  async retry(job: string): Promise<void> {
    await call(commands.transcriptsRetry(job))
    await this.load()
  }

  async stop(recording: string): Promise<void> {
    await call(commands.transcriptsStop(recording))
    await this.load()
  }

  /** Sends the sound away where that was agreed to for this session before. Where it was not, answers no and sends
   *  nothing: it is to be asked. */
  async sendAgain(recording: string): Promise<boolean> {
    if (!(await call(commands.remoteAllowed(this.session)))) return false
    await this.start(recording, null, true)
    return true
  }

  /** Everyone who can be heard agreed that the sound of this session is sent away; then it is. */
  async sendAway(recording: string): Promise<void> {
    await call(commands.transcriptsAllowRemote(this.session))
    await this.start(recording, null, true)
  }

  #move({ recording, doneMs, totalMs }: { recording: string; doneMs: number; totalMs: number }): void {
    const standing = this.of(recording)
    if (standing?.job == null) return
    const moved: Standing = { ...standing, job: { ...standing.job, state: 'running', doneMs, totalMs } }
    this.list = this.list?.map((each) => (each === standing ? moved : each)) ?? null
  }
}

/** The transcript one means when one says "the transcript": the newest that still has its words. */
export function currentOf({ transcripts }: Standing): Transcript | null {
  const kept = transcripts.filter(({ state }) => state === 'kept')
  return kept.find(({ current }) => current) ?? kept[0] ?? null
}

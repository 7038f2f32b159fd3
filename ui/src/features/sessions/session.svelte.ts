/** One session and its recordings.
 *
 *  Opening it is recorded, so it opens once and is then only read again when something about it changed. What it can
 *  do to the audio is said in its own words: deleting takes the audio and nothing else, making it smaller leaves all that
 *  is said of it, and exporting makes a copy that is no longer sealed. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type ExportFormat, type Recording, type Session, type SessionDetails } from '../../bindings'

export class OpenSession {
  static readonly topics = ['sessions', 'recordings']

  readonly id: string
  session = $state.raw<Session | null>(null)
  fault = $state.raw<FaultError | null>(null)
  /** The part that is shown: the one chosen, else the first that can be heard, else the first there is. */
  chosen = $state<string | null>(null)
  readonly recording = $derived.by<Recording | null>(() => {
    const all = this.session?.recordings ?? []
    return all.find(({ id }) => id === this.chosen) ?? all.find(canBeHeard) ?? all[0] ?? null
  })
  #asked = 0
  #opened = false

  constructor(id: string) {
    this.id = id
  }

  async load(): Promise<void> {
    const turn = ++this.#asked
    const ask = this.#opened ? commands.sessionsRead : commands.sessionsOpen
    // Set before the answer: two changes in a row are not two looks.
    this.#opened = true
    try {
      const session = await call(ask(this.id))
      if (turn !== this.#asked) return
      this.session = session
      this.fault = null
    } catch (thrown) {
      if (ask === commands.sessionsOpen) this.#opened = false
      if (turn === this.#asked) this.fault = asFault(thrown)
    }
  }

  async change(details: SessionDetails): Promise<void> {
    this.#put(await call(commands.sessionsChange(this.id, details)))
  }

  /** Somebody has looked at what was interrupted. */
  async seen(): Promise<void> {
    this.#put(await call(commands.sessionsSeen(this.id)))
  }

  /** Goes on, in a part of its own. */
  async goOn(): Promise<void> {
    this.#put(await call(commands.recordingContinue(this.id)))
  }

  async deleteAudio(recording: Recording): Promise<void> {
    this.#putPart(await call(commands.recordingsDeleteAudio(recording.id)))
  }

  async makeSmaller(recording: Recording): Promise<void> {
    this.#putPart(await call(commands.recordingsMakeSmaller(recording.id)))
  }

  /** Asks where to, and writes it there. Says whether it was written: a person may think better of it. */
  async export(recording: Recording, format: ExportFormat): Promise<boolean> {
    const path = await call(commands.recordingsChoose(true, fileName(recording, format)))
    if (path === null) return false
    await call(commands.recordingsExport(recording.id, path, format))
    return true
  }

  #putPart(part: Recording): void {
    if (this.session === null) return
    const recordings = this.session.recordings.map((each) => (each.id === part.id ? part : each))
    this.#put({ ...this.session, recordings })
  }

  /** What the store answered is newer than any list still on its way. */
  #put(session: Session): void {
    this.#asked += 1
    this.session = session
  }
}

export function canBeHeard({ state }: Recording): boolean {
  return state === 'kept' || state === 'recovered'
}

/** Names nobody: a folder of files is read by whoever opens it. */
function fileName({ beganAt, part }: Recording, format: ExportFormat): string {
  return `session-${beganAt.slice(0, 10)}-${part}.${format}`
}

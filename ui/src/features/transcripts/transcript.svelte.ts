/** One transcript and what a person may put right about it.
 *
 *  Opening it is recorded, so it opens once and is then only read again. Every correction answers with the whole as it
 *  stands then; what the machine wrote stays beneath and comes back by undoing. */
import { asFault, call, type FaultError } from '../../backend/call'
import {
  commands,
  type OpenTranscript as Opened,
  type SpeakerRole,
  type TranscriptCorrection,
  type TranscriptFormat,
} from '../../bindings'

type Answer = ReturnType<typeof commands.transcriptsRead>

export class OpenTranscript {
  static readonly topics = ['transcripts']

  readonly id: string
  now = $state.raw<Opened | null>(null)
  fault = $state.raw<FaultError | null>(null)
  #asked = 0
  #opened = false

  constructor(id: string) {
    this.id = id
  }

  async load(): Promise<void> {
    // Deleted here a moment ago: there is nothing left to read.
    if (this.now?.transcript.state === 'deleted') return
    const turn = ++this.#asked
    const ask = this.#opened ? commands.transcriptsRead : commands.transcriptsOpen
    // Set before the answer: two changes in a row are not two looks.
    this.#opened = true
    try {
      const now = await call(ask(this.id))
      if (turn !== this.#asked) return
      this.now = now
      this.fault = null
    } catch (thrown) {
      if (ask === commands.transcriptsOpen) this.#opened = false
      if (turn === this.#asked) this.fault = asFault(thrown)
    }
  }

  correct(segment: number, text: string): Promise<void> {
    return this.#put(commands.transcriptsCorrect(this.id, segment, text))
  }

  /** Takes the newest correction of a segment back. */
  uncorrect(segment: number): Promise<void> {
    return this.#put(commands.transcriptsUncorrect(this.id, segment))
  }

  history(segment: number): Promise<TranscriptCorrection[]> {
    return call(commands.transcriptsHistory(this.id, segment))
  }

  /** These were said by that voice. Answers how to take it back. */
  async say(segments: number[], speaker: number): Promise<() => Promise<void>> {
    const before = new Map<number, number[]>()
    for (const { id, speaker: was } of this.now?.segments ?? []) {
      if (segments.includes(id)) before.set(was, [...(before.get(was) ?? []), id])
    }
    await this.#put(commands.transcriptsSay(this.id, segments, speaker))
    return async () => {
      for (const [was, ids] of before) await this.#put(commands.transcriptsSay(this.id, ids, was))
    }
  }

  swap(a: number, b: number): Promise<void> {
    return this.#put(commands.transcriptsSwap(this.id, a, b))
  }

  name(speaker: number, role: SpeakerRole, name: string): Promise<void> {
    const given = name.trim()
    return this.#put(commands.transcriptsName(this.id, speaker, role, given === '' ? null : given))
  }

  tellApart(speakers: number): Promise<void> {
    return this.#put(commands.transcriptsTellApart(this.id, speakers))
  }

  async again(t0Ms: number, t1Ms: number): Promise<void> {
    await call(commands.transcriptsAgain(this.id, t0Ms, t1Ms))
  }

  async rememberVoice(speaker: number): Promise<void> {
    await call(commands.transcriptsRememberVoice(this.id, speaker))
  }

  async delete(): Promise<void> {
    const transcript = await call(commands.transcriptsDelete(this.id))
    this.#asked += 1
    this.now = { transcript, segments: [] }
  }

  /** Asks where to, and writes it there. Says whether it was written: a person may think better of it. */
  async export(format: TranscriptFormat, name: string): Promise<boolean> {
    const path = await call(commands.recordingsChoose(true, `${name}.${format}`))
    if (path === null) return false
    await call(commands.transcriptsExport(this.id, path, format))
    return true
  }

  /** What the store answered is newer than anything still on its way. */
  async #put(answer: Answer): Promise<void> {
    const now = await call(answer)
    this.#asked += 1
    this.now = now
  }
}

/** What was said as one reads it: turns of one voice, and between them whatever is not words: speech that is not written
 *  down, sound that is missing, a private moment, a long silence.
 *
 *  The store keeps segments; a turn is only how they look, made anew after every correction. Nothing here is changed and
 *  nothing left out: every segment is in one turn, and every stretch without words says why. */
import type { GapWhy, Hole, HoleWhy, PauseWhy, Recording, TranscriptSegment, TranscriptWord } from '../../bindings'

/** A silence shorter than this is breathing; longer, it means something to whoever was in the room. */
export const LONG_SILENCE_MS = 8_000
/** A monologue is set in paragraphs of about this many words, so that its times stay near what they time. */
const PARAGRAPH_WORDS = 90

export type Spoken = { word: TranscriptWord; segment: TranscriptSegment; at: number }

export type Turn = {
  kind: 'turn'
  key: string
  speaker: number
  t0Ms: number
  t1Ms: number
  segments: TranscriptSegment[]
  words: Spoken[]
  /** The same voice goes on in a paragraph of its own. */
  continues: boolean
  /** How sure it is that this voice said it; certain once a person said so. */
  confidence: number
}
export type Between =
  | { kind: 'hole'; key: string; t0Ms: number; t1Ms: number; why: HoleWhy }
  | { kind: 'gap'; key: string; t0Ms: number; t1Ms: number; why: GapWhy }
  | { kind: 'pause'; key: string; t0Ms: number; t1Ms: number; why: PauseWhy; ms: number }
  | { kind: 'silence'; key: string; t0Ms: number; t1Ms: number }
export type Line = Turn | Between

type Sound = Pick<Recording, 'health'> | null

/** Everything in the order of time. */
export function linesOf(segments: readonly TranscriptSegment[], holes: readonly Hole[], recording: Sound): Line[] {
  const lines: Line[] = []
  const stops = interruptions(holes, recording)
  let turn = null as Turn | null
  let heardUntil = 0

  function silenceUntil(t0Ms: number) {
    if (t0Ms - heardUntil < LONG_SILENCE_MS) return
    lines.push({ kind: 'silence', key: `s${heardUntil}`, t0Ms: heardUntil, t1Ms: t0Ms })
    turn = null
  }

  // What happens while somebody speaks stands after the words it happens in.
  function stopsUntil(t0Ms: number) {
    for (let stop = stops[0]; stop !== undefined && stop.t0Ms <= t0Ms; stop = stops[0]) {
      silenceUntil(stop.t0Ms)
      lines.push(stop)
      stops.shift()
      heardUntil = Math.max(heardUntil, stop.t1Ms)
      turn = null
    }
  }

  for (const segment of [...segments].sort((a, b) => a.t0Ms - b.t0Ms || a.id - b.id)) {
    stopsUntil(segment.t0Ms)
    silenceUntil(segment.t0Ms)
    const before = turn
    const same = before?.speaker === segment.speaker
    const into = before !== null && same && before.words.length < PARAGRAPH_WORDS ? before : begin(segment, same)
    if (into !== before) lines.push(into)
    add(into, segment)
    turn = into
    heardUntil = Math.max(heardUntil, segment.t1Ms)
  }
  stopsUntil(Number.POSITIVE_INFINITY)
  return lines
}

function begin({ id, speaker, t0Ms, t1Ms }: TranscriptSegment, continues: boolean): Turn {
  return { kind: 'turn', key: `t${id}`, speaker, t0Ms, t1Ms, segments: [], words: [], continues, confidence: 1 }
}

function add(turn: Turn, segment: TranscriptSegment): void {
  turn.segments.push(segment)
  for (const word of segment.words) turn.words.push({ word, segment, at: turn.words.length })
  turn.t1Ms = Math.max(turn.t1Ms, segment.t1Ms)
  if (!segment.speakerByPerson) turn.confidence = Math.min(turn.confidence, segment.confidence)
}

function interruptions(holes: readonly Hole[], recording: Sound): Between[] {
  const { gaps = [], pauses = [] } = recording?.health ?? {}
  return [
    ...holes.map(({ t0Ms, t1Ms, why }) => ({ kind: 'hole' as const, key: `h${t0Ms}`, t0Ms, t1Ms, why })),
    ...gaps.map(({ atMs, ms, why }) => ({ kind: 'gap' as const, key: `g${atMs}`, t0Ms: atMs, t1Ms: atMs + ms, why })),
    // A pause took no time of the recording.
    ...pauses.map(({ atMs, ms, why }, i) => ({ kind: 'pause' as const, key: `p${atMs}-${i}`, t0Ms: atMs, t1Ms: atMs, why, ms })),
  ].sort((a, b) => a.t0Ms - b.t0Ms)
}

/** Words as they are set: those of one kind in a row together, so that a page of three hours stays light. */
export type Run = { text: string; unsure: boolean }

export function runsOf(words: readonly Spoken[], unsureBelow: number): Run[] {
  const runs: Run[] = []
  for (const { word } of words) {
    const unsure = !word.typed && word.p < unsureBelow
    const last = runs.at(-1)
    if (last?.unsure === unsure) last.text += ` ${word.text}`
    else runs.push({ text: word.text, unsure })
  }
  return runs
}

/** Where a word stands: which line, and which word of it. */
export type Place = { line: number; word: number }

/** Every word of every turn in a row, so that a time or a find is looked up without walking the page. */
export class WordLine {
  readonly places: Place[] = []
  readonly words: TranscriptWord[] = []

  constructor(lines: readonly Line[]) {
    lines.forEach((line, at) => {
      if (line.kind !== 'turn') return
      for (const { word, at: i } of line.words) {
        this.places.push({ line: at, word: i })
        this.words.push(word)
      }
    })
  }

  /** The word that is heard at this moment: the last that has begun. None before the first. */
  at(ms: number): Place | null {
    let [low, high] = [0, this.words.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.words[middle]?.t0Ms ?? 0) <= ms) low = middle + 1
      else high = middle
    }
    return this.places[low - 1] ?? null
  }
}

/** Reading a transcript: where one is in it, what one looks for, what is heard, and what is being put right.
 *
 *  It knows lines and words and no element. Everything here is of this look at the transcript only; what is kept is kept
 *  by `OpenTranscript`. */
import type { Recording } from '../../bindings'
import { findIn, type Match } from './finding'
import type { Hearing } from './hearing.svelte'
import type { OpenTranscript } from './transcript.svelte'
import { linesOf, WordLine, type Line, type Place, type Turn } from './turns'

/** On a line, and on one of its words or on none. */
export type Cursor = { line: number; word: number | null }
export type Editing = { segment: number; text: string }

export class Reading {
  readonly open: OpenTranscript
  readonly hearing: Hearing
  readonly #recording: () => Recording
  readonly lines = $derived.by<Line[]>(() => {
    const now = this.open.now
    return now === null ? [] : linesOf(now.segments, now.transcript.holes, this.#recording())
  })
  readonly #words = $derived(new WordLine(this.lines))
  cursor = $state.raw<Cursor>({ line: 0, word: null })
  /** Whether somebody has been at the words: before that, no key changes any. */
  #been = $state(false)
  editing = $state.raw<Editing | null>(null)

  /** The word that is heard, once something was played. */
  readonly heard = $derived.by<Place | null>(() => (this.hearing.atMs === null ? null : this.#words.at(this.hearing.atMs)))
  /** Whether the view goes along with what is played; until somebody looks elsewhere. */
  following = $state(true)

  searching = $state(false)
  query = $state('')
  readonly matches = $derived(this.searching ? findIn(this.lines, this.query) : [])
  readonly #matchesByLine = $derived(byLine(this.matches))
  #chosen = $state(0)
  readonly match = $derived<Match | null>(this.matches[Math.min(this.#chosen, this.matches.length - 1)] ?? null)
  readonly matchNumber = $derived(this.match === null ? 0 : this.matches.indexOf(this.match) + 1)

  constructor(open: OpenTranscript, hearing: Hearing, recording: () => Recording) {
    this.open = open
    this.hearing = hearing
    this.#recording = recording
  }

  turn(line: number): Turn | null {
    const found = this.lines[line]
    return found?.kind === 'turn' ? found : null
  }

  /** Where a segment stands now. */
  lineOf(segment: number): number {
    return this.lines.findIndex((line) => line.kind === 'turn' && line.segments.some(({ id }) => id === segment))
  }

  /** The turn one means: that which is heard while the view goes along, else that under the cursor. */
  readonly meant = $derived.by<number | null>(() => {
    const line = this.playingAlong ? (this.heard?.line ?? null) : this.#been ? this.cursor.line : null
    return line !== null && this.turn(line) !== null ? line : null
  })
  readonly playingAlong = $derived.by(() => this.hearing.playing && this.following)

  /** Up and down by lines; stops at the ends. */
  byLine(step: number): void {
    this.toLine(this.cursor.line + step)
  }

  toLine(line: number): void {
    this.#been = true
    this.cursor = { line: clamp(line, this.lines.length), word: null }
  }

  /** Somebody is at that line, on whichever word they were. */
  arrive(line: number): void {
    if (line === this.cursor.line) this.#been = true
    else this.toLine(line)
  }

  toWord(line: number, word: number): void {
    this.#been = true
    this.cursor = { line, word }
  }

  /** Along the words, over the ends of turns. */
  byWord(step: 1 | -1): void {
    const { line, word } = this.cursor
    const here = this.turn(line)?.words.length ?? 0
    const next = word === null ? (step === 1 ? 0 : -1) : word + step
    if (next >= 0 && next < here) this.toWord(line, next)
    else this.#wordOfNeighbour(line, step)
  }

  /** From the word under the cursor, or from where the line begins. */
  hear(): void {
    const { line, word } = this.cursor
    const found = this.lines[line]
    if (found === undefined) return
    this.following = true
    void this.hearing.from(this.turn(line)?.words[word ?? -1]?.word.t0Ms ?? found.t0Ms)
  }

  /** The segment that is put right: that of the word under the cursor, else the first of the turn. */
  edit(line: number): void {
    const turn = this.turn(line)
    const under = this.cursor.line === line && this.cursor.word !== null ? turn?.words[this.cursor.word]?.segment : undefined
    const segment = under ?? turn?.segments[0]
    if (segment === undefined) return
    this.following = false
    this.toLine(line)
    this.editing = { segment: segment.id, text: segment.words.map(({ text }) => text).join(' ') }
  }

  matchesOf(line: number): Match[] | undefined {
    return this.#matchesByLine.get(line)
  }

  look(query: string): void {
    this.query = query
    this.#chosen = Math.max(0, this.matches.findIndex(({ line }) => line >= this.cursor.line))
  }

  byMatch(step: 1 | -1): void {
    const { length } = this.matches
    if (length > 0) this.#chosen = (Math.min(this.#chosen, length - 1) + step + length) % length
  }

  #wordOfNeighbour(line: number, step: 1 | -1): void {
    for (let at = line + step; at >= 0 && at < this.lines.length; at += step) {
      const { length } = this.turn(at)?.words ?? []
      if (length > 0) {
        return this.toWord(at, step === 1 ? 0 : length - 1)
      }
    }
  }
}

function clamp(line: number, length: number): number {
  return Math.min(Math.max(0, line), Math.max(0, length - 1))
}

function byLine(matches: readonly Match[]): Map<number, Match[]> {
  const lines = new Map<number, Match[]>()
  for (const match of matches) lines.set(match.line, [...(lines.get(match.line) ?? []), match])
  return lines
}

/** What is being typed, as it is kept until it is saved: which segment, and the words. */
export function writtenDown(editing: Editing | null): string {
  return editing === null ? '' : JSON.stringify(editing)
}

export function readBack(kept: string): Editing | null {
  try {
    const { segment, text } = JSON.parse(kept) as Partial<Editing>
    return typeof segment === 'number' && typeof text === 'string' ? { segment, text } : null
  } catch {
    return null // kept by something else; the transcript itself is whole
  }
}

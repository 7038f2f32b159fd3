/** What the mood chart draws: the moods of one range, oldest first, as two columns of numbers.
 *
 *  A line between two points claims that the time between them was like the line. Past two weeks nobody can
 *  claim that, so the line breaks there. Refuses to average, smooth or extrapolate: every point is a mood that
 *  someone logged, at the moment they said they felt it. */
import type { Mood } from '../../bindings'

export const RANGES = ['fortnight', 'month', 'quarter', 'year'] as const
export type Range = (typeof RANGES)[number]

const DAYS: Record<Range, number> = { fortnight: 14, month: 30, quarter: 91, year: 365 }
const DAY = 24 * 60 * 60

/** Silence longer than this many seconds is a gap, not a slope. */
export const LONGEST_JOINED = 14 * DAY

export type Series = {
  /** Seconds since 1970, ascending; a gap adds one moment that has no score. */
  at: number[]
  score: (number | null)[]
  /** The moods behind the points, in the same order, without the gaps: what the table beside the chart reads. */
  moods: Mood[]
  from: number
  to: number
}

export function series(moods: Mood[], range: Range, now: Date): Series {
  const to = Math.floor(now.getTime() / 1000)
  const from = to - DAYS[range] * DAY
  const shown = moods
    .filter((mood) => !mood.withdrawn)
    .map((mood) => ({ mood, at: Math.floor(Date.parse(mood.feltAt) / 1000) }))
    .filter(({ at }) => at >= from && at <= to)
    .sort((a, b) => a.at - b.at)

  const at: number[] = []
  const score: (number | null)[] = []
  for (const point of shown) {
    const before = at.at(-1)
    if (before !== undefined && point.at - before > LONGEST_JOINED) {
      at.push(before + (point.at - before) / 2)
      score.push(null)
    }
    at.push(point.at)
    score.push(point.mood.score)
  }
  return { at, score, moods: shown.map(({ mood }) => mood), from, to }
}

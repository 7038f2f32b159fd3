/** The chart's columns: order, range, and where the line must break. */
import { describe, expect, test } from 'vitest'
import type { Mood } from '../../bindings'
import { series } from './series'

const now = new Date('2026-04-14T20:00:00Z')

function mood(feltAt: string, score: number, withdrawn = false): Mood {
  return {
    id: feltAt,
    patient: 'p',
    score,
    level: 'neutral',
    words: null,
    feltAt,
    loggedAt: feltAt,
    author: 'm',
    byPatient: true,
    withdrawn,
  }
}

describe('the mood chart', () => {
  test('draws the oldest mood first, whatever order they came in', () => {
    const { score } = series([mood('2026-04-14T08:00:00Z', 7), mood('2026-04-10T08:00:00Z', 3)], 'month', now)
    expect(score).toEqual([3, 7])
  })

  test('leaves out what lies before the range, after now, or was withdrawn', () => {
    const { moods } = series(
      [
        mood('2026-02-01T08:00:00Z', 1),
        mood('2026-04-15T08:00:00Z', 2),
        mood('2026-04-13T08:00:00Z', 3, true),
        mood('2026-04-12T08:00:00Z', 4),
      ],
      'month',
      now,
    )
    expect(moods.map((each) => each.score)).toEqual([4])
  })

  test('joins two moods fourteen days apart and breaks the line one minute later', () => {
    const joined = series([mood('2026-03-20T08:00:00Z', 4), mood('2026-04-03T08:00:00Z', 6)], 'quarter', now)
    expect(joined.score).toEqual([4, 6])
    const broken = series([mood('2026-03-20T08:00:00Z', 4), mood('2026-04-03T08:01:00Z', 6)], 'quarter', now)
    expect(broken.score).toEqual([4, null, 6])
    expect(broken.at).toEqual([...broken.at].sort((a, b) => a - b))
  })

  test('keeps two moods of one day apart, because both were felt', () => {
    const { score } = series([mood('2026-04-14T08:00:00Z', 2), mood('2026-04-14T18:00:00Z', 8)], 'month', now)
    expect(score).toEqual([2, 8])
  })

  test('spans the whole range even when one mood is in it', () => {
    const { from, to } = series([mood('2026-04-14T08:00:00Z', 2)], 'fortnight', now)
    expect(to - from).toBe(14 * 24 * 60 * 60)
  })
})

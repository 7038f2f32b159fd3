/** The five levels between the hardest day and the best, as the ten buttons name them before anything is saved.
 *
 *  The store decides the level of a saved mood; this is the same mapping (1-2, 3-4, 5-6, 7-8, 9-10) for a button
 *  that has not been pressed. A level is a plain word about a day. It never grades the person. */
import type { MoodLevel } from '../../bindings'

export const SCORES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const

const LEVELS = ['very_low', 'low', 'neutral', 'positive', 'very_positive'] as const satisfies MoodLevel[]

export function levelOf(score: number): MoodLevel {
  return LEVELS[Math.min(4, Math.max(0, Math.ceil(score / 2) - 1))] ?? 'neutral'
}

/** The score a digit key stands for: 1 to 9 are themselves and 0, which follows 9 on the keyboard, is 10. */
export function scoreOfKey(key: string): number | null {
  if (!/^\d$/.test(key)) return null
  return key === '0' ? 10 : Number(key)
}

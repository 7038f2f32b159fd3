/** The greeting for an hour of the day. Someone awake at four is not wished a good morning. */
export type DayPart = 'morning' | 'afternoon' | 'evening' | 'night'

export function dayPart(now: Date): DayPart {
  const hour = now.getHours()
  if (hour < 5) return 'night'
  if (hour < 12) return 'morning'
  if (hour < 18) return 'afternoon'
  return hour < 23 ? 'evening' : 'night'
}

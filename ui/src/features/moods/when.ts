/** When a mood was felt, for the rare time that it was not just now.
 *
 *  A choice offers a believable moment which the person can then change; it never claims a precision nobody gave,
 *  and never a moment that has not been. */
export const WHENS = ['now', 'earlier', 'yesterday', 'picked'] as const
export type When = (typeof WHENS)[number]

const HOUR = 60 * 60 * 1000

/** The moment offered for a choice; `null` is now, which the store stamps itself. */
export function offered(when: When, now: Date): Date | null {
  if (when === 'now') return null
  if (when === 'picked') return wholeMinute(now)
  if (when === 'yesterday') {
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1, 20)
  }
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  return wholeMinute(new Date(Math.max(midnight.getTime(), now.getTime() - 2 * HOUR)))
}

/** What a `datetime-local` field holds: local time without a zone. */
export function toField(moment: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const date = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
  return `${date}T${two(moment.getHours())}:${two(moment.getMinutes())}`
}

/** The moment a field holds, or `null` while it is half typed. */
export function fromField(text: string): Date | null {
  const moment = new Date(text)
  return text === '' || Number.isNaN(moment.getTime()) ? null : moment
}

function wholeMinute(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / 60_000) * 60_000)
}

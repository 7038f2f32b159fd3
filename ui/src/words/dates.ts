/** Dates as people type them where the practice is, and as the store keeps them.
 *
 *  A browser's own date field follows the computer's language, so a practice in Leeds on an American laptop
 *  would read 04/05 the wrong way round. Here the order follows the practice's country. What cannot be read
 *  is left as it was typed: Rust refuses it with a reason, and nothing that was written is lost. */
import { locale } from './format'

type Part = 'day' | 'month' | 'year'
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/

/** How a date is typed here, for the hint under the field: "dd/mm/yyyy". */
export function dateShape(): string {
  const letters: Record<Part, string> = { day: 'dd', month: 'mm', year: 'yyyy' }
  return parts()
    .map(({ type, value }) => (isPart(type) ? letters[type] : value))
    .join('')
}

/** A stored date as it is typed here; anything else as it is. */
export function shownDate(value: string): string {
  const [, year, month, day] = ISO.exec(value) ?? []
  if (year === undefined || month === undefined || day === undefined) return value
  const said: Record<Part, string> = { day, month, year }
  return parts()
    .map(({ type, value: literal }) => (isPart(type) ? said[type] : literal))
    .join('')
}

/** What was typed as the store keeps it, or as it is when it is no date. */
export function keptDate(typed: string): string {
  const text = typed.trim()
  if (ISO.test(text)) return text
  const numbers = text.split(/[^\d]+/).filter((part) => part !== '')
  const order = parts()
    .map(({ type }) => type)
    .filter(isPart)
  if (numbers.length !== 3 || /[^\d\s./-]/u.test(text)) return text
  const given = Object.fromEntries(order.map((part, at) => [part, numbers[at] ?? ''])) as Record<Part, string>
  // Two digits of a year could be two centuries.
  if (given.year.length !== 4 || given.day.length > 2 || given.month.length > 2) return text
  const iso = `${given.year}-${given.month.padStart(2, '0')}-${given.day.padStart(2, '0')}`
  const date = new Date(`${iso}T00:00:00Z`)
  const real = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso)
  return real ? iso : text
}

function parts(): Intl.DateTimeFormatPart[] {
  const format = new Intl.DateTimeFormat(locale(), { day: '2-digit', month: '2-digit', year: 'numeric', calendar: 'gregory', numberingSystem: 'latn' })
  return format.formatToParts(new Date(2000, 10, 22))
}

function isPart(type: string): type is Part {
  return type === 'day' || type === 'month' || type === 'year'
}

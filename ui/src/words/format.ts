/** Dates, times and numbers as the person's own country writes them.
 *
 *  The language is the program's, the conventions are the practice's country: an English window in
 *  Sweden says 2026-04-14, one in the States 4/14/2026. Nothing here reads the clock on its own; "now"
 *  is passed in wherever it matters, so that what is shown can be tested. */
import { languageTag, t } from './words'

let region: string | null = null

/** Follows the open practice; on the lock screen, the profile shown. */
export function setCountry(country: string | null): void {
  region = country !== null && /^[A-Z]{2}$/.test(country) ? country : null
}

export function locale(): string {
  return region === null ? languageTag() : `${languageTag()}-${region}`
}

/** 14 April 2026, in the country's order. A day such as a birthday is not moved by the time zone. */
export function day(value: string | Date): string {
  return write(value, { day: 'numeric', month: 'long', year: 'numeric' })
}

/** 14 Apr 2026: where room is short. */
export function shortDay(value: string | Date): string {
  return write(value, { day: 'numeric', month: 'short', year: 'numeric' })
}

/** Tuesday, 14 April: the heading of a day at hand. */
export function weekday(value: string | Date): string {
  return write(value, { weekday: 'long', day: 'numeric', month: 'long' })
}

export function time(value: string | Date): string {
  return write(value, { hour: 'numeric', minute: '2-digit' })
}

export function dayAndTime(value: string | Date): string {
  return write(value, { day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' })
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "12 minutes ago". Under a minute it says so in words rather than counting seconds at people. */
export function ago(value: string | Date, now: Date): string {
  // "Yesterday" is a word of the calendar: 38 hours ago may be the day before it.
  const days = Math.round((midnight(moment(value)) - midnight(now)) / 86_400_000)
  const seconds = Math.round((moment(value).getTime() - now.getTime()) / 1000)
  const relative = new Intl.RelativeTimeFormat(languageTag(), { numeric: 'auto' })
  for (const [unit, size] of STEPS) {
    if (unit === 'day' && Math.abs(seconds) >= size) return relative.format(days, unit)
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  }
  return t('app.just_now')
}

/** 12:04, or 1:02:04: where one is in a recording. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const pair = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${pair(minutes)}:${pair(seconds % 60)}` : `${minutes}:${pair(seconds % 60)}`
}

/** 14:32:07: the second up to which something is kept. */
export function exactTime(value: string | Date): string {
  return write(value, { hour: 'numeric', minute: '2-digit', second: '2-digit' })
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale()).format(value)
}

/** 1.2 MB: sizes of files a person is about to carry away. */
export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: step > 1 ? 1 : 0,
  }).format(value / 1000 ** step)
}

export function list(values: string[]): string {
  return new Intl.ListFormat(languageTag(), { type: 'conjunction' }).format(values)
}

function write(value: string | Date, options: Intl.DateTimeFormatOptions): string {
  const bare = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
  return new Intl.DateTimeFormat(locale(), bare ? { ...options, timeZone: 'UTC' } : options).format(moment(value))
}

function moment(value: string | Date): Date {
  return typeof value === 'string' ? new Date(value) : value
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

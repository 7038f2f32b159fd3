/** Languages and licences as a person reads them. */
import { list } from '../../words/format'
import { languageTag, t } from '../../words/words'

/** More than these are counted and not named. */
const NAMED = 4

export function languagesWords(codes: readonly string[]): string {
  if (codes.length === 0) return t('speech.languages_unknown')
  const name = new Intl.DisplayNames(languageTag(), { type: 'language', fallback: 'code' })
  const first = codes.slice(0, NAMED).map((code) => name.of(code) ?? code)
  if (codes.length <= NAMED) return list(first)
  return t('speech.languages', { names: first.join(', '), count: codes.length - NAMED })
}

const LICENCES: Record<string, string> = { 'cc-by-4.0': 'CC BY 4.0', 'apache-2.0': 'Apache 2.0', mit: 'MIT' }

export function licenceName(licence: string): string {
  return LICENCES[licence.toLowerCase()] ?? licence
}

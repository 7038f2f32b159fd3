/** How well a recording came out, as facts in words. It says what is missing and how loud it was, never how anybody
 *  sounded. */
import type { Recording } from '../../bindings'

export type Heard = 'unknown' | 'loud' | 'quiet' | 'clear'

/** One word for how loud it was, which the recorder's own warnings decide. */
export function heard({ health }: Recording): Heard {
  const warned = (what: 'clipping' | 'too_quiet' | 'no_signal') => health.warnings.some((each) => each.what === what)
  if (warned('clipping')) return 'loud'
  if (warned('too_quiet') || warned('no_signal')) return 'quiet'
  return health.levelDb === null ? 'unknown' : 'clear'
}

/** Whole seconds that are missing, at least one where anything is. */
export function secondsMissing({ health }: Recording): number {
  const ms = health.gaps.reduce((sum, gap) => sum + gap.ms, 0)
  return health.gaps.length === 0 ? 0 : Math.max(1, Math.round(ms / 1000))
}

/** The microphones in the order they were used, each named once in a row. */
export function microphones({ health }: Recording): string[] {
  return health.devices.map(({ name }) => name).filter((name, i, all) => all.indexOf(name) === i)
}

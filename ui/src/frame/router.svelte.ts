/** Where the person is, kept in the address after `#`, so that Back works and a screen can be linked.
 *
 *  A path is written once, as a pattern ("/patients/:patient"); `href` and `go` refuse to compile when a
 *  part is missing. Parts are ids, never names: an address may end up in a picture. */

/** The parts of a pattern: "/patients/:patient/moods" has `patient`. */
export type Parts<Pattern extends string> = Pattern extends `${string}:${infer Part}/${infer Rest}`
  ? { [K in Part | keyof Parts<`/${Rest}`>]: string }
  : Pattern extends `${string}:${infer Part}`
    ? { [K in Part]: string }
    : Record<never, string>

type Given<Pattern extends string> = keyof Parts<Pattern> extends never ? [] : [parts: Parts<Pattern>]

/** The link to a screen: `href('/patients/:patient', { patient: id })`. */
export function href<const Pattern extends `/${string}`>(pattern: Pattern, ...[parts]: Given<Pattern>): string {
  const given: Record<string, string> = { ...parts }
  return `#${pattern.replace(/:(\w+)/g, (_, part: string) => encodeURIComponent(given[part] ?? ''))}`
}

/** Goes there. `replace` leaves no step to come Back to. */
export function go<const Pattern extends `/${string}`>(pattern: Pattern, ...parts: Given<Pattern>): void {
  location.hash = href(pattern, ...parts)
}

export function replace<const Pattern extends `/${string}`>(pattern: Pattern, ...parts: Given<Pattern>): void {
  location.replace(href(pattern, ...parts))
}

/** The parts of `path` if it fits `pattern`, else null. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/')
  const found = path.split('/')
  if (wanted.length !== found.length) return null
  const parts: Record<string, string> = {}
  for (const [i, want] of wanted.entries()) {
    const have = found[i] ?? ''
    if (want.startsWith(':')) {
      if (have === '') return null
      parts[want.slice(1)] = readable(have)
    } else if (want !== have) return null
  }
  return parts
}

function readable(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // a broken escape is somebody's typing; it simply matches nothing stored
  }
}

class Address {
  path = $state(current())

  constructor() {
    addEventListener('hashchange', () => (this.path = current()))
  }
}

/** "/patients/123"; an empty address is "/". */
function current(): string {
  const path = location.hash.replace(/^#/, '').replace(/\?.*$/, '')
  return path === '' ? '/' : path
}

export const address = new Address()

/** How keys are pressed and how they are printed, on this person's keyboard.
 *
 *  A chord is written once, as "mod k"; `mod` is Command on a Mac and Control elsewhere. */
const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

const PRINTED: Record<string, string> = {
  mod: MAC ? '⌘' : 'Ctrl',
  shift: MAC ? '⇧' : 'Shift',
  escape: 'Esc',
  enter: '↵',
  space: 'Space',
}

const WRITTEN_IN =
  'input:not([type="range"]), textarea, select, [contenteditable=""], [contenteditable="true"]'
const ROLES = ['button', 'switch', 'radio', 'tab', 'menuitem', 'option', 'combobox']
const PRESSED_BY_SPACE = ['button', 'a[href]', 'summary', ...ROLES.map((role) => `[role="${role}"]`)].join(', ')

/** "mod k" as it is printed on the button: "Ctrl K" or "⌘ K". */
export function keyLabel(chord: string): string {
  return chord
    .split(' ')
    .map((key) => PRINTED[key] ?? key.toUpperCase())
    .join(' ')
}

/** What was pressed. On a keyboard of another alphabet a chord means the key that has the Latin letter on it, since
 *  "Ctrl л" is printed nowhere. */
function keyOf(event: KeyboardEvent, withMod: boolean): string {
  if (event.key === ' ') return 'space'
  const [, letter] = /^Key([A-Z])$/.exec(event.code) ?? []
  return withMod && letter !== undefined && /^\P{ASCII}$/u.test(event.key) ? letter.toLowerCase() : event.key.toLowerCase()
}

/** Whether this press is that chord. */
export function pressed(event: KeyboardEvent, chord: string): boolean {
  const keys = chord.split(' ')
  const mod = MAC ? event.metaKey : event.ctrlKey
  const other = MAC ? event.ctrlKey : event.metaKey
  const key = keys.at(-1) ?? ''
  return (
    mod === keys.includes('mod') &&
    !other &&
    !event.altKey &&
    // "?" needs Shift on most keyboards, so a bare sign does not forbid it.
    (keys.includes('shift') ? event.shiftKey : !event.shiftKey || !/^[a-z0-9]$/.test(key)) &&
    keyOf(event, mod) === key
  )
}

/** Single keys belong to the text while someone is writing; a slider has no text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches(WRITTEN_IN)
}

/** Space presses what has the focus before it is a command of its own. */
export function isPressable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(PRESSED_BY_SPACE) !== null
}

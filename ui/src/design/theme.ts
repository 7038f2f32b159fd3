/** Light, dark, or as the computer has it. The one place that sets `data-theme`. */
import type { Theme } from '../bindings'

let wanted: Theme = 'system'

export function showTheme(theme: Theme): void {
  wanted = theme
  const dark = theme === 'dark' || (theme === 'system' && system().matches)
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
}

/** Follows the computer for as long as the window stands. */
export function followSystem(): void {
  system().addEventListener('change', () => showTheme(wanted))
  showTheme(wanted)
}

function system(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)')
}

/** Fetches the chart library when a chart is first shown.
 *
 *  On import uPlot formats a number in `navigator.language`. Under a bare POSIX locale the webview reports "C",
 *  which is no language, and the import throws; so the language is made readable for it first. */
import type UPlot from 'uplot'

export async function loadUplot(): Promise<typeof UPlot> {
  if (!speakable(navigator.language)) {
    Object.defineProperty(navigator, 'language', { value: 'en', configurable: true })
  }
  const [{ default: uplot }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')])
  return uplot
}

function speakable(language: string): boolean {
  try {
    return new Intl.NumberFormat(language) !== null
  } catch {
    return false
  }
}

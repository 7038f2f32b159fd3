/** Photographs of the main screens in both themes, for the README. Taken only when asked for: PICTURES=1. */
import type { Page } from '@playwright/test'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Bridge, expect, test } from './bridge'
import { rest } from './lenses'
import { ask } from './steps'
import { beforeTheDoor, clinician, patient, type Look } from './tours'
import { inEnglish } from './words'

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'pictures')
const WANTED = new Map([
  ['lock', 'lock'],
  ['today', 'today'],
  ['patients', 'patients'],
  ['chart', 'chart'],
  ['import, preview', 'import'],
  ['palette', 'palette'],
  ['start', 'start'],
  ['recording', 'recording'],
  ['session, to listen to', 'session'],
  ['patient home, logged', 'patient-home'],
  ['help', 'help'],
])

test.skip(process.env['PICTURES'] !== '1', 'pictures are taken when asked for')
test.beforeAll(() => mkdir(FOLDER, { recursive: true }))

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    function photograph(page: Page): Look {
      return async (screen) => {
        const file = WANTED.get(screen)
        if (file === undefined) return
        await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme)
        await rest(page)
        await page.screenshot({ path: join(FOLDER, `${file}-${colorScheme}.png`) })
      }
    }

    test('photographs of the lock', ({ page, sample }) =>
      beforeTheDoor(page, sample, inEnglish, photograph(page)))
    test('photographs of the clinician’s screens', async ({ page, sample }) => {
      test.setTimeout(300_000)
      await clinician(page, sample, inEnglish, photograph(page))
    })
    test('photographs of the patient’s screens', async ({ page, empty }) => {
      const look = photograph(page)
      await patient(page, empty, inEnglish, async (screen) => {
        if (screen === 'patient home, first day') await aFortnight(empty)
        await look(screen)
      })
    })
  })
}

/** A life before the picture: two weeks of moods, days left out among them. */
async function aFortnight(bridge: Bridge): Promise<void> {
  const { open } = await ask<{ open: { ownChart: string } }>(bridge, 'desk_state')
  const scores = [4, 3, null, 4, 5, 4, 6, null, 5, 6, 4, 6, 7]
  for (const [i, score] of scores.entries()) {
    const feltAt = new Date(Date.now() - (scores.length - i) * 24 * 60 * 60 * 1000).toISOString()
    if (score !== null)
      await ask(bridge, 'moods_log', { mood: { patient: open.ownChart, score, words: null, feltAt } })
  }
}

/** Every screen in a window of 320 px, and at 200 % zoom: it reflows, and nothing sticks out or is cut off. */
import type { Page } from '@playwright/test'
import { expect, test } from './bridge'
import { misfits } from './lenses'
import { beforeTheDoor, clinician, firstRun, type Look, patient } from './tours'
import { inEnglish } from './words'

function fits(page: Page): Look {
  return async (screen) => expect.soft(await misfits(page), screen).toEqual([])
}

/** At 200 % a window of 1366×768 has half as many CSS pixels each way. */
const windows = { '320 px': { width: 320, height: 640 }, '200 % zoom': { width: 683, height: 384 } }

for (const [name, viewport] of Object.entries(windows)) {
  test.describe(name, () => {
    test.use({ viewport })
    test('the first run fits', async ({ page, empty }) => firstRun(page, empty, inEnglish, fits(page)))
    test('the lock fits', async ({ page, sample }) => beforeTheDoor(page, sample, inEnglish, fits(page)))
    test('the clinician’s screens fit', async ({ page, sample }) => {
      test.setTimeout(300_000)
      await clinician(page, sample, inEnglish, fits(page))
    })
    test('the patient’s screens fit', async ({ page, empty }) => patient(page, empty, inEnglish, fits(page)))
  })
}

/** Photographs of the main screens in both themes, for the README. Taken only when asked for: PICTURES=1. */
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from './bridge'
import { rest } from './lenses'
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
  ['patient home, logged', 'patient-home'],
  ['help', 'help'],
])

test.skip(process.env['PICTURES'] !== '1', 'pictures are taken when asked for')
test.beforeAll(() => mkdir(FOLDER, { recursive: true }))

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })
    const tours = { beforeTheDoor, clinician, patient }
    for (const [name, tour] of Object.entries(tours)) {
      test(`photographs of ${name}`, async ({ page, sample, empty }) => {
        test.setTimeout(180_000)
        const photograph: Look = async (screen) => {
          const file = WANTED.get(screen)
          if (file === undefined) return
          await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme)
          await rest(page)
          await page.screenshot({ path: join(FOLDER, `${file}-${colorScheme}.png`) })
        }
        await tour(page, name === 'patient' ? empty : sample, inEnglish, photograph)
      })
    }
  })
}

/** axe on every screen, in both themes: nothing it can see is wrong. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './bridge'
import { rest } from './lenses'
import { beforeTheDoor, clinician, firstRun, type Look, patient } from './tours'
import { inEnglish } from './words'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

function axe(page: Page): Look {
  return async (screen) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme)
      await rest(page)
      const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze()
      const said = violations.map(
        ({ id, help, nodes }) =>
          `${id}: ${help}\n  ${nodes.map((node) => node.html.slice(0, 200)).join('\n  ')}`,
      )
      expect.soft(said, `${screen}, ${colorScheme}`).toEqual([])
    }
  }
}

test('the first run is accessible', async ({ page, empty }) => firstRun(page, empty, inEnglish, axe(page)))
test('the lock and the ways around it are accessible', async ({ page, sample }) =>
  beforeTheDoor(page, sample, inEnglish, axe(page)))
test('the clinician’s screens are accessible', async ({ page, sample }) => {
  test.setTimeout(360_000)
  await clinician(page, sample, inEnglish, axe(page))
})
test('the patient’s screens are accessible', async ({ page, empty }) =>
  patient(page, empty, inEnglish, axe(page)))

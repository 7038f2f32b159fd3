/** A first day without a mouse: create a practice, prove the kit, add a patient, log a mood, edit, archive and undo,
 *  lock and unlock. The mouse is never touched, and what has the focus can always be seen. */
import type { Page } from '@playwright/test'
import { expect, test } from './bridge'
import { kitOnScreen, PASSWORD, start, tabTo } from './steps'
import { like, t } from './words'

async function press(page: Page, name: string | RegExp): Promise<void> {
  const button = page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name })
  await tabTo(page, button)
  await seen(page)
  await page.keyboard.press('Enter')
}

/** Whatever has the focus is ringed, in sight, and not under a bar or a toast. */
async function seen(page: Page): Promise<void> {
  const hidden = await page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement)) return 'nothing has the focus'
    const style = getComputedStyle(element)
    if (style.outlineStyle === 'none' && style.boxShadow === 'none') return 'the focus has no ring'
    const box = element.getBoundingClientRect()
    if (box.bottom <= 0 || box.top >= innerHeight) return 'the focus is out of sight'
    const over = document.elementFromPoint(
      box.left + box.width / 2,
      Math.min(innerHeight - 1, Math.max(0, box.top + box.height / 2)),
    )
    return element.contains(over) || over?.contains(element) ? null : `the focus is under <${over?.tagName}>`
  })
  expect(hidden).toBeNull()
}

test('a whole first day by keyboard alone', async ({ page, empty }) => {
  test.setTimeout(180_000)
  await start(page, empty)

  await test.step('create a practice', async () => {
    await tabTo(page, page.getByRole('radio', { name: t('enrol.kind_practice') }))
    await page.keyboard.press('Space')
    await press(page, t('enrol.next'))
    await expect(page.getByLabel(t('enrol.name_label'))).toBeFocused()
    await page.keyboard.type('Ingrid Lindqvist')
    await page.keyboard.press('Enter')
    await expect(page.getByLabel(t('enrol.practice_label'))).toBeFocused()
    await page.keyboard.type('Lindqvist Practice')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: t('enrol.country_title') })).toBeVisible()
    await tabTo(page, page.getByLabel(t('enrol.country_label'), { exact: true }))
    await page.keyboard.type('Sweden')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await press(page, t('enrol.next'))
    await expect(page.getByLabel(t('password.new'), { exact: true })).toBeFocused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: t('enrol.kit_title') })).toBeVisible({ timeout: 30_000 })
  })

  await test.step('prove the kit', async () => {
    const kit = await kitOnScreen(page)
    await press(page, t('kit.written'))
    const fields = page.getByRole('textbox', { name: like('kit.group') })
    await expect(fields).toHaveCount(2)
    for (const field of await fields.all()) {
      const [, number] =
        /(\d+)/.exec(
          (await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent)) ?? '',
        ) ?? []
      await tabTo(page, field)
      await page.keyboard.type(kit[Number(number) - 1] ?? '')
    }
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: t('home.start_title') })).toBeVisible()
  })

  await test.step('add a patient', async () => {
    await page.keyboard.press('n')
    await expect(page.getByLabel(t('patients.name'), { exact: true })).toBeFocused()
    await page.keyboard.type('Zoë Müller')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Zoë Müller' })).toBeVisible()
  })

  await test.step('log a mood by its number, and take the arrows to another', async () => {
    await page.keyboard.press('4')
    await expect(page.getByRole('radio', { name: /^4,/ })).toHaveAttribute('aria-checked', 'true')
    await expect(page.getByText(t('moods.logged_toast', { score: 4 }))).toBeVisible()
    await tabTo(page, page.getByRole('radio', { name: /^4,/ }))
    await page.keyboard.press('ArrowRight')
    await seen(page)
    await expect(page.getByRole('radio', { name: /^5,/ })).toBeFocused()
    await expect(page.getByRole('radio', { name: /^4,/ })).toHaveAttribute('aria-checked', 'true')
    await page.keyboard.press('Enter')
    await expect(page.getByText(t('moods.corrected_toast', { score: 5 }))).toBeVisible()
    await press(page, t('moods.add_word'))
    await page.keyboard.type('Better than Monday.')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Better than Monday.')).toBeVisible()
    await expect(page.getByRole('button', { name: t('moods.change_word') })).toBeFocused()
  })

  await test.step('edit', async () => {
    await page.keyboard.press('e')
    await expect(page.getByLabel(t('patients.name'), { exact: true })).toHaveValue('Zoë Müller')
    await tabTo(page, page.locator('input[name=pronouns]'))
    await page.keyboard.type('they/them')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(page.getByText('they/them')).toBeVisible()
  })

  await test.step('archive, and undo it', async () => {
    await press(page, t('patients.more'))
    await expect(page.getByRole('menuitem', { name: t('patients.archive') })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByText(t('patients.archived_toast'))).toBeVisible()
    await expect(page.getByRole('button', { name: t('patients.restore') })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+z')
    await expect(page.getByRole('button', { name: t('patients.restore') })).toBeHidden()
  })

  await test.step('find again', async () => {
    await page.keyboard.press('/')
    await expect(page.getByRole('searchbox', { name: t('patients.search') })).toBeFocused()
    await page.keyboard.type('mull')
    await expect(page.locator('[data-row]')).toHaveCount(1)
    await page.keyboard.press('ArrowDown')
    await expect(page.locator('[data-row]')).toBeFocused()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Zoë Müller' })).toBeVisible()
  })

  await test.step('lock and unlock', async () => {
    await page.keyboard.press('ControlOrMeta+l')
    await expect(page.getByLabel(t('desk.password'), { exact: true })).toBeFocused()
    await expect(page.getByText('Zoë Müller')).toHaveCount(0)
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Zoë Müller' })).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText('Better than Monday.')).toBeVisible()
  })
})

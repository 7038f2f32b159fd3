/** Where the focus is, for whoever cannot see the screen change: at the heading of each screen that is entered, and
 *  never pulled out from under an open dialog. */
import { expect, test } from './bridge'
import { openSample, start, visit } from './steps'
import { t } from './words'

test('a screen entered by a line of the sidebar begins at its heading', async ({ page, sample }) => {
  await openSample(page, sample)
  await page.getByRole('link', { name: t('frame.settings') }).press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: t('frame.settings') })).toBeFocused()
})

test('a field that wants the focus has it, wherever one comes from', async ({ page, sample }) => {
  await openSample(page, sample)
  await page.getByRole('link', { name: t('patients.title') }).press('Enter')
  await expect(page.getByRole('searchbox')).toBeFocused()
})

test('an address that changes below an open dialog leaves the focus in it', async ({ page, sample }) => {
  await openSample(page, sample)
  await page.keyboard.press('?')
  const keys = page.getByRole('dialog')
  await expect(keys).toBeVisible()
  await visit(page, '/settings')
  await expect(page.getByRole('heading', { level: 1, includeHidden: true })).toHaveText(t('frame.settings'))
  expect(await keys.evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true)
})

test('a wrong password answered while help is open does not take the focus from it', async ({ page, sample }) => {
  await start(page, sample)
  let refuse: () => void = () => undefined
  const held = new Promise<void>((resolve) => (refuse = resolve))
  await page.route('**/ipc/desk_unlock', async (route) => {
    await held
    await route.continue()
  })
  await page.getByLabel(t('desk.password'), { exact: true }).fill('not this one')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: t('safety.help') }).click()
  const help = page.getByRole('dialog')
  await expect(help).toBeVisible()
  refuse()
  await expect(page.getByText(t('errors.wrong_password.what'))).toBeVisible()
  expect(await help.evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true)
})

/** The recovery kit in an open practice: once a new one is made the old one opens nothing, so no slip of the hand may
 *  close the only sight of it. */
import { expect, SAMPLE_PASSWORD, test } from './bridge'
import { enrol, kitOnScreen, openSample, start, typeBack, visit } from './steps'
import { inEnglish, t } from './words'

test('a new kit stays on screen until it is proved to be on paper', async ({ page, sample }) => {
  await openSample(page, sample)
  await visit(page, '/settings')
  await page.getByRole('button', { name: t('settings.kit_renew') }).click()
  await page.getByLabel(t('password.current'), { exact: true }).fill(SAMPLE_PASSWORD)
  await page.getByRole('dialog').getByRole('button', { name: t('settings.kit_renew') }).click()
  const kit = await kitOnScreen(page)

  await page.keyboard.press('Escape')
  await page.mouse.click(5, 5)
  await expect(page.getByRole('button', { name: t('design.close') })).toHaveCount(0)
  expect(await kitOnScreen(page)).toEqual(kit)

  await page.getByRole('button', { name: t('kit.written') }).click()
  await page.keyboard.press('Escape')
  await typeBack(page, kit)
  await page.getByRole('button', { name: t('kit.check'), exact: true }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByText(t('settings.kit_verified'))).toBeVisible()
})

test('whoever is writing down their first kit is here, and Rust hears of it', async ({ page, empty }) => {
  let touches = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/ipc/desk_touch')) touches += 1
  })
  await start(page, empty)
  await enrol(page, { kind: 'personal', name: 'Maya' }, inEnglish, async (step) => {
    if (step === 'first run, password') expect(touches).toBe(0)
    if (step !== 'first run, recovery kit') return
    await page.mouse.move(40, 40)
    await expect.poll(() => touches).toBeGreaterThan(0)
  })
})

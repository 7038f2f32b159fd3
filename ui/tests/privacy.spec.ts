/** The privacy blur in the real window: nothing under it answers, and help and the way back do. */
import type { Page } from '@playwright/test'
import type { Mood } from '../src/bindings'
import { type Bridge, expect, test } from './bridge'
import { ask, enrol, openSample, start } from './steps'
import { t } from './words'

const show = (page: Page) => page.getByRole('button', { name: t('frame.show') })

async function patientHome(page: Page, bridge: Bridge): Promise<() => Promise<Mood[]>> {
  await start(page, bridge)
  await enrol(page, { kind: 'personal', name: 'Maya' })
  const { open } = await ask<{ open: { ownChart: string } }>(bridge, 'desk_state')
  return () => ask<Mood[]>(bridge, 'moods_list', { patient: open.ownChart })
}

test('no key logs, undoes or opens anything under the blur', async ({ page, empty }) => {
  const stored = await patientHome(page, empty)
  await page.keyboard.press('6')
  await expect(page.getByText(t('moods.logged_toast', { score: 6 }))).toBeVisible()
  await page.keyboard.press('ControlOrMeta+b')
  await expect(show(page)).toBeFocused()
  for (const key of ['3', 'ControlOrMeta+z', '?', 'ControlOrMeta+k']) await page.keyboard.press(key)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('ControlOrMeta+b')
  await expect(show(page)).toBeHidden()
  // The next key is heard again, and by its answer the ones before have had theirs.
  await page.keyboard.press('7')
  await expect(page.getByText(t('moods.corrected_toast', { score: 7 }))).toBeVisible()
  expect(await stored()).toMatchObject([{ score: 7 }])
})

test('a dialog open under the blur cannot be seen or used until the screen is shown again', async ({ page, sample }) => {
  await openSample(page, sample)
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: t('frame.keys_title') })
  await expect(dialog).toBeVisible()
  await page.keyboard.press('ControlOrMeta+b')
  await expect(dialog).toBeHidden()
  await expect(show(page)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(show(page)).toBeHidden()
})

test('help is one press away under the blur too', async ({ page, empty }) => {
  await patientHome(page, empty)
  await page.keyboard.press('ControlOrMeta+b')
  await page.getByRole('button', { name: t('safety.help') }).click()
  const help = page.getByRole('dialog', { name: t('safety.title') })
  await expect(help.getByRole('link').first()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()
  await page.getByRole('button', { name: t('safety.help') }).click()
  await help.getByRole('combobox').click()
  await page.keyboard.type('Sweden')
  await page.getByRole('option', { name: 'Sweden' }).click()
  await expect(help.getByText('112').first()).toBeVisible()
  await help.getByRole('button', { name: t('design.close') }).click()
  await expect(help).toBeHidden()
  await expect(show(page)).toBeVisible()
})

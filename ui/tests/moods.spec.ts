/** Moods against the real store: one press, a word, a correction, and a way back from everything. */
import type { Page } from '@playwright/test'
import type { Mood } from '../src/bindings'
import { type Bridge, expect, test } from './bridge'
import { ask, enrol, lock, PASSWORD, start, unlock, visit } from './steps'
import { t } from './words'

const score = (page: Page, number: number) => page.getByRole('radio', { name: new RegExp(`^${number},`) })

async function patientHome(page: Page, bridge: Bridge): Promise<() => Promise<Mood[]>> {
  await start(page, bridge)
  await enrol(page, { kind: 'personal', name: 'Maya' })
  const { open } = await ask<{ open: { ownChart: string } }>(bridge, 'desk_state')
  return () => ask<Mood[]>(bridge, 'moods_list', { patient: open.ownChart })
}

test('undo takes the mood back, and the list offers to bring it back again', async ({ page, empty }) => {
  const stored = await patientHome(page, empty)
  await score(page, 7).click()
  await expect(page.getByText(t('moods.saved'), { exact: true })).toBeVisible()
  await expect.poll(stored).toMatchObject([{ score: 7, level: 'positive' }])
  await page.getByRole('button', { name: t('design.undo') }).click()
  await expect(score(page, 7)).toHaveAttribute('aria-checked', 'false')
  await expect.poll(stored).toEqual([])

  await score(page, 3).click()
  await visit(page, '/feel')
  await page.getByRole('button', { name: /^Take back the mood of/ }).click()
  await expect(page.getByText(t('moods.list_none'))).toBeVisible()
  await expect.poll(stored).toEqual([])
  await page
    .getByRole('button', { name: t('design.undo') })
    .last()
    .click()
  await expect(page.getByText(t('moods.level.low'), { exact: true }).last()).toBeVisible()
  await expect.poll(stored).toMatchObject([{ score: 3 }])
})

test('nought is ten, and one then nought corrects one to ten', async ({ page, empty }) => {
  const stored = await patientHome(page, empty)
  await page.keyboard.press('1')
  await expect(page.getByText(t('moods.logged_toast', { score: 1 }))).toBeVisible()
  await page.keyboard.press('0')
  await expect(page.getByText(t('moods.corrected_toast', { score: 10 }))).toBeVisible()
  await expect.poll(stored).toMatchObject([{ score: 10, level: 'very_positive' }])
})

test('a word is added after the press, edited later, and half of one survives the lock', async ({
  page,
  empty,
}) => {
  const stored = await patientHome(page, empty)
  await page.keyboard.press('6')
  await page.getByRole('button', { name: t('moods.add_word') }).click()
  await page.keyboard.type('A 3 would be too low')
  await page.keyboard.press('Enter')
  await expect.poll(stored).toMatchObject([{ score: 6, words: 'A 3 would be too low' }])

  await visit(page, '/feel')
  const edit = page.getByRole('button', { name: /^Edit the words of/ })
  await edit.click()
  await page.getByLabel(t('moods.words')).fill('Half of a new')
  await lock(page)
  await unlock(page, undefined, PASSWORD)
  await edit.click()
  await expect(page.getByLabel(t('moods.words'))).toHaveValue('Half of a new')
  await expect.poll(stored).toMatchObject([{ words: 'A 3 would be too low' }])
})

test('yesterday’s mood stands under yesterday', async ({ page, empty }) => {
  const stored = await patientHome(page, empty)
  await page.getByRole('button', { name: t('moods.when_open') }).click()
  await page.getByRole('radio', { name: t('moods.when_yesterday') }).click()
  await score(page, 2).click()
  await expect(page.getByText(t('moods.logged_toast', { score: 2 }))).toBeVisible()
  const [mood] = await stored()
  const feltAt = new Date(mood?.feltAt ?? 0)
  const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000)
  expect(feltAt.getTime()).toBeLessThan(Date.now())
  expect(Math.abs(feltAt.getTime() - yesterday.getTime())).toBeLessThan(24 * 60 * 60 * 1000)
})

test('yesterday’s mood is one mood however often it is pressed, and the next press is felt now', async ({
  page,
  empty,
}) => {
  const stored = await patientHome(page, empty)
  await page.getByRole('button', { name: t('moods.when_open') }).click()
  await page.getByRole('radio', { name: t('moods.when_yesterday') }).click()
  await score(page, 2).dblclick()
  await expect(page.getByText(t('moods.logged_toast', { score: 2 }))).toHaveCount(1)
  await score(page, 7).click()
  await expect(page.getByText(t('moods.logged_toast', { score: 7 }))).toBeVisible()
  const moods = await stored()
  expect(moods.map((mood) => mood.score)).toEqual([7, 2])
  const [now, yesterday] = moods.map((mood) => Date.parse(mood.feltAt))
  expect(Date.now() - (now ?? 0)).toBeLessThan(60_000)
  expect(yesterday).toBeLessThan(now ?? 0)
})

test('words half written beside a mood go with its correction', async ({ page, empty }) => {
  const stored = await patientHome(page, empty)
  await score(page, 4).click()
  await page.getByRole('button', { name: t('moods.add_word') }).click()
  await page.getByLabel(t('moods.words')).fill('Half of a sent')
  await score(page, 5).click()
  await expect(page.getByText(t('moods.corrected_toast', { score: 5 }))).toBeVisible()
  await expect.poll(stored).toMatchObject([{ score: 5, words: 'Half of a sent' }])
  await expect(page.getByRole('button', { name: t('moods.change_word') })).toBeVisible()
})

test('nobody loses the words they are writing when a mood is no longer new', async ({ page, empty }) => {
  await page.clock.install()
  const stored = await patientHome(page, empty)
  await score(page, 4).click()
  await page.getByRole('button', { name: t('moods.add_word') }).click()
  await page.getByLabel(t('moods.words')).fill('A long')
  await page.clock.runFor('05:01')
  await page.getByLabel(t('moods.words')).fill('A long sentence')
  await page.keyboard.press('Enter')
  await expect.poll(stored).toMatchObject([{ score: 4, words: 'A long sentence' }])
})

test('a correction takes away the notice that would undo what it corrected', async ({ page, empty }) => {
  const stored = await patientHome(page, empty)
  await page.keyboard.press('4')
  await expect(page.getByText(t('moods.logged_toast', { score: 4 }))).toBeVisible()
  await page.keyboard.press('5')
  await expect(page.getByText(t('moods.corrected_toast', { score: 5 }))).toBeVisible()
  await expect(page.getByText(t('moods.logged_toast', { score: 4 }))).toBeHidden()
  await page.getByRole('button', { name: t('design.undo') }).click()
  await expect.poll(stored).toMatchObject([{ score: 4 }])
})

test('with single keys switched off a number is nothing, and the buttons are what they were', async ({
  page,
  empty,
}) => {
  const stored = await patientHome(page, empty)
  await visit(page, '/settings')
  await page.getByRole('switch', { name: t('settings.single_keys') }).click()
  await expect(page.getByRole('switch', { name: t('settings.single_keys') })).not.toBeChecked()
  await visit(page, '/')
  await expect(page.getByText(t('moods.keys'))).toBeHidden()
  for (const key of ['4', '?']) await page.keyboard.press(key)
  await score(page, 6).click()
  await expect(page.getByText(t('moods.logged_toast', { score: 6 }))).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await stored()).toMatchObject([{ score: 6 }])
})

test('the line and the table tell the same moods', async ({ page, empty }) => {
  await patientHome(page, empty)
  await page.keyboard.press('8')
  await visit(page, '/feel')
  await expect(page.getByRole('img', { name: /^One mood between/ })).toBeVisible()
  await page.getByRole('button', { name: t('moods.as_table') }).click()
  await expect(page.getByRole('cell', { name: '8, good' })).toBeVisible()
})

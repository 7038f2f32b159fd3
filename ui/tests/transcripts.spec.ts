/** A transcript from the moment it is written to the moment it is deleted, against the real engine: read and put right
 *  by keys, never more whole or more certain than it is, and nothing lost on the way. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import type { OpenTranscript } from '../src/bindings'
import { expect, test } from './bridge'
import { ask, light, lock, openSample, record, start, tabTo, unlock, visit } from './steps'
import { t } from './words'
import { readWords, text, theSession, theTranscript } from './written'

test.describe.configure({ timeout: 180_000 })

const more = (page: Page) => page.getByRole('button', { name: t('transcripts.more') })
const turns = (page: Page) => text(page).locator('[data-line]')
const focusedText = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '')

async function edit(page: Page, line: Locator): Promise<Locator> {
  await line.focus()
  await page.keyboard.press('e')
  const field = page.getByRole('textbox')
  await expect(field).toBeFocused()
  return field
}

test('the sample session writes itself down, and says in every view that the practice model did', async ({ page, sample }) => {
  await readWords(page, sample)
  await expect(text(page)).toContainText(/panic attack/i)
  await expect(page.getByText(t('transcripts.practice_text'))).toBeVisible()
  const bar = page.getByText(t('transcripts.practice_word'), { exact: true }).last()
  await turns(page).last().scrollIntoViewIfNeeded()
  await expect(bar).toBeInViewport()
})

test('it is one stop for the Tab key; the arrows walk along turns and words', async ({ page, sample }) => {
  await readWords(page, sample)
  const first = turns(page).first()
  await tabTo(page, first)
  await page.keyboard.press('ArrowRight')
  const word = await focusedText(page)
  expect(word.trim().split(/\s+/)).toHaveLength(1)
  await page.keyboard.press('ArrowDown')
  await expect(turns(page).nth(1)).toBeFocused()
  await page.keyboard.press('Home')
  await expect(first).toBeFocused()
})

test('what is put right stays put right, has a history and can be undone', async ({ page, sample }) => {
  const session = await readWords(page, sample)
  const line = turns(page).nth(1)
  const before = await line.locator('.words').first().innerText()
  const field = await edit(page, line)
  await field.fill('Yes, and I would rather not talk about my sister.')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(line).toContainText('rather not talk about my sister')
  await expect(line).toContainText(t('transcripts.corrected'))
  await expect(line).toBeFocused()

  await sample.kill()
  await start(page, sample)
  await unlock(page)
  await visit(page, `/sessions/${session.id}`)
  await expect(line).toContainText('rather not talk about my sister')

  await line.hover()
  await line.getByRole('button', { name: t('transcripts.history') }).click()
  await expect(page.getByRole('dialog')).toContainText('rather not talk about my sister')
  await page.getByRole('button', { name: t('transcripts.undo_newest') }).click()
  await expect(line.locator('.words').first()).toHaveText(before)
})

test('what is being typed survives the lock', async ({ page, sample }) => {
  const session = await readWords(page, sample)
  const field = await edit(page, turns(page).first())
  await field.fill('Good morning, and this is not saved yet')
  await lock(page)
  await unlock(page)
  await visit(page, `/sessions/${session.id}`)
  await expect(page.getByRole('textbox')).toHaveValue('Good morning, and this is not saved yet', { timeout: 30_000 })
  await page.keyboard.press('Escape')
  await expect(page.getByRole('textbox')).toBeHidden()
  await expect(turns(page).first()).not.toContainText('not saved yet')
})

test('a turn that was the other’s flows into theirs, and one press takes it back', async ({ page, sample }) => {
  await readWords(page, sample)
  const many = await turns(page).count()
  await turns(page).nth(2).focus()
  await page.keyboard.press('s')
  await expect.poll(() => turns(page).count()).toBeLessThan(many)
  await page.getByRole('button', { name: t('design.undo') }).click()
  await expect.poll(() => turns(page).count()).toBe(many)
})

test('two people the other way round are put right by one press, and stay so', async ({ page, sample }) => {
  const session = await readWords(page, sample)
  const who = page.getByRole('list', { name: t('transcripts.speakers') }).getByRole('listitem')
  const roles = async () => (await theTranscript(sample, session.id)).speakers.map(({ role }) => role)
  const before = await roles()
  await page.getByRole('button', { name: t('transcripts.swap') }).click()
  await expect(who.first()).toContainText(t('transcripts.known.person'))
  expect(await roles()).toEqual([...before].reverse())
})

test('a name given to a voice stands in the whole transcript', async ({ page, sample }) => {
  await readWords(page, sample)
  await page.getByRole('button', { name: t('transcripts.who_spoke') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('transcripts.name')).last().fill('Mother')
  await dialog.getByRole('button', { name: t('transcripts.name_save'), exact: true }).last().click()
  await page.keyboard.press('Escape')
  await expect(text(page).getByRole('group', { name: /^Mother/ }).first()).toBeVisible()
})

test('what was said is found wherever it was said', async ({ page, sample }) => {
  await readWords(page, sample)
  await page.keyboard.press('/')
  await page.keyboard.type('panic')
  const count = page.getByText(new RegExp(`^1 of \\d+$`))
  await expect(count).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^(2|1) of \d+$/)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect.poll(() => focusedText(page)).toMatch(/panic/i)
  await page.keyboard.press('ControlOrMeta+f')
  await page.keyboard.type('zzzyzx')
  await expect(page.getByText(t('transcripts.find_none'))).toBeVisible()
})

test('a word that is pressed is sought in the sound', async ({ page, sample }) => {
  await readWords(page, sample)
  const asked: number[] = []
  await page.route('**/ipc/player_seek', async (route) => {
    asked.push((route.request().postDataJSON() as { ms: number }).ms)
    await route.continue()
  })
  const line = turns(page).filter({ hasText: /panic/i }).first()
  await line.hover()
  await line.locator('[data-word]').nth(1).click()
  await expect.poll(() => asked.length).toBeGreaterThan(0)
  expect(asked[0]).toBeGreaterThan(1_000)
})

test('the words are carried away as files, after a word about their seal', async ({ page, sample }) => {
  await readWords(page, sample)
  for (const format of ['txt', 'vtt', 'json'] as const) {
    const path = join(sample.home, `carried.${format}`)
    await page.unrouteAll()
    await page.route('**/ipc/recordings_choose', (route) => route.fulfill({ json: path }))
    await more(page).click()
    await page.getByRole('menuitem', { name: t('transcripts.export') }).click()
    await expect(page.getByRole('dialog')).toContainText(t('transcripts.export_text'))
    await page.getByRole('radio', { name: t(`transcripts.format_${format}`) }).click()
    await page.getByRole('button', { name: t('transcripts.export_where') }).click()
    await expect(page.getByRole('dialog')).toBeHidden()
    const written = await readFile(path, 'utf8')
    expect(written).toMatch(/panic/i)
    if (format === 'vtt') expect(written).toMatch(/^WEBVTT/)
    if (format === 'json') expect(JSON.parse(written)).toHaveProperty('segments')
  }
})

test('deleting takes the words and nothing else, and says who and when', async ({ page, sample }) => {
  const session = await readWords(page, sample)
  await more(page).click()
  await page.getByRole('menuitem', { name: t('transcripts.delete') }).click()
  await expect(page.getByRole('alertdialog')).toContainText(t('transcripts.delete_text'))
  await page.getByRole('button', { name: t('transcripts.delete_deed') }).click()
  await expect(page.getByText(/was deleted on .* by /)).toBeVisible()
  await expect(page.getByText(t('transcripts.deleted_stays'))).toBeVisible()
  await expect(page.getByRole('slider', { name: t('player.place') })).toBeVisible()
  expect((await theSession(sample)).recordings[0]?.state).toBe('kept')
  await page.getByRole('button', { name: t('transcripts.write_anew') }).click()
  await expect(text(page)).toBeVisible({ timeout: 90_000 })
  await expect(text(page)).toContainText(/panic attack/i)
  expect(session.id).toBeTruthy()
})

test('another writing keeps the former, which can be read and says that it is one', async ({ page, sample }) => {
  const session = await readWords(page, sample)
  const first = await theTranscript(sample, session.id)
  await more(page).click()
  await page.getByRole('menuitem', { name: t('transcripts.another') }).click()
  await page.getByRole('button', { name: t('transcripts.another_deed') }).click()
  await expect.poll(async () => (await theTranscript(sample, session.id)).id, { timeout: 90_000 }).not.toBe(first.id)
  await page.getByRole('combobox', { name: t('transcripts.which') }).click()
  await page.getByRole('option').last().click()
  await expect(page.getByText(t('transcripts.former'), { exact: true })).toBeVisible()
  const open = await ask<OpenTranscript>(sample, 'transcripts_read', { id: first.id })
  expect(open.segments.length).toBeGreaterThan(0)
})

test('a failure hides nothing: what, what is safe, what to do, and the session above it', async ({ page, sample }) => {
  await readWords(page, sample)
  const { id, recordings } = await theSession(sample)
  const job = { id: 'job', state: 'stopped', why: 'engine_failed', doneMs: 0, totalMs: 0 }
  await page.route('**/ipc/transcripts_of_session', (route) =>
    route.fulfill({ json: [{ recording: recordings[0]?.id, job, waitsFor: null, transcripts: [] }] }),
  )
  await visit(page, '/sessions')
  await visit(page, `/sessions/${id}`)
  await expect(page.getByRole('alert')).toContainText(t('errors.engine_failed.what'))
  await expect(page.getByRole('alert')).toContainText(t('errors.engine_failed.safe'))
  await expect(page.getByRole('button', { name: t('design.try_again') })).toBeVisible()
  await expect(page.getByRole('slider', { name: t('player.place') })).toBeVisible()
})

test('while it is recorded it says quietly that it writes; one key shows the words and hides them', async ({ page, sample }) => {
  await openSample(page, sample)
  await record(page, sample)
  const words = page.getByRole('region', { name: t('recording.live_title') })
  await expect(light(page)).toContainText(t('recording.listening'))
  await expect(words).toBeHidden()
  await page.keyboard.press('t')
  await expect(words).toBeVisible()
  await expect(words).toContainText(t('transcripts.practice_word'))
  await page.keyboard.press('t')
  await expect(words).toBeHidden()
  await light(page).getByRole('button', { name: t('recording.stop') }).click()
  await expect(light(page)).toBeHidden()
})

test('sound of which no word came says so at its place, and is written again on request', async ({ page, sample }) => {
  await openSample(page, sample)
  await record(page, sample)
  await expect(light(page).getByRole('timer')).toHaveText(/0:0[6-9]/)
  await light(page).getByRole('button', { name: t('recording.stop') }).click()
  // The microphone hums in phrases: somebody seems to speak, and there is no word in it.
  const again = page.getByRole('button', { name: t('transcripts.again'), exact: true })
  await expect(again.first()).toBeVisible({ timeout: 60_000 })
  const answered = page.waitForResponse('**/ipc/transcripts_again')
  await again.first().click()
  expect((await answered).status()).toBe(200)
  await expect(again.first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('alert')).toBeHidden()
})

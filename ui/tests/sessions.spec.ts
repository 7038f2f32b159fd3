/** Sessions against the real store: listening, finding the place again, carrying the sound away, deleting it, and bringing
 *  some in. Only the system's own file dialog is answered for, which no browser shows. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { Session } from '../src/bindings'
import { type Bridge, expect, test } from './bridge'
import { ask, light, openSample, record, somebody, visit } from './steps'
import { t } from './words'

async function answerDialog(page: Page, path: string): Promise<void> {
  await page.route('**/ipc/recordings_choose', (route) => route.fulfill({ json: path }))
}

/** A session of a few seconds with one bookmark, and its page. */
async function recorded(page: Page, bridge: Bridge): Promise<string> {
  const { id } = await record(page, bridge)
  await page.keyboard.press('b')
  await page.keyboard.type('her sister')
  await page.keyboard.press('Enter')
  await expect(light(page).getByRole('timer')).toHaveText(/0:0[3-9]/)
  await light(page).getByRole('button', { name: t('recording.stop') }).click()
  await expect(page.getByRole('slider', { name: t('player.place') })).toBeVisible()
  return id
}

/** Half a second of a tone, as any recorder would write it. */
function wav(): Buffer {
  const rate = 16_000
  const samples = Int16Array.from({ length: rate / 2 }, (_, i) => Math.sin(i / 5) * 12_000)
  const data = Buffer.from(samples.buffer)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}

test('the place is found by keys, by a bookmark and by the slider', async ({ page, sample }) => {
  await openSample(page, sample)
  await recorded(page, sample)
  const place = page.getByRole('slider', { name: t('player.place') })
  const at = () => place.evaluate((slider: HTMLInputElement) => slider.valueAsNumber)
  await place.focus()
  await page.keyboard.press('End')
  const end = Number(await place.getAttribute('max'))
  await expect.poll(at).toBe(end)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(at).toBe(Math.max(0, end - 5_000))
  await page.keyboard.press('Home')
  await expect.poll(at).toBe(0)
  await page.getByRole('button', { name: /her sister/ }).click()
  await expect.poll(at).toBeGreaterThan(500)
  const bookmark = await at()
  await place.focus()
  await page.keyboard.press('Home')
  await expect.poll(at).toBe(0)
  await page.keyboard.press('.')
  await expect.poll(at).toBe(bookmark)
})

test('without a loudspeaker, play says what is missing and that the recording is safe', async ({ page, sample }) => {
  await page.route('**/ipc/player_play', (route) =>
    route.fulfill({ status: 422, json: { code: 'loudspeaker_missing', reference: 'K7Q2M9XD' } }),
  )
  await openSample(page, sample)
  await recorded(page, sample)
  await page.keyboard.press('Space')
  await expect(page.getByRole('alert')).toContainText(t('errors.loudspeaker_missing.what'))
  await expect(page.getByRole('alert')).toContainText(t('errors.loudspeaker_missing.safe'))
  await expect(page.getByRole('button', { name: t('player.play') })).toBeVisible()
})

test('speed and skipping silence are what they were set to', async ({ page, sample }) => {
  await openSample(page, sample)
  await recorded(page, sample)
  await page.getByRole('combobox', { name: t('player.speed') }).click()
  await page.getByRole('option', { name: t('player.times', { speed: '1.5' }) }).click()
  await expect(page.getByRole('combobox', { name: t('player.speed') })).toContainText('1.5')
  await page.getByRole('switch', { name: t('player.skip_silence') }).click()
  await expect(page.getByRole('switch', { name: t('player.skip_silence') })).toBeChecked()
})

test('the sound is carried away as a file that any player reads, after a word about its seal', async ({ page, sample }) => {
  const path = join(sample.home, 'carried.wav')
  await answerDialog(page, path)
  await openSample(page, sample)
  await recorded(page, sample)
  await page.getByRole('button', { name: t('sessions.more') }).click()
  await page.getByRole('menuitem', { name: t('sessions.export') }).click()
  await expect(page.getByRole('dialog')).toContainText(t('sessions.export_text'))
  await page.getByRole('button', { name: t('sessions.export_where') }).click()
  await expect(page.getByText(t('sessions.exported'))).toBeVisible()
  expect((await readFile(path)).subarray(0, 4).toString()).toBe('RIFF')
})

test('deleting takes the sound and nothing else, and says both beforehand', async ({ page, sample }) => {
  await openSample(page, sample)
  const patient = await recorded(page, sample)
  await page.getByRole('button', { name: t('sessions.more') }).click()
  await page.getByRole('menuitem', { name: t('sessions.delete') }).click()
  await expect(page.getByRole('alertdialog')).toContainText(t('sessions.delete_text'))
  await page.getByRole('button', { name: t('sessions.delete_deed') }).click()
  await expect(page.getByText(t('sessions.standing.deleted'))).toBeVisible()
  await expect(page.getByText('her sister')).toBeVisible()
  await expect(page.getByRole('heading', { name: t('sessions.health') })).toBeVisible()
  const [session] = await ask<Session[]>(sample, 'sessions_of_patient', { patient })
  expect(session?.recordings).toMatchObject([{ state: 'deleted', bookmarks: [{ word: 'her sister' }] }])
  expect(session?.consent).not.toBeNull()
})

test('the facts of a session can be put right', async ({ page, sample }) => {
  await openSample(page, sample)
  const patient = await recorded(page, sample)
  await page.getByRole('button', { name: t('sessions.edit'), exact: true }).click()
  await page.getByRole('radio', { name: t('sessions.place_remote') }).click()
  await page.getByLabel(t('sessions.attendees')).fill('Tom, Ana')
  await page.getByRole('button', { name: t('sessions.save'), exact: true }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  const [session] = await ask<Session[]>(sample, 'sessions_of_patient', { patient })
  expect(session).toMatchObject({ place: 'remote', attendees: ['Tom', 'Ana'] })
})

test('a sound file from elsewhere becomes a session, and one that is none gets a sentence', async ({ page, sample }) => {
  const path = join(sample.home, 'holiday.wav')
  await answerDialog(page, path)
  await writeFile(path, 'somebody’s holiday')
  await openSample(page, sample)
  const { id } = await somebody(sample, true)
  await visit(page, `/patients/${id}`)
  await page.getByRole('button', { name: t('sessions.add_sound') }).click()
  await page.getByRole('button', { name: t('sessions.add_choose') }).click()
  await expect(page.getByRole('alert')).toContainText(t('errors.audio_unreadable.what'))
  await writeFile(path, wav())
  await page.getByRole('button', { name: t('sessions.add_choose') }).click()
  await expect(page.getByRole('slider', { name: t('player.place') })).toBeVisible()
  const [session] = await ask<Session[]>(sample, 'sessions_of_patient', { patient: id })
  expect(session?.recordings).toMatchObject([{ source: 'imported', state: 'kept' }])
})

test('the list of sessions leads to each, and a chart shows its own', async ({ page, sample }) => {
  await openSample(page, sample)
  const patient = await recorded(page, sample)
  const [session] = await ask<Session[]>(sample, 'sessions_of_patient', { patient })
  const line = page.locator(`main a[href="#/sessions/${session?.id}"]`)
  await visit(page, '/sessions')
  await expect(line).toContainText(t('sessions.standing.recorded'))
  await line.click()
  await expect(page.getByRole('slider', { name: t('player.place') })).toBeVisible()
  await visit(page, `/patients/${patient}`)
  await expect(line).toContainText(t('sessions.standing.recorded'))
})

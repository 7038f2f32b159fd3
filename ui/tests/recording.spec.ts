/** Recording against the real recorder: from the first press to listening again, and the light that says so everywhere.
 *  The microphone is one that speaks by itself, in real time; everything behind it is what a practice uses. */
import type { Page } from '@playwright/test'
import type { RecorderState, Session } from '../src/bindings'
import { type Bridge, expect, test } from './bridge'
import { ask, kept, light, lock, openSample, record, recordButton, somebody, unlock, visit } from './steps'
import { like, t } from './words'

const state = (bridge: Bridge) => ask<RecorderState>(bridge, 'recording_state')
const stop = (page: Page) => light(page).getByRole('button', { name: t('recording.stop') })
const agree = (page: Page) => page.getByRole('button', { name: t('recording.they_agree') })

async function latest(bridge: Bridge): Promise<Session> {
  const [session] = await ask<Session[]>(bridge, 'sessions_lately', { limit: 1 })
  if (session === undefined) throw new Error('there is no session')
  return session
}

test('a session by keyboard: a bookmark with its word, a private moment, stop, and it can be heard', async ({
  page,
  sample,
}) => {
  await openSample(page, sample)
  await record(page, sample)
  await page.keyboard.press('b')
  await page.keyboard.type('her sister')
  await page.keyboard.press('Enter')
  await page.keyboard.press('b')
  await page.keyboard.type('not this')
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await state(sample)).bookmarks).toBe(2)

  await page.keyboard.press('p')
  await expect(light(page)).toContainText(t('recording.paused.private'))
  const paused = (await state(sample)).elapsedMs
  await expect(light(page).getByRole('button', { name: t('recording.resume') })).toBeVisible()
  await page.keyboard.press('p')
  await expect(light(page)).toContainText(t('recording.on'))
  await expect.poll(async () => (await state(sample)).elapsedMs).toBeGreaterThan(paused)

  await page.keyboard.press('ControlOrMeta+.')
  await expect(light(page)).toBeHidden()
  await expect(page.getByRole('slider', { name: t('player.place') })).toBeVisible()
  await expect(page.getByRole('button', { name: /her sister/ })).toBeVisible()
  const session = await latest(sample)
  expect(session.state).toBe('recorded')
  expect(session.recordings).toMatchObject([
    { state: 'kept', bookmarks: [{ word: 'her sister' }, { word: null }], health: { pauses: [{ why: 'private' }] } },
  ])
})

test('the light shines on every screen, over a dialog, under the curtain, and at the lock without a name', async ({
  page,
  sample,
}) => {
  await openSample(page, sample)
  const { id, name } = await record(page, sample)
  const uncovered = () =>
    stop(page).evaluate((button) => {
      const { left, top, width, height } = button.getBoundingClientRect()
      return button.contains(document.elementFromPoint(left + width / 2, top + height / 2))
    })
  for (const path of ['/', '/patients', `/patients/${id}`, '/sessions', '/settings', '/gallery', '/nowhere'] as const) {
    await visit(page, path)
    await expect(light(page), path).toContainText(name)
    expect(await uncovered(), path).toBe(true)
  }
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  expect(await uncovered()).toBe(true)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('ControlOrMeta+b')
  await expect(page.getByRole('button', { name: t('frame.show') })).toBeFocused()
  await expect(light(page)).not.toContainText(name)
  expect(await uncovered()).toBe(true)
  await page.keyboard.press('ControlOrMeta+b')

  await lock(page)
  await expect(light(page)).toContainText(t('recording.locked'))
  expect(await page.content()).not.toContain(name)
  await light(page).getByRole('button', { name: t('recording.private') }).click()
  await expect(light(page)).toContainText(t('recording.paused.private'))
  await expect(light(page).getByRole('button', { name: t('recording.resume') })).toBeHidden()
  await expect(light(page)).toContainText(t('recording.unlock_to_resume'))
  await unlock(page)
  await light(page).getByRole('button', { name: t('recording.resume') }).click()
  await expect(light(page)).toContainText(t('recording.on'))
  await expect(light(page)).toContainText(name)
})

test('a press on the light while a dialog is open is for the recording and leaves the dialog', async ({ page, sample }) => {
  await openSample(page, sample)
  await record(page, sample)
  await page.keyboard.press('?')
  await light(page).getByRole('button', { name: t('recording.bookmark') }).click()
  await expect.poll(async () => (await state(sample)).bookmarks).toBe(1)
  await expect(page.getByRole('dialog')).toBeVisible()
})

test('a window that is loaded anew finds the recording where it is', async ({ page, sample }) => {
  await openSample(page, sample)
  const { name } = await record(page, sample)
  const before = (await state(sample)).elapsedMs
  await page.reload()
  await expect(light(page)).toContainText(name)
  await expect.poll(async () => (await state(sample)).elapsedMs).toBeGreaterThan(before)
})

test('a recording stopped at the lock is in the chart after unlocking', async ({ page, sample }) => {
  await openSample(page, sample)
  const { id } = await record(page, sample)
  await lock(page)
  await stop(page).click()
  await expect(page.getByText(t('recording.ended.asked'))).toBeVisible()
  await unlock(page)
  await expect.poll(async () => (await latest(sample)).state).toBe('recorded')
  expect(await latest(sample)).toMatchObject({ patient: id, recordings: [{ state: 'kept' }] })
})

test('an application that was killed comes back with everything up to then, and says so first', async ({ page, sample }) => {
  await openSample(page, sample)
  await record(page, sample)
  await sample.kill()
  await openSample(page, sample)
  await expect(page.getByRole('heading', { name: t('home.recorded_waiting') })).toBeVisible()
  await page.getByRole('link', { name: t('sessions.standing.interrupted') }).click()
  await expect(page.getByText(like('sessions.interrupted'))).toBeVisible()
  await expect(page.getByRole('slider', { name: t('player.place') })).toBeVisible()
  await page.getByRole('button', { name: t('sessions.continue') }).click()
  await kept(page)
  await stop(page).click()
  await expect(page.getByRole('radiogroup', { name: t('sessions.parts') }).getByRole('radio')).toHaveCount(2)
})

test('the panel listens at once, keeps nothing, and lets the microphone go when it is left', async ({ page, sample }) => {
  await openSample(page, sample)
  const { id, name } = await somebody(sample, true)
  await visit(page, `/patients/${id}`)
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  const before = (await ask<Session[]>(sample, 'sessions_of_patient', { patient: id })).length
  await page.keyboard.press('r')
  await expect(page.getByText(t('recording.probe.good'))).toBeVisible()
  expect((await state(sample)).phase).toBe('listening')
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await state(sample)).phase).toBe('idle')
  expect(await ask<Session[]>(sample, 'sessions_of_patient', { patient: id })).toHaveLength(before)
})

test('where no person stands, the key asks whom first', async ({ page, sample }) => {
  await openSample(page, sample)
  const { name } = await somebody(sample, true)
  await page.keyboard.press('r')
  await page.getByRole('combobox', { name: t('recording.who') }).click()
  await page.keyboard.type(name)
  await page.getByRole('option', { name }).click()
  await expect(page.getByRole('dialog', { name: t('recording.start_with', { name }) })).toBeVisible()
  await expect(agree(page)).toBeFocused()
})

test('a note without recording is a session all the same', async ({ page, sample }) => {
  await openSample(page, sample)
  const { id } = await somebody(sample, false)
  await visit(page, `/patients/${id}`)
  await recordButton(page).click()
  await page.getByRole('button', { name: t('recording.without') }).click()
  await expect(page.getByText(t('sessions.no_sound'))).toBeVisible()
  expect(await latest(sample)).toMatchObject({ patient: id, state: 'unrecorded', confirmedAt: null })
  await expect.poll(async () => (await state(sample)).phase).toBe('idle')
})

test('without a microphone it says so, and a note is still one press away', async ({ page, sample }) => {
  await page.route('**/ipc/recording_listen', (route) =>
    route.fulfill({ status: 422, json: { code: 'microphone_missing', reference: 'K7Q2M9XD' } }),
  )
  await openSample(page, sample)
  const { id } = await somebody(sample, true)
  await visit(page, `/patients/${id}`)
  await recordButton(page).click()
  await expect(page.getByRole('alert')).toContainText(t('errors.microphone_missing.do'))
  await expect(agree(page)).toBeDisabled()
  await expect(page.getByRole('button', { name: t('recording.without') })).toBeEnabled()
})

/** What must never take more than so many presses: one for a mood and for help, two for a session with its consent, one
 *  to stop it, from wherever one is. */
import type { Page } from '@playwright/test'
import type { Consent, Mood, PatientFound, Session } from '../src/bindings'
import { expect, test } from './bridge'
import { ask, enrol, kept, light, lock, openSample, record, start, visit } from './steps'
import { like, t } from './words'

/** Counts presses as the page receives them, so that a helper cannot press twice unseen. */
async function countPresses(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const counted = window as unknown as { presses: number }
    counted.presses = 0
    addEventListener('pointerdown', () => counted.presses++, true)
    addEventListener('keydown', () => counted.presses++, true)
  })
  return () =>
    page.evaluate(() => {
      const counted = window as unknown as { presses: number }
      const presses = counted.presses
      counted.presses = 0
      return presses
    })
}

test('a mood is one press, and it is stored', async ({ page, empty }) => {
  const presses = await countPresses(page)
  await start(page, empty)
  await enrol(page, { kind: 'personal', name: 'Maya' })
  const { open } = await ask<{ open: { ownChart: string } }>(empty, 'desk_state')
  await presses()
  await page.getByRole('radio', { name: /^6,/ }).click()
  await expect(page.getByText(t('moods.saved'), { exact: true })).toBeVisible()
  expect(await presses()).toBe(1)
  expect(await ask<Mood[]>(empty, 'moods_list', { patient: open.ownChart })).toHaveLength(1)
})

test('help is one press from every screen of the patient, and from the lock, at the same place', async ({
  page,
  empty,
}) => {
  const presses = await countPresses(page)
  await start(page, empty)
  const places = new Set<string>()
  const help = page.getByRole('button', { name: t('safety.help') })

  const oneLeads = async () => {
    await presses()
    const box = await help.boundingBox()
    places.add(`${Math.round(box?.x ?? 0)},${Math.round(box?.y ?? 0)}`)
    await help.click()
    await expect(
      page
        .getByRole('dialog', { name: t('safety.title') })
        .getByRole('link')
        .first(),
    ).toBeVisible()
    expect(await presses()).toBe(1)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  }

  await enrol(page, { kind: 'personal', name: 'Maya' })
  for (const path of ['/', '/feel', '/settings', '/nowhere'] as const) {
    await visit(page, path)
    await oneLeads()
  }
  await lock(page)
  await oneLeads()
  expect([...places]).toHaveLength(1)
})

test.describe('help when nothing else works', () => {
  const leads = async (page: Page) => {
    await page.getByRole('button', { name: t('safety.help') }).click()
    await expect(page.getByRole('dialog', { name: t('safety.title') }).getByText('findahelpline.com').first()).toBeVisible()
  }

  test('is there while the start is still waited for', async ({ page, sample }) => {
    await page.route('**/ipc/desk_state', () => undefined)
    await page.goto(sample.url)
    await expect(page.getByText(t('app.loading'))).toBeAttached()
    await leads(page)
  })

  test('is there when the start fails', async ({ page, sample }) => {
    await page.route('**/ipc/desk_state', (route) => route.fulfill({ status: 500, body: '' }))
    await page.goto(sample.url)
    await expect(page.getByRole('alert')).toBeVisible()
    await leads(page)
  })

  test('is there when the window is broken', async ({ page, sample }) => {
    await start(page, sample)
    await page.evaluate(() => dispatchEvent(new ErrorEvent('error', { error: new Error('broken') })))
    await expect(page.getByRole('heading', { name: t('app.broken_title') })).toBeVisible()
    await leads(page)
  })
})

test('a session is two presses from Today, consent included, and begins within five seconds', async ({ page, sample }) => {
  const presses = await countPresses(page)
  await openSample(page, sample)
  await expect(page.getByRole('heading', { name: t('home.since_yesterday') })).toBeVisible()
  const found = await ask<PatientFound[]>(sample, 'patients_find', { query: '', standing: 'active' })
  const offered = page.getByRole('button', { name: like('recording.start_with') })
  await expect(offered.first()).toBeVisible()
  const names = await offered.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')))
  const agreed: string[] = []
  for (const { patient } of found) {
    const consents = await ask<Consent[]>(sample, 'consents_list', { patient: patient.id })
    if (consents.some((each) => each.live)) agreed.push(t('recording.start_with', { name: patient.name }))
  }
  const name = names.find((each) => each !== null && agreed.includes(each)) ?? ''
  await presses()
  const began = Date.now()
  await offered.and(page.getByRole('button', { name, exact: true })).first().click()
  await page.getByRole('button', { name: t('recording.they_agree') }).click()
  await expect(light(page)).toContainText(t('recording.on'))
  expect(Date.now() - began).toBeLessThan(5_000)
  expect(await presses()).toBe(2)
  const [session] = await ask<Session[]>(sample, 'sessions_lately', { limit: 1 })
  expect(session).toMatchObject({ state: 'recording' })
  expect(session?.confirmedAt).not.toBeNull()
  expect(session?.consent).not.toBeNull()
})

test('stopping is one press, open and locked', async ({ page, sample }) => {
  const presses = await countPresses(page)
  await openSample(page, sample)
  await record(page, sample)
  await presses()
  await light(page).getByRole('button', { name: t('recording.stop') }).click()
  await expect(page.getByRole('heading', { name: t('sessions.health') })).toBeVisible()
  expect(await presses()).toBe(1)

  await record(page, sample)
  await lock(page)
  await kept(page)
  await presses()
  await light(page).getByRole('button', { name: t('recording.stop') }).click()
  await expect(page.getByText(t('recording.ended.asked'))).toBeVisible()
  expect(await presses()).toBe(1)
})

test('the numbers are links that call, and can be copied', async ({ page, sample }) => {
  await start(page, sample)
  await page.getByRole('button', { name: t('safety.help') }).click()
  const dialog = page.getByRole('dialog', { name: t('safety.title') })
  await expect(dialog.getByRole('link').first()).toHaveAttribute('href', /^tel:\d+$/)
  await expect(dialog.getByRole('button', { name: /^Copy the number/ }).first()).toBeVisible()
  await expect(dialog.getByText('findahelpline.com')).toBeVisible()
})
